"""Trains what a comparison lacks, one training after the other, and notes each at once."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vireid.errors import VireidError
from vireid.studies.comparison.arena import Arena, Place, code_digest
from vireid.studies.comparison.entries import Entry
from vireid.studies.comparison.fairness import images_seen
from vireid.studies.comparison.rows import Row
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.results import Result
from vireid.studies.run import run_study

_log = logging.getLogger(__name__)
BEFORE, BEHIND = "could not be trained: ", "; all others are finished"
"""What a study says around the reason why a row could not be trained."""

Job = tuple[Entry, Place, int]
"""A training: method, data, seed."""


def train_missing(arena: Arena, entries: Sequence[Entry]) -> list[str]:
    """Train and score what is not known yet and not in the hands of another process.

    All methods are trained with one seed before the next one.

    Args:
        arena: what methods are set against each other on.
        entries: the methods.

    Returns:
        What another process is working on.

    Raises:
        VireidError: data, a recipe or the folder cannot be used.
        Stopped: a signal asked to stop; everything is saved.
    """
    jobs: list[Job] = [
        (entry, place, seed)
        for seed in arena.seeds
        for place in arena.places
        for entry in entries
        if not arena.found(entry, place, seed)
    ]
    total = len(jobs)
    while jobs:
        busy = []
        for job in jobs:
            entry, place, seed = job
            with locked(_folder(arena, job) / f".seed-{seed}.lock", wait=False) as mine:
                if not mine:
                    busy.append(job)
                elif not arena.found(entry, place, seed):
                    _log.info("\n%s on %s, seed %s (%s to do)", entry.name, place.name, seed, total)
                    _note(arena, _rows(arena, job))
                    total -= 1
        if len(busy) == len(jobs):
            break
        jobs = busy
    for entry, place, seed in jobs:
        _log.info("%s on %s, seed %s: another process is at it", entry.name, place.name, seed)
    return [f"{entry.name} on {place.name}, seed {seed}" for entry, place, seed in jobs]


def _folder(arena: Arena, job: Job) -> Path:
    entry, place, _ = job
    return arena.out / "runs" / entry.folder / f"{place.name}-{place.contents}"


def _note(arena: Arena, rows: Sequence[Row]) -> None:
    with locked(arena.lock):
        arena.file.add(rows)


def _rows(arena: Arena, job: Job) -> list[Row]:
    """Train and score; return a row for each protocol."""
    entry, place, seed = job
    settings = arena.settings
    try:
        study = run_study(
            {entry.name: entry.recipe},
            [place.train],
            _folder(arena, job),
            seeds=[seed],
            test=[place.test],
            protocol=settings.protocol,
            flip=settings.flip,
            device=settings.device,
            again=settings.again,
            watch=settings.watch,
            progress=settings.progress,
        )
    except VireidError as error:
        if type(error) is not VireidError:
            raise
        reason = str(error).removeprefix(BEFORE).removesuffix(BEHIND)
        return [_row(arena, job, protocol, failed=reason) for protocol in place.protocols]
    results = [result for result in study.results() if result.seed == seed]
    clarity = _clarity(study, results[0])
    return [_scored(_row(arena, job, one.protocol), one, clarity) for one in results]


def _row(arena: Arena, job: Job, protocol: str, *, failed: str = "") -> Row:
    """Return what is known of a training beforehand."""
    entry, place, seed = job
    recipe = entry.recipe
    return Row(
        entry.name, entry.digest, place.name, place.contents, protocol, seed,
        setting=entry.setting,
        oracle=entry.oracle,
        cameras=entry.knows("cameras"),
        tracks=entry.knows("tracks"),
        images=images_seen(recipe),
        network=f"{recipe.network.backbone}, {recipe.height} x {recipe.width}",
        commit=arena.commit,
        code=code_digest(entry),
        failed=failed,
    )  # fmt: skip


def _scored(row: Row, result: Result, clarity: float | None) -> Row:
    names = ("rank1", "mAP", "mINP", "ari", "training_mAP", "minutes", "memory")
    measured = {name: getattr(result, name) for name in names}
    return replace(row, **measured, clarity=clarity)


def _clarity(study: StudyFolder, result: Result) -> float | None:
    """Return how clear the last labels of a run are; its log stays."""
    log = study.run(*result.key).log_file.read_text(encoding="utf-8")
    found = json.loads(log.splitlines()[-1]).get("clarity")
    return None if found is None else round(found, 4)
