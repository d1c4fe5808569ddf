"""`vireid sweep`: what a setting of the recipe does."""

import argparse

from vireid.cli.arguments import folder
from vireid.cli.protocol_options import each_by_itself
from vireid.cli.settings import parse_or_list
from vireid.cli.study_options import base_recipe, execute, study_parser
from vireid.config import Recipe
from vireid.errors import ConfigError


def run(words: list[str]) -> None:
    """Parse the words after `vireid sweep` and run a row for each value.

    Args:
        words: the command line.
    """
    command = study_parser(
        "sweep",
        "Train a recipe with several values of a setting, and score each on people never seen.\n"
        "Stages that the setting does not touch are trained once for each data set and seed.",
        "vireid sweep DATA --parameter n --values 1 2 4 6 8 --out studies/n --seeds 0 1 2",
    )
    command.add_argument(
        "--parameter",
        metavar="NAME",
        help="a setting as in --set, or n (labelling.memories), eps (both clusterings), "
        "matching, lambda_TERM (its weight in the last stage)",
    )
    command.add_argument("--values", nargs="+", help="a row for each")
    command.add_argument(
        "--rows",
        type=folder,
        metavar="FILE",
        help="in place of a parameter: YAML, a list of settings for each row, as in\n"
        "`one to one: [matching=hungarian]`",
    )
    arguments = parse_or_list(command, list(each_by_itself(words)))
    execute(arguments, ["sweep", *words], _rows(arguments), parameter=arguments.parameter)


def _rows(arguments: argparse.Namespace) -> dict[str, Recipe]:
    """Return the recipe of each row."""
    given = [arguments.parameter is not None, arguments.values is not None]
    if any(given) != all(given) or all(given) == (arguments.rows is not None):
        raise ConfigError("expected --parameter NAME with --values ..., or --rows FILE alone")
    from vireid.studies import named_rows, read_rows, swept_rows

    recipe = base_recipe(arguments)
    if arguments.rows is None:
        return swept_rows(recipe, arguments.parameter, arguments.values)
    return named_rows(recipe, read_rows(arguments.rows))
