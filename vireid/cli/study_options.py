"""What `vireid ablate` and `vireid sweep` have in common: options, data, tables, figures."""

import argparse
import os
import platform
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from vireid.cli.arguments import Parser, add_machine, folder, parser, use_machine
from vireid.cli.display import console
from vireid.cli.settings import describe_settings
from vireid.config import Recipe
from vireid.data import DataFolder, open_data
from vireid.errors import ConfigError, DataError
from vireid.files import whole_file
from vireid.pages import Runs, draw_by_data
from vireid.recipes import load_recipe, names
from vireid.studies import Result, data_table, gain_table, row_table, runs_of
from vireid.studies.folder import StudyFolder
from vireid.studies.run import Study, run_study

SHOWN = {"rank1": "Rank-1", "mAP": "mAP"}
"""The scores that figures show."""
Draw = Callable[[Mapping[str, Runs], Path], None]
"""Draws scores, each with the runs of all rows, into a PNG file."""


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
        f"example:\n  {example}\n\nsettings of a recipe:\n{describe_settings()}",
    )
    command.add_argument("data", type=folder, nargs="+", help="data sets; all rows run on each")
    command.add_argument("--out", type=folder, required=True, help="the folder of the study")
    command.add_argument(
        "--recipe",
        default="synthetic",
        help=f"a YAML file or one of: {', '.join(names())} (default: synthetic)",
    )
    command.add_argument(
        "--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4],
        help="seeds of the trainings (default: 0 1 2 3 4)",
    )  # fmt: skip
    command.add_argument(
        "--test", type=folder, nargs="+",
        help="data whose test people are scored, one for all or one for each DATA (default: DATA)",
    )  # fmt: skip
    command.add_argument(
        "--set", action="extend", nargs="+", default=[], metavar="NAME=VALUE",
        help="change settings of the recipe in all rows",
    )  # fmt: skip
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
    pairs: Callable[[Sequence[str]], Sequence[tuple[str, str]]],
    draw: Draw,
) -> None:
    """Run a study and write its tables and figures.

    Args:
        arguments: of ``study_parser``.
        command: the command line, from the command's name on.
        rows: the recipe of each row.
        pairs: from the rows to each row and what it is compared with.
        draw: draws the main figure.

    Raises:
        VireidError: data, recipe or folder cannot be used, or some rows could not be trained.
        Stopped: a signal asked to stop; everything is saved.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError(
            f"vireid {command[0]} does not run under torchrun; start it several times with one "
            "--out, and the processes share the work"
        )
    device, place = use_machine(arguments), StudyFolder(arguments.out)
    seeds = tuple(dict.fromkeys(arguments.seeds))
    if min(seeds) < 0:
        raise ConfigError(f"--seeds holds {min(seeds)}; expected 0 or more")
    again = shlex.join(["vireid", *command])
    data, test = open_all(arguments.data, arguments.test)

    def present(results: Sequence[Result], order: Sequence[str]) -> None:
        text = "\n\n".join(
            [f"    {again}", machine(device), *_tables(results, order, pairs(order))]
        )
        with whole_file(place.folder / "results.md") as file:
            file.write_text(text + "\n", encoding="utf-8")
        runs = {title: runs_of(results, order, name) for name, title in SHOWN.items()}
        if results:
            draw(runs, place.folder / "results.png")
        if len({result.data for result in results}) > 1:
            draw_by_data(runs, place.folder / "by-data.png")

    run_study(Study(place, rows, data, test, seeds, present, again, device))
    console.print("\n" + (place.folder / "results.md").read_text(encoding="utf-8"))
    console.print(f"written: {place.results_file}, results.md and results.png beside it")


def open_all(
    folders: Sequence[Path], tests: Sequence[Path] | None
) -> tuple[dict[str, DataFolder], dict[str, DataFolder]]:
    """Open what is trained on and what is scored.

    Args:
        folders: data sets with different names.
        tests: data whose test part is scored: one for all or one for each; their own if None.

    Returns:
        What is trained on and whose test part is scored, by the name of the folder.

    Raises:
        ConfigError: two folders have one name, or there are too few or too many tests.
        DataError: the data cannot be read.
    """
    called = [path.resolve().name for path in folders]
    twice = next((name for name in called if called.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(
            f"two data sets are called {twice}; results need a name for each: rename one"
        )
    chosen = tests or folders
    if len(chosen) not in {1, len(folders)}:
        raise ConfigError(f"--test has {len(chosen)} for {len(folders)} data sets; give one or all")
    if len(chosen) == 1:
        chosen = list(chosen) * len(folders)
    opened = {path: open_data(path) for path in dict.fromkeys([*folders, *chosen])}
    for path in folders:
        if not len(opened[path].train):
            raise DataError(f"{path} has no training images; a study trains on all of its data")
    return (
        dict(zip(called, (opened[path] for path in folders), strict=True)),
        dict(zip(called, (opened[path] for path in chosen), strict=True)),
    )


def machine(device: str) -> str:
    """Say where a study was run.

    Args:
        device: where it was computed.

    Returns:
        A sentence.
    """
    import torch

    threads = torch.get_num_threads()
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {threads} "
        f"thread{'s' if threads > 1 else ''} a process, device {device}; Python "
        f"{platform.python_version()}, torch {torch.__version__}."
    )


def _tables(
    results: Sequence[Result], order: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> list[str]:
    """Return the paragraphs of the page of results."""
    data = list(dict.fromkeys(result.data for result in results))
    seeds = sorted({result.seed for result in results})
    parts = [
        f"Data: {', '.join(data) or 'none yet'}; seeds {', '.join(map(str, seeds)) or 'none yet'}. "
        "Mean ± standard deviation over the runs (data x seeds); Rank-1, mAP and mINP in %. Shared "
        "ARI and pair precision compare the last labels with the identities of the training images "
        "(matched labels, or mixed ones where nothing is matched); coverage is the share of the "
        "images that have such a label. Training mAP, in %, is of every infrared training image "
        "among all visible ones. Minutes are those of the whole training; stages that rows share "
        "were run once and count in each.",
        row_table(results, order),
        "What a row gains over another with the same data and seed:",
        gain_table(results, pairs),
    ]
    if len(data) > 1:
        parts += ["Each data set by itself:", data_table(results, order)]
    return parts
