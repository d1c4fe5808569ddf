"""What several commands parse alike."""

import argparse
import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from vireid.errors import ConfigError


class Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes end as one line, like all others."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage.

        Args:
            message: what is wrong.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(f"{message}; see `{self.prog} --help`")


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
    target.add_argument("--threads", type=int, help="threads of the CPU; default: all cores")


def add_trial(target: argparse.ArgumentParser, default: str = "1") -> None:
    """Add the option on which split of RegDB to take.

    Args:
        target: the parser that gets it.
        default: which one is taken where none is given, for the help.
    """
    target.add_argument(
        "--trial",
        type=whole_from(1, 10),
        help=f"which of the ten splits of RegDB's layout (default: {default})",
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


def use_machine(arguments: argparse.Namespace) -> str:
    """Set up memory and threads, and choose the device.

    Args:
        arguments: parsed options of ``add_machine``.

    Returns:
        The name of the device.

    Raises:
        ConfigError: the device does not exist here, or the number of threads is below 1.
    """
    import torch
    from threadpoolctl import threadpool_limits

    keep_memory()
    if arguments.threads is not None:
        if arguments.threads < 1:
            raise ConfigError(f"--threads {arguments.threads}: expected at least 1")
        torch.set_num_threads(arguments.threads)
        threadpool_limits(arguments.threads)  # those of NumPy, which also say how many we use
    if arguments.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=arguments.device).item()
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"--device {arguments.device} cannot be used here; try cpu") from error
    return str(arguments.device)


def keep_memory() -> None:
    """Let the C library keep freed blocks instead of handing them back at every batch.

    Fetching fresh pages for each batch's activations costs up to a third of a CPU's time. Does
    nothing where the C library is not glibc.
    """
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return
    for option in (trim_threshold, mmap_threshold):
        library.mallopt(option, 1 << 30)


def folder(text: str) -> Path:
    """Return a path with ~ resolved.

    Args:
        text: as given.

    Returns:
        The path.
    """
    return Path(text).expanduser()
