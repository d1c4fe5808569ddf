"""Trains what a comparison lacks, one training after the other, and notes each at once."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vireid.errors import VireidError
from vireid.scoring import choose_protocol
from vireid.studies.comparison.arena import Arena, DataSet
from vireid.studies.comparison.begun import Begun, Trained
from vireid.studies.comparison.entries import Entry
from vireid.studies.comparison.fairness import images_seen
from vireid.studies.comparison.rows import Row
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.leaving import lighten
from vireid.studies.results import Result
from vireid.studies.run import refuse_several, run_rows
from vireid.studies.study import Study, open_all

_log = logging.getLogger(__name__)
BEFORE, BEHIND = "could not be trained: ", "; all others are finished"
"""What a study says around the reason why a row could not be trained."""

Missing = tuple[Entry, DataSet, int]
"""A training that is not noted yet: method, data, seed."""


def train_missing(arena: Arena, entries: Sequence[Entry], *, wait: bool = False) -> None:
    """Train and score what is not known yet and not in the hands of another process.

    All methods are trained with one seed before the next one.

    Args:
        arena: what methods are set against each other on.
        entries: the methods.
        wait: until other processes have trained theirs, so that nothing is missing in the end.

    Raises:
        VireidError: data, a recipe or the folder cannot be used.
        Stopped: a signal asked to stop; everything is saved.
    """
    lacking: list[Missing] = [
        (entry, data, seed)
        for seed in arena.seeds
        for data in arena.data_sets
        for entry in entries
        if not arena.found(entry, data, seed)
    ]
    if lacking:
        refuse_several()
    while lacking:
        busy = [missing for missing in lacking if not _train(arena, missing, wait=False)]
        if len(busy) == len(lacking):
            for missing in lacking:
                _log.info("%s: another process is working on it", _name(missing))
                if wait:
                    _train(arena, missing, wait=True)
            break
        lacking = busy


def _train(arena: Arena, missing: Missing, *, wait: bool) -> bool:
    """Train what is not known yet, unless another process does; tell whether it is known now."""
    entry, data, seed = missing
    with locked(_folder(arena, missing) / f".seed-{seed}.lock", wait=wait) as mine:
        if mine and not arena.found(entry, data, seed):
            _log.info("\n%s: %s", _name(missing), entry.setting or "as it ships")
            begun = _trained(arena, missing).begin(
                arena.now(entry), arena.noted(entry, data, seed), data.protocols
            )
            arena.file.add([_by_whom(arena, missing, row) for row in _rows(arena, missing, begun)])
        return mine


def _name(missing: Missing) -> str:
    entry, data, seed = missing
    return f"{entry.name} on {data.name}, seed {seed}"


def _folder(arena: Arena, missing: Missing) -> Path:
    entry, data, _ = missing
    return arena.out / "runs" / entry.folder / f"{data.name}-{data.contents}"


def _trained(arena: Arena, missing: Missing) -> Trained:
    entry, data, seed = missing
    key = (data.name, seed, entry.name)
    return Trained(StudyFolder(_folder(arena, missing)), key, entry.recipe.stages[-1].name)


def _rows(arena: Arena, missing: Missing, begun: Begun) -> list[Row]:
    """Train and score; return a row for each protocol."""
    entry, data, seed = missing
    try:
        study = run_rows(_study(arena, missing))
    except VireidError as error:
        if type(error) is not VireidError:
            raise
        before = f"{BEFORE}{entry.name} ({data.name}, seed {seed}): "
        reason = str(error).removeprefix(before).removesuffix(BEHIND)
        return [_row(missing, begun, protocol, failed=reason) for protocol in data.protocols]
    trained = _trained(arena, missing)
    if not arena.choosing:  # one network scores further protocols, and is all that is kept
        lighten(trained.run, keep=trained.last)
    results = [result for result in study.results() if result.seed == seed]
    signals = _signals(study, results[0])
    return [_scored(_row(missing, begun, one.protocol), one, signals) for one in results]


def _by_whom(arena: Arena, missing: Missing, row: Row) -> Row:
    """Say of a row which code has scored it, where other code has trained it."""
    entry, data, seed = missing
    for noted in arena.noted(entry, data, seed):
        if _score_of(noted) == _score_of(row):
            return replace(row, scored_by=noted.scored_by)
    now = arena.now(entry)
    return replace(row, scored_by="" if row.code == now.code else now.commit)


def _score_of(row: Row) -> tuple[object, ...]:
    """Return what two rows share where they tell of the same training and the same scoring."""
    return row.protocol, row.code, row.minutes, row.mAP, row.failed


def _study(arena: Arena, missing: Missing) -> Study:
    """Return a training as a study of one row."""
    entry, data, seed = missing
    settings, (trained, scored) = arena.settings, open_all([data.train], [data.test])
    return Study(
        StudyFolder(_folder(arena, missing)),
        {entry.name: entry.recipe},
        trained,
        scored,
        (seed,),
        {data.name: tuple(choose_protocol(scored[data.name], one) for one in settings.protocol)},
        settings.flip,
        settings.centre,
        keep_checkpoints=not arena.choosing,
        device=settings.device,
        again=settings.again,
        watch=settings.watch,
        progress=settings.progress,
    )


def _row(missing: Missing, begun: Begun, protocol: str, *, failed: str = "") -> Row:
    """Return what is known of a training beforehand."""
    entry, data, seed = missing
    recipe = entry.recipe
    return Row(
        entry.name, entry.digest, data.name, data.contents, protocol, seed,
        setting=entry.setting,
        oracle=entry.oracle,
        cameras=entry.told("camera", data.known) == "yes",
        tracks=entry.told("track", data.known) == "yes",
        images=images_seen(recipe),
        network=f"{recipe.network.backbone}, {recipe.height} x {recipe.width}",
        commit=begun.commit,
        code=begun.code,
        failed=failed,
    )  # fmt: skip


def _scored(row: Row, result: Result, signals: dict[str, Any]) -> Row:
    names = ("rank1", "mAP", "mINP", "ari", "training_mAP", "minutes", "memory")
    measured = {name: getattr(result, name) for name in names} | signals
    return replace(row, **measured)


def _signals(study: StudyFolder, result: Result) -> dict[str, Any]:
    """Return what a run's last labels look like without identities; its log stays."""
    log = study.run(*result.key).log_file.read_text(encoding="utf-8")
    last = json.loads(log.splitlines()[-1])
    found = {name: last.get(name) for name in ("clarity", "matching_margin", "neighbour_overlap")}
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
