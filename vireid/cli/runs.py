"""`vireid runs`: what became of the runs below some folders."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from vireid.cli.arguments import parser
from vireid.cli.display import console
from vireid.errors import number_of

if TYPE_CHECKING:
    from vireid.runs.overview import Overview, Scores

TEXTS = ("run", "state", "recipe", "seed", "data", "epoch", "goes on at", "protocol", "scored")
NUMBERS = ("Rank-1", "mAP", "clarity", "stable", "time")
"""Columns of the table; those of text wrap where the terminal is narrow."""


def run(words: list[str]) -> None:
    """Parse the words after `vireid runs` and list the runs.

    Args:
        words: the command line.
    """
    command = parser(
        "runs",
        "List the runs at or below folders: running, interrupted (and where --resume would go\n"
        "on), finished, evaluated, study (a row whose scores its study keeps, without its\n"
        "networks), without networks, or damaged; with the last epoch, test scores of the last\n"
        "stage by each protocol, and how good the labels look without identities.",
        "examples:\n  vireid runs runs\n  vireid runs regdb/fold-* --mean",
    )
    command.add_argument(
        "folders", nargs="*", type=Path, default=[Path()], metavar="FOLDER",
        help="where to look, at any depth (default: here)",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="print JSON, for programs")
    command.add_argument(
        "--mean", action="store_true",
        help="also the mean and spread of the test scores, over seeds or RegDB's ten folds, say",
    )  # fmt: skip
    arguments = command.parse_args(words)
    from vireid.runs.overview import find_runs
    from vireid.scoring.means import mean_table
    from vireid.studies.overview import describe_any_run

    found = [describe_any_run(folder) for folder in find_runs(arguments.folders)]
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], indent=2, allow_nan=False))
        return
    if not found:
        places = ", ".join(str(folder) for folder in arguments.folders)
        console.print(f"no runs in {places} or below")
        return
    console.print(table(found))
    for one in found:
        if one.reason:
            console.print(f"damaged: {one.folder}: {one.reason}")
    if arguments.mean:
        console.print()
        scores = [
            (_protocol(by, found), by.stage, by.scores) for one in found for by in one.evaluations
        ]
        console.print(mean_table(scores))


def table(found: "Sequence[Overview]") -> Table:
    """Return the table of some runs.

    Args:
        found: the runs.

    Returns:
        A line for each, and one more for each further protocol that it was evaluated by; a dash
        where nothing is known.
    """
    made = Table(box=None, pad_edge=False)
    for name in TEXTS:
        made.add_column(name, overflow="fold", no_wrap=name == "state")
    for name in NUMBERS:
        made.add_column(name, justify="right", no_wrap=True)
    for one in found:
        made.add_row(*_row(one, found))
        for by in one.evaluations[1:]:
            blank = dict.fromkeys(TEXTS, "")
            texts = blank | {"protocol": _protocol(by, found), "scored": by.stage}
            made.add_row(*texts.values(), *_figures(by.scores, ("rank1", "mAP"), 1), "", "", "")
    return made


def _protocol(by: "Scores", found: "Sequence[Overview]") -> str:
    """Return by what a run was scored, with the number of draws where others have another."""
    same = [two for one in found for two in one.evaluations if two.protocol == by.protocol]
    if all(other.draws == by.draws for other in same):
        return by.protocol
    draws = "unknown draws" if by.draws is None else number_of(by.draws, "draw")
    return f"{by.protocol}, {draws}"


def _row(one: "Overview", found: "Sequence[Overview]") -> Iterator[str]:
    """Yield the cells of a run, with the scores of its first protocol."""
    epoch = None if one.stage is None else f"{one.stage} {one.epoch}/{one.epochs}"
    if epoch and one.progress is not None and one.progress < 1:
        epoch += f" ({one.progress:.0%})"
    seed = None if one.seed is None else str(one.seed)
    by = one.evaluations[0] if one.evaluations else None
    protocol = None if by is None else _protocol(by, found)
    places = (epoch, one.resumes_at, protocol, one.scored)
    texts = (one.folder, one.state, one.recipe, seed, one.data, *places)
    yield from (text or "-" for text in texts)
    yield from _figures(one.scores, ("rank1", "mAP"), 1)
    yield from _figures(one.signals, ("clarity", "stability"), 2)
    yield "-" if one.seconds is None else str(timedelta(seconds=round(one.seconds)))


def _figures(values: Mapping[str, float], names: Sequence[str], digits: int) -> Iterator[str]:
    """Yield numbers; a dash for what is not known."""
    for name in names:
        yield f"{values[name]:.{digits}f}" if name in values else "-"
