"""Runs below a folder: in which state each is, and its best figures."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vireid.errors import DataError, VireidError
from vireid.observers import numbers, read_lines
from vireid.recipes import Outline
from vireid.runs import BEFORE, Run
from vireid.runs.checkpoint import load_metadata
from vireid.runs.scores import by_protocol
from vireid.runs.states import steps_done, where_saved

MARKS = ("recipe.yaml", "metrics.jsonl", "checkpoints", "states")
"""What tells a run folder from others."""


@dataclass(frozen=True)
class Scores:
    """Test scores of a run by one protocol."""

    protocol: str
    """Its name."""
    draws: int | None
    """How many it has; None where its file does not say."""
    stage: str
    """The last stage that was evaluated, ``before`` if none but that."""
    scores: Mapping[str, float]
    """In percent, by name."""


@dataclass(frozen=True)
class Overview:
    """A run at a glance; what is not known is None."""

    folder: str
    """Where it is."""
    state: str
    """running, interrupted, finished, evaluated, without networks, study or damaged."""
    reason: str | None = None
    """What is damaged."""
    resumes_at: str | None = None
    """Stage, epoch and step at which an interrupted run goes on."""
    recipe: str | None = None
    """Its name where the run keeps it, else backbone and size of the images."""
    seed: int | None = None
    """Seed of the run."""
    data: str | None = None
    """Name of the data it was trained on."""
    stage: str | None = None
    """Stage of the last epoch in the log."""
    epoch: int | None = None
    """The last epoch in the log, from 1."""
    epochs: int | None = None
    """Epochs of its stage."""
    progress: float | None = None
    """Share of all steps that the logged epochs took, in [0, 1]."""
    scored: str | None = None
    """The last stage that was evaluated by the first protocol of its file."""
    protocol: str | None = None
    """The first protocol of its file."""
    draws: int | None = None
    """Draws of that protocol; None where its file does not say."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Its test scores by that protocol in percent, by name."""
    evaluations: Sequence[Scores] = ()
    """Test scores by each protocol of its file."""
    signals: Mapping[str, float] = field(default_factory=dict)
    """How good its last labels look without identities: clarity, and the means of margin and
    stability over the label spaces."""
    seconds: float | None = None
    """Seconds in the logged epochs."""


def find_runs(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the run folders at or below folders, sorted; hidden folders are left out.

    Args:
        folders: where to look.

    Yields:
        Folders that hold, or held, a run.

    Raises:
        DataError: one of them is no folder.
    """
    for top in folders:
        if not top.is_dir():
            raise DataError(f"{top} is no folder; expected one with runs in it or below")
        for here, below, files in os.walk(top):
            if _is_run(Path(here), {*below, *files}):
                yield Path(here)
                below.clear()
            below[:] = sorted(name for name in below if not name.startswith("."))


def describe_run(folder: Path, *, branched: bool = False) -> Overview:
    """Describe a run, whatever its folder is like.

    Args:
        folder: of the run.
        branched: whether it may have begun after stages whose networks another run has.

    Returns:
        The run at a glance; damaged, with the reason, where a file cannot be used.
    """
    run, known = Run(folder), Overview(str(folder), "running")
    running = is_locked(folder)
    try:
        if running and not run.recipe_file.exists():
            return known
        recipe = run.outline()
        known = _of_recipe(known, recipe, run)
        known = _of_log(known, recipe, read_lines(run.log_file))
        known = _of_scores(known, recipe, run.metrics_file)
        return known if running else _of_ending(known, recipe, run, branched=branched)
    except (VireidError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        plain = isinstance(error, VireidError | OSError)
        return replace(
            known, state="damaged", reason=reason if plain else f"its files are damaged: {reason}"
        )


def is_locked(folder: Path) -> bool:
    """Tell whether a process is training in a folder.

    Args:
        folder: of a run.

    Returns:
        True while the lock is held.
    """
    try:
        with Run(folder).lock_file.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _is_run(folder: Path, names: set[str]) -> bool:
    """Tell whether a folder with these entries holds a run."""
    return not names.isdisjoint(MARKS) or (names == {".lock"} and is_locked(folder))


def _json(file: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing where it is missing."""
    if not file.exists():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{file} is damaged: {error}") from error
    if not isinstance(found, dict):
        raise DataError(f"{file} is damaged: it holds no object")
    return found


def _of_recipe(known: Overview, recipe: Outline, run: Run) -> Overview:
    size = f"{recipe.network.backbone} {recipe.height}x{recipe.width}"
    told = _json(run.data_file)
    name = run.recipe_name() or size
    return replace(known, recipe=name, seed=recipe.seed, data=told.get("name"))


def _of_log(known: Overview, recipe: Outline, lines: Sequence[Mapping[str, Any]]) -> Overview:
    """Add what the log says."""
    if not lines:
        return replace(known, progress=0.0)
    last = lines[-1]
    signals = {"clarity": last["clarity"]} if "clarity" in last else {}
    for name in ("margin", "stability"):
        if values := last.get(name):
            signals[name] = sum(values.values()) / len(values)
    return replace(
        known,
        stage=str(last["stage"]),
        epoch=int(last["epoch"]),
        epochs=int(last["epochs"]),
        progress=last["step"] / steps_done(recipe, len(recipe.stages), 0)
        if "step" in last
        else None,
        signals=numbers(signals),
        seconds=sum(sum(line["seconds"].values()) for line in lines),
    )


def _of_scores(known: Overview, recipe: Outline, file: Path) -> Overview:
    """Add the test scores of the last stage that has some, by each protocol."""
    stages = [BEFORE, *(stage.name for stage in recipe.stages)]
    metrics, found = _json(file), []
    try:
        entries = by_protocol(metrics)["protocols"].values()
    except DataError as error:
        raise DataError(f"{file} is damaged: {error}") from error
    for entry in entries:
        last = [name for name in stages if name in entry["stages"]][-1:]
        name, draws = entry.get("protocol", "unknown protocol"), entry.get("draws")
        found += [Scores(name, draws, stage, numbers(entry["stages"][stage])) for stage in last]
    if not found:
        return known
    first = found[0]
    return replace(
        known,
        scored=first.stage,
        protocol=first.protocol,
        draws=first.draws,
        scores=first.scores,
        evaluations=tuple(found),
    )


def _of_ending(known: Overview, recipe: Outline, run: Run, *, branched: bool) -> Overview:
    """Add how a run that nobody is working on ended."""
    if run.has_ended():
        if not run.checkpoint_file(BEFORE).parent.exists():  # a study takes them away
            return replace(known, state="without networks")
        for name in [stage.name for stage in recipe.stages][-1 if branched else 0 :]:
            if not run.checkpoint_file(name).is_file():
                raise DataError(f"{run.folder} lacks the checkpoint of stage {name}")
            load_metadata(run.checkpoint_file(name))
        return replace(known, state="evaluated" if known.scores else "finished")
    stage, epoch, step = where_saved(run)
    if stage == len(recipe.stages):
        return replace(known, state="interrupted", resumes_at="the end")
    place = f"{recipe.stages[stage].name} {epoch + 1}/{recipe.stages[stage].epochs}"
    place += f", step {step + 1}/{recipe.stages[stage].iterations}" if step else ""
    return replace(known, state="interrupted", resumes_at=place)
