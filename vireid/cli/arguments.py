"""What several commands parse alike."""

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path

from vireid.cli.parsing import Parser
from vireid.data import MAX_UNREADABLE
from vireid.data.pixels.place import MEMORY, SMALL
from vireid.errors import ConfigError


def parser(name: str, description: str, epilog: str | None = None) -> Parser:
    """Return the parser of a command.

    Args:
        name: the command.
        description: what it does, for its help.
        epilog: examples, for the end of its help.

    Returns:
        A parser without arguments.
    """
    return Parser(
        prog=f"vireid {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_machine(target: argparse.ArgumentParser) -> None:
    """Add the options on where to compute.

    Args:
        target: the parser that gets them.
    """
    target.add_argument(
        "--device", default="auto", help="cpu, cuda, cuda:1 ...; auto (default) takes a GPU if any"
    )
    target.add_argument(
        "--threads",
        type=int,
        help="threads of the CPU; default: all cores, shared among the processes of a machine",
    )


def add_fold(target: argparse.ArgumentParser, default: str = "1") -> None:
    """Add the option on which fold of RegDB to take.

    Args:
        target: the parser that gets it.
        default: which one is taken where none is given, for the help.
    """
    target.add_argument(
        "--fold",
        type=whole_from(1, 10),
        help=f"which of the ten folds of RegDB's layout (default: {default})",
    )


def whole_from(low: int, high: int | None = None) -> Callable[[str], int]:
    """Return what reads a whole number of an option; its mistakes name the option.

    Args:
        low: the lowest number.
        high: the highest; there is none if not given.

    Returns:
        A type for ``add_argument``.
    """
    expected = f"{low} to {high}" if high is not None else f"at least {low}"

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if number < low or (high is not None and number > high):
            raise argparse.ArgumentTypeError(f"{text!r} is given; expected {expected}")
        return number

    return read


def add_cache(target: argparse.ArgumentParser) -> None:
    """Add the option on where decoded images are kept.

    Args:
        target: the parser that gets it.
    """
    target.add_argument(
        "--cache",
        metavar="DIR",
        help=f"keep decoded images in a file in this folder, or, with `{MEMORY}`, in memory; "
        f"default: in memory below {SMALL >> 20} MB, else below the user's cache directory",
    )


def add_centre(
    target: argparse._ActionsContainer, own: str, default: str = "as the recipe says, else none"
) -> None:
    """Add the option on what is taken off embeddings.

    Args:
        target: the parser or the group that gets it.
        own: which images ``own`` stands for, for the help.
        default: what is done where it is not given, likewise.
    """
    target.add_argument(
        "--centre",
        choices=("training", "own", "none"),
        help="take off each embedding the mean of its camera, of the training images, which the "
        f"run keeps, or of the {own} (own); default: {default}",
    )


def add_levels(target: argparse.ArgumentParser, default: str = "as in the training") -> None:
    """Add the option on grey levels of more than 8 bits.

    Args:
        target: the parser that gets it.
        default: what is done where it is not given, for the help.
    """
    target.add_argument(
        "--levels",
        nargs="+",
        metavar="WORD",
        help="scaling of over 8 bits: auto, full, own, LOW:HIGH, "
        f"NAME=LOW:HIGH; see docs/data.md (default: {default})",
    )


def add_reading(target: argparse.ArgumentParser) -> None:
    """Add the options on how a training reads its images.

    Args:
        target: the parser that gets them.
    """
    add_cache(target)
    add_max_unreadable(target)
    add_levels(target, "auto")


def add_max_unreadable(target: argparse.ArgumentParser) -> None:
    """Add the option on how many training images may be unreadable.

    Args:
        target: the parser that gets it.
    """
    target.add_argument(
        "--max-unreadable",
        type=float,
        default=MAX_UNREADABLE,
        metavar="SHARE",
        help="share of the training images that may be damaged or missing; they are left out "
        f"(default: {MAX_UNREADABLE:g})",
    )


def reading_words(arguments: argparse.Namespace) -> str:
    """Return the options on how images are read that say the same again.

    Args:
        arguments: parsed options of ``add_reading``.

    Returns:
        Those that are not the default, each after a blank.
    """
    share = arguments.max_unreadable
    words = "" if arguments.cache is None else f" --cache {shlex.quote(arguments.cache)}"
    words += f" --levels {shlex.join(arguments.levels)}" if arguments.levels else ""
    return words + ("" if share == MAX_UNREADABLE else f" --max-unreadable {share:g}")


def prepare_machine(arguments: argparse.Namespace, model: Path | None = None) -> None:
    """Set up memory and threads: of several processes on a machine, each takes its share of them.

    Args:
        arguments: parsed options of ``add_machine``.
        model: what embeds; for an export torch is not loaded.

    Raises:
        ConfigError: the number of threads is below 1.
    """
    from threadpoolctl import threadpool_limits

    from vireid.exporting.facts import is_export
    from vireid.parallel.threads import threads_each

    threads = threads_each() if arguments.threads is None else arguments.threads
    if threads is not None and threads < 1:
        raise ConfigError(f"--threads {threads}: expected at least 1")
    if not is_export(model):
        import torch

        from vireid.runs.machine import keep_memory

        keep_memory()
        if threads is not None:
            torch.set_num_threads(threads)
    if threads is not None:
        threadpool_limits(threads)  # those of NumPy, which also say how many we use


def use_machine(arguments: argparse.Namespace, model: Path | None = None) -> str:
    """Set up memory and threads, and choose the device.

    Args:
        arguments: parsed options of ``add_machine``.
        model: what embeds; for an export torch is not loaded.

    Returns:
        The name of the device.

    Raises:
        ConfigError: the device does not exist here, or the number of threads is below 1.
    """
    from vireid.exporting.facts import is_export

    prepare_machine(arguments, model)
    if is_export(model):
        return str(arguments.device)
    from vireid.runs.machine import find_device

    return find_device(arguments.device)


def folder(text: str) -> Path:
    """Return a path with ~ resolved.

    Args:
        text: as given.

    Returns:
        The path.
    """
    return Path(text).expanduser()
