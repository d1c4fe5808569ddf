"""`vireid evaluate`: runs, weights or features + test images -> tables, and the mean of several."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vireid.cli.arguments import (
    add_cache,
    add_centre,
    add_fold,
    add_levels,
    add_machine,
    folder,
    parser,
    use_machine,
    whole_from,
)
from vireid.cli.display import console, progress

if TYPE_CHECKING:
    from vireid.scoring import ProtocolOptions

CHOICES = {"--mode": ("all", "indoor"), "--shots": ("1", "10")}
"""Options that take several values."""


def run(words: list[str]) -> None:
    """Parse the words after `vireid evaluate`, evaluate and print.

    Args:
        words: the command line.
    """
    arguments = parse(words)
    from vireid.scoring import Evaluation, EvaluationOptions, evaluate_each
    from vireid.scoring.means import averages
    from vireid.scoring.tasks import means_file

    options = EvaluationOptions(
        stages="every" if arguments.every_stage else arguments.stage and (arguments.stage,),
        protocol=protocols(arguments),
        flip=arguments.flip,
        rerank=arguments.rerank,
        centre=arguments.centre,
        out=arguments.out,
        fold=arguments.fold,
        device=use_machine(arguments),
        cache=arguments.cache,
        levels=arguments.levels,
    )
    together: list[Evaluation] = []
    for found in evaluate_each(arguments.models, arguments.data, options, progress=progress):
        if together:
            console.print()
        if len(arguments.models) > 1:
            console.print(f"{found.model}:")
        console.print(str(found))
        console.print("".join(f"{line}\n" for line in found.notes), end="")
        console.print(f"written: {', '.join(map(str, found.files))}")
        together.append(found)
    if len(arguments.models) > 1:
        file = means_file(arguments.models, arguments.out)
        for average in averages(together):
            console.print(f"\n{average}")
            average.write(file)
        console.print(f"written: {file}")


def protocols(arguments: argparse.Namespace) -> "tuple[ProtocolOptions, ...]":
    """Return what is asked for of each protocol.

    Args:
        arguments: parsed by ``parse``.

    Returns:
        Options for each combination of ``--mode`` and ``--shots``.
    """
    from vireid.scoring import ProtocolOptions, combinations

    several = ("mode", "shots")
    names = [name for name in vars(ProtocolOptions()) if name not in several]
    common = ProtocolOptions(**{name: getattr(arguments, name) for name in names})
    return combinations(common, *(getattr(arguments, name) or () for name in several))


def parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments of the command.

    Args:
        words: the command line.

    Returns:
        models, data, stage, every_stage, the options of ``ProtocolOptions``, of which mode and
        shots are lists, rerank, flip, centre, out, fold, cache, levels,
        device and threads.
    """
    command = parser(
        "evaluate",
        "Score runs on test images with known identities: Rank-k, mAP and mINP. Of several runs,\n"
        "mean and spread are printed too; each is evaluated on the fold it was trained on.",
        "examples:\n"
        "  vireid evaluate runs/first DATA --every-stage\n"
        "  vireid evaluate runs/first DATA --mode all indoor --shots 1 10   # four protocols\n"
        "  vireid evaluate features.npz DATA      # of any model: vectors [N, D], paths [N]\n"
        "  vireid evaluate regdb/fold-* REGDB     # RegDB's ten folds, a run for each",
    )
    command.add_argument(
        "models",
        metavar="MODEL",
        type=folder,
        nargs="+",
        help="a run folder written by `vireid train`, one of its checkpoints, or an npz or npy "
        "file of features [N, D] of the test images, found by `paths` if it has them, else in "
        "their order; several give their mean too",
    )
    command.add_argument("data", type=folder, help="the data; its test part is used")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--every-stage", action="store_true", help="before and after each stage")
    which.add_argument("--stage", help="one stage, or before; default: the last")
    command.add_argument(
        "--out",
        type=folder,
        help="folder for evaluation.json, the table of queries and the figure; of several models, "
        "each gets a folder in it (default: the run's folder, or NAME-evaluation beside the file). "
        "A run's metrics.json stays in the run",
    )
    _add_protocol(command)
    beside = command.add_argument_group("beside the protocol (off by default, named in results)")
    beside.add_argument(
        "--rerank",
        action="store_true",
        help="re-rank by k-reciprocal neighbours: time grows with the square of a draw's queries "
        "and gallery images, sensible up to some 30,000 of them",
    )
    beside.add_argument(
        "--flip", action="store_true", help="average each embedding with that of the mirror image"
    )
    add_centre(beside, "test images")
    add_fold(command)
    add_cache(command)
    add_levels(command)
    add_machine(command)
    return command.parse_intermixed_args(list(each_by_itself(words)))


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


def _add_protocol(command: argparse.ArgumentParser) -> None:
    """Add the options of ``ProtocolOptions``."""
    group = command.add_argument_group("protocol (docs/evaluation.md)")
    group.add_argument(
        "--protocol",
        choices=("sysu", "regdb", "llcm", "plain", "leave-one-out"),
        help="default: that of the data's layout; plain is query against gallery of a manifest, "
        "leave-one-out takes every test image of any data as a query against all others",
    )
    group.add_argument(
        "--mode", action="append", choices=CHOICES["--mode"],
        help="sysu: visible cameras, all or indoor; one or both (default: all)",
    )  # fmt: skip
    group.add_argument(
        "--shots", action="append", type=int, choices=tuple(map(int, CHOICES["--shots"])),
        help="sysu: gallery images of each person and camera, 1 or 10, or both (default: 1)",
    )  # fmt: skip
    group.add_argument(
        "--draws", type=whole_from(1), help="sysu, llcm: gallery draws (default: 10)"
    )
    group.add_argument(
        "--direction",
        choices=("infrared-to-visible", "visible-to-infrared"),
        help="sysu (default: infrared-to-visible), regdb, llcm (default: visible-to-infrared)",
    )
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
