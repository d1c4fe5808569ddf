"""A parser of arguments whose mistakes are one line, in words of our own."""

import argparse
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any, NoReturn

from vireid.errors import ConfigError, meant, some

NUMBERS: dict[Any, str] = {int: "a whole number", float: "a number"}
"""Types of options whose mistakes have words of our own."""
RENAMED = {"--trial": "--fold", "--trials": "--draws"}
"""Options of earlier versions, and what they are called now."""


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

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse a command line, options that do not exist first of all.

        Args:
            args: the words.
            namespace: where options go; a new one if not given.

        Returns:
            The options.

        Raises:
            ConfigError: the words cannot be parsed.
        """
        self._check_options(args)
        return super().parse_args(args, namespace)

    def parse_intermixed_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse a command line whose positional words may stand among its options.

        Args:
            args: the words.
            namespace: where options go; a new one if not given.

        Returns:
            The options.

        Raises:
            ConfigError: the words cannot be parsed.
        """
        self._check_options(args)
        return super().parse_intermixed_args(args, namespace)

    def _check_options(self, words: Sequence[str]) -> None:
        """Refuse options that do not exist, before one that is missing is complained of."""
        known = [name for action in self._actions for name in action.option_strings]
        unknown = [name for name in _option_names(words) if name not in known]
        for name in unknown:
            if name in RENAMED:
                new = RENAMED[name]
                use = f"use {new}" if new in known else f"{self.prog} has no {new}"
                raise ConfigError(f"{name} is called {new} now: {use}; see `{self.prog} --help`")
        if unknown:
            bare = [name.lstrip("-") for name in known]  # dashes would make all names alike
            near = next(filter(None, (meant(name.lstrip("-"), bare) for name in unknown)), "")
            near = near.replace("mean ", "mean --")
            raise ConfigError(
                f"unrecognized arguments: {some(unknown, ' ')}; see `{self.prog} --help`{near}"
            )

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse what is none of the choices, in the words of all other messages."""
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            expected = f"expected one of {', '.join(known)}{meant(str(value), known)}"
            raise argparse.ArgumentError(action, f"{value} is given; {expected}")

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Read a value; say what kind of number is expected where it is none."""
        try:
            return super()._get_value(action, arg_string)
        except argparse.ArgumentError:
            if action.type not in NUMBERS:
                raise
            expected = f"{arg_string!r} is given; expected {NUMBERS[action.type]}"
            raise argparse.ArgumentError(action, expected) from None


def _option_names(words: Sequence[str]) -> Iterator[str]:
    """Yield what stands where an option's name would, values behind = left out."""
    for word in takewhile(lambda word: word != "--", words):
        if " " not in word and word.lstrip("-")[:1].isalpha() and word.startswith("-"):
            yield word.partition("=")[0]
