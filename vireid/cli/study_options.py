"""What `vireid ablate` and `vireid sweep` have in common: their options, and how they end."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from functools import partial

from vireid.cli.arguments import add_centre, add_machine, folder, parser, use_machine
from vireid.cli.display import console, progress
from vireid.cli.parsing import Parser
from vireid.cli.protocol_options import add_choices, add_flip, flip, protocols
from vireid.cli.settings import POINTER, add_settings
from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import DEFAULT, load_recipe, small_names


def study_parser(name: str, description: str, example: str) -> Parser:
    """Return the parser of a study's command.

    Args:
        name: of the command.
        description: what it does.
        example: a command line.

    Returns:
        The parser with the options that all studies have.
    """
    command = parser(
        name,
        f"{description}\n\nFinished runs are kept in STUDY/results.csv: the same command goes on "
        "after any end, and\nseveral processes may work on one study at a time, each on data and "
        "seeds of its own.",
        f"example:\n  {example}\n\n{POINTER.format(name=name)}",
    )
    command.add_argument("data", type=folder, nargs="+", help="data sets; all rows run on each")
    command.add_argument("--out", type=folder, required=True, help="the folder of the study")
    command.add_argument(
        "--recipe",
        default=DEFAULT,
        help=f"a YAML file or one of: {', '.join(small_names())}; `vireid recipe --help` "
        f"lists all (default: {DEFAULT})",
    )
    command.add_argument(
        "--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4],
        help="seeds of the trainings (default: 0 1 2 3 4)",
    )  # fmt: skip
    command.add_argument(
        "--test", type=folder, nargs="+",
        help="whose test people are scored, one for all or one for each DATA (default: DATA)",
    )  # fmt: skip
    command.add_argument(
        "--keep-checkpoints", action="store_true",
        help="keep the networks of all rows (STUDY/jobs/*/*/*-*)",
    )  # fmt: skip
    add_choices(command)
    add_flip(command)
    add_centre(command, "test images", "none")
    add_settings(command, " in all rows")
    add_machine(command)
    return command


def base_recipe(arguments: argparse.Namespace) -> Recipe:
    """Return what all rows begin with.

    Args:
        arguments: of ``study_parser``.

    Returns:
        The recipe with the changes of ``--set``.

    Raises:
        ConfigError: the recipe or a setting is wrong, or the seed is set.
    """
    if any(setting.partition("=")[0] == "seed" for setting in arguments.set):
        raise ConfigError("--set seed: a study has its seeds from --seeds; name them there")
    return load_recipe(arguments.recipe, arguments.set)


def execute(
    arguments: argparse.Namespace,
    command: Sequence[str],
    rows: Mapping[str, Recipe],
    *,
    gains: Sequence[tuple[str, str]] | None = None,
    parameter: str | None = None,
) -> None:
    """Run a study and print its page of results.

    Args:
        arguments: of ``study_parser``.
        command: the command line, from the command's name on.
        rows: the recipe of each row.
        gains: each row and what it is compared with; the row before if not given.
        parameter: the setting whose values the rows are, if they are.

    Raises:
        VireidError: data, recipe or folder cannot be used, or some rows could not be trained.
        Stopped: a signal asked to stop; everything is saved.
    """
    from vireid.cli.live import live
    from vireid.studies.run import run_study

    study = run_study(
        rows,
        arguments.data,
        arguments.out,
        seeds=arguments.seeds,
        test=arguments.test,
        gains=gains,
        parameter=parameter,
        protocol=protocols(arguments),
        flip=flip(arguments),
        centre=arguments.centre or "none",
        keep_checkpoints=arguments.keep_checkpoints,
        device=use_machine(arguments),
        again=shlex.join(["vireid", *command]),
        watch=partial(live, console=console),
        progress=progress,
    )
    console.print("\n" + study.page())
    console.print(f"written: {study.results_file}, results.md and results.png beside it")
