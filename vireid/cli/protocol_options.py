"""Options on protocols that `vireid evaluate` and studies share; some take several values."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vireid.cli.arguments import folder, whole_from

if TYPE_CHECKING:
    from vireid.scoring import Flip, ProtocolOptions

CHOICES = {
    "--mode": ("all", "indoor"),
    "--shots": ("1", "10"),
    "--direction": ("infrared-to-visible", "visible-to-infrared"),
}
"""Options that take several values."""


def protocols(arguments: argparse.Namespace) -> "tuple[ProtocolOptions, ...]":
    """Return what is asked for of each protocol.

    Args:
        arguments: with the options of ``add_protocol``, or of ``add_choices`` alone.

    Returns:
        Options for each combination of ``--mode``, ``--shots`` and ``--direction``.
    """
    from vireid.scoring import ProtocolOptions, combinations

    several = ("mode", "shots", "direction")
    names = [name for name in vars(ProtocolOptions()) if name not in several]
    common = ProtocolOptions(**{name: getattr(arguments, name, None) for name in names})
    return combinations(common, *(getattr(arguments, name) or () for name in several))


def add_flip(target: argparse._ActionsContainer) -> None:
    """Add the options on mirror images.

    Args:
        target: the parser or group that gets them.
    """
    either = target.add_mutually_exclusive_group()
    either.add_argument(
        "--flip", action="store_true", help="average each embedding with that of the mirror image"
    )
    either.add_argument(
        "--flip-both", action="store_true", help="score both without and with mirror images"
    )


def flip(arguments: argparse.Namespace) -> "Flip":
    """Return what is asked for of mirror images.

    Args:
        arguments: with the options of ``add_flip``.

    Returns:
        Whether they count, or ``both``.
    """
    return "both" if arguments.flip_both else bool(arguments.flip)


def each_by_itself(words: Sequence[str]) -> Iterator[str]:
    """Repeat an option that takes several values before each of them.

    What follows and is none of its values is another argument, such as the run's folder.

    Args:
        words: the command line.

    Yields:
        The words, with further options.

    >>> " ".join(each_by_itself(["--mode", "all", "indoor", "runs/first"]))
    '--mode all --mode indoor runs/first'
    """
    option, first = "", False
    for word in words:
        if option and not first and word in CHOICES[option]:
            yield option
        elif not first:
            option = word if word in CHOICES else ""
        first = word in CHOICES
        yield word


def add_protocol(command: argparse.ArgumentParser) -> None:
    """Add the options of ``ProtocolOptions``.

    Args:
        command: the parser that gets them.
    """
    group = command.add_argument_group("protocol (docs/evaluation.md)")
    group.add_argument(
        "--protocol",
        choices=("sysu", "regdb", "llcm", "plain", "leave-one-out"),
        help="default: that of the data's layout; plain is query against gallery of a manifest, "
        "leave-one-out takes every test image of any data as a query against all others",
    )
    add_choices(group)
    group.add_argument(
        "--ignore",
        choices=("own-camera", "own-modality", "nothing"),
        help="plain, leave-one-out: which gallery images a query ignores: those of its person, "
        "modality and camera (default), all of its modality, or none",
    )
    group.add_argument(
        "--exclude-same-camera", dest="ignore", action="store_const", const="own-camera",
        help="the former name of --ignore own-camera, which is the default now",
    )  # fmt: skip
    _add_conventions(command)


def add_choices(group: argparse._ActionsContainer) -> None:
    """Add the options of ``ProtocolOptions`` that choose between the settings of one protocol.

    Args:
        group: the parser or group that gets them.
    """
    group.add_argument(
        "--mode", action="append", choices=CHOICES["--mode"],
        help="sysu: visible cameras, all or indoor; one or both (default: all)",
    )  # fmt: skip
    group.add_argument(
        "--shots", action="append", type=int, choices=tuple(map(int, CHOICES["--shots"])),
        help="sysu: gallery images of each person and camera; one or both (default: 1)",
    )  # fmt: skip
    group.add_argument(
        "--draws", type=whole_from(1), help="sysu, llcm: gallery draws (default: 10)"
    )
    group.add_argument(
        "--direction", action="append", choices=CHOICES["--direction"],
        help="sysu (default: infrared-to-visible), regdb, llcm (default: visible-to-infrared); "
        "one or both",
    )  # fmt: skip


def _add_conventions(command: argparse.ArgumentParser) -> None:
    """Add the options on whose convention is followed where codes differ."""
    group = command.add_argument_group("whose convention (docs/numbers.md)")
    group.add_argument(
        "--gallery",
        choices=("literature", "owners"),
        help="sysu: galleries as Python's random draws them, or those of the owners' "
        "exp/rand_perm_cam.mat in the data's folder (default: literature)",
    )
    group.add_argument(
        "--gallery-file", type=folder, help="sysu: the owners' file, where it lies elsewhere"
    )
    group.add_argument(
        "--camera-rule",
        choices=("symmetric", "literature"),
        help="sysu, visible-to-infrared: queries of camera 2 ignore camera 3, as in the owners' "
        "code (default), or not, as in the literature's",
    )
    group.add_argument(
        "--roles",
        choices=("paper", "swapped"),
        help="llcm, visible-to-infrared: drawn infrared images search all visible ones, as in the "
        "released code (swapped), or all visible ones search them (default: paper)",
    )
