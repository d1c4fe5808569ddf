"""Options on the settings of a recipe, and their list."""

import argparse
import sys
from collections.abc import Sequence

from vireid.cli.parsing import Parser
from vireid.recipes import load_recipe
from vireid.recipes.listed import list_settings

LIST = "--help-settings"
POINTER = (
    "settings of a recipe, for --set: `vireid recipe NAME` prints a recipe with a comment over\n"
    "each, `vireid {name} " + LIST + "` lists all of them, with the values of --recipe"
)
"""Where a command's help says that its settings are."""


def add_settings(target: argparse.ArgumentParser, where: str = "") -> None:
    """Add the options on settings.

    Args:
        target: the parser that gets them.
        where: in which trainings they count, for the help.
    """
    target.add_argument(
        "--set",
        action="extend",
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help=f"change settings of the recipe{where}, such as stages.joint.epochs=3",
    )
    target.add_argument(
        LIST,
        action="store_true",
        help="list all settings with meaning, type and value, and exit",
    )


def parse_or_list(command: Parser, words: Sequence[str]) -> argparse.Namespace:
    """Parse the words of a command, or list the settings and end as --help does.

    Args:
        command: a parser with the options of ``add_settings``.
        words: the command line.

    Returns:
        The parsed options.

    Raises:
        ConfigError: they cannot be parsed, or the recipe cannot be read.
    """
    if LIST not in words:
        return command.parse_args(words)
    options = Parser(prog=command.prog, add_help=False, allow_abbrev=False)
    options.add_argument("--recipe")
    name = options.parse_known_args(words)[0].recipe
    recipe = None if name is None else load_recipe(name)
    print("settings of a recipe, for --set NAME=VALUE:")
    sys.stdout.write(list_settings(recipe, name or ""))
    raise SystemExit(0)
