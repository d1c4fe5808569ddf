"""The same small search for every method, on development data and never by test scores."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from vireid.errors import ConfigError
from vireid.studies.comparison.arena import Arena
from vireid.studies.comparison.choices import Choice, Choices, Rule
from vireid.studies.comparison.entries import Entry
from vireid.studies.comparison.moves import Move, moves_for
from vireid.studies.comparison.rows import Row
from vireid.studies.comparison.work import train_missing

_log = logging.getLogger(__name__)

NEEDS = {
    "training_mAP": "people that are known and seen in both modalities",
    "matching_margin": "a method that matches clusters",
}
"""What rules need to know anything."""


def planned(arena: Arena, rule: Rule, count: int) -> Choices:
    """Say how settings are to be chosen.

    Args:
        arena: development data.
        rule: the number that chooses, the mean over data and seeds.
        count: how many settings each method gets.

    Returns:
        The choices, before there are any.
    """
    data = {one.name: one.contents for one in arena.data_sets}
    return Choices(rule, count, data, arena.seeds, {})


def search(arena: Arena, entries: Sequence[Entry], plan: Choices) -> Choices:
    """Try each method with as many settings, and choose the best of each.

    Args:
        arena: development data, and where trainings lie.
        entries: the methods as they ship.
        plan: how settings are to be chosen.

    Returns:
        What was chosen; what other processes are training is waited for.

    Raises:
        VireidError: data or a recipe cannot be used, or the number is not known.
        Stopped: a signal asked to stop; everything is saved.
    """
    moves = {entry.name: moves_for(entry.recipe, plan.count) for entry in entries}
    chosen: dict[str, Choice] = {}
    tried = {entry.name: [_moved(entry, move) for move in moves[entry.name]] for entry in entries}
    train_missing(arena, [one for found in tried.values() for one in found], wait=True)
    for entry in entries:
        rows = [_rows(arena, one) for one in tried[entry.name]]
        best = moves[entry.name][best_of(entry.name, rows, plan.rule)]
        chosen[entry.name] = Choice(entry.digest, best)
        _log.info("%s: the best setting is %s", entry.name, best)
    return replace(plan, chosen=chosen)


def _moved(entry: Entry, move: Move) -> Entry:
    return replace(entry, recipe=move.applied(entry.recipe), setting=str(move))


def _rows(arena: Arena, entry: Entry) -> list[Row]:
    """Return a row for each data set and seed, of the first protocol."""
    return [arena.found(entry, data, seed)[0] for data in arena.data_sets for seed in arena.seeds]


def best_of(name: str, tried: Sequence[Sequence[Row]], rule: str) -> int:
    """Choose the best of several settings.

    Args:
        name: of the method, for messages.
        tried: for each setting the rows of all data sets and seeds.
        rule: the number whose mean is compared.

    Returns:
        The number of the setting, the first of equal ones; one that could not be trained only where
        none could.

    Raises:
        ConfigError: the number is not known.
    """
    means = []
    for rows in tried:
        values = [getattr(row, rule) for row in rows]
        if None in values and not any(row.failed for row in rows):
            needs = NEEDS.get(rule, "a log that says it")
            raise ConfigError(
                f"{name} has no {rule} on {rows[0].data}; it needs {needs}: give other "
                "development data, choose in another way, or take lines of an earlier version out "
                "of the search's file"
            )
        means.append(None if None in values else fmean(values))
    known = [mean for mean in means if mean is not None]
    return means.index(max(known)) if known else 0
