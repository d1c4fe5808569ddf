"""The rows of a study with one data set and seed: trained one after the other, and scored."""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import DegenerateClusters, Stopped, VireidError
from vireid.files import whole_file
from vireid.runs import Run, load_network
from vireid.runs.begun import as_begun
from vireid.runs.claim import is_finished, write_settings
from vireid.runs.leveling import levels_of, with_levels
from vireid.runs.session import Session
from vireid.runs.snapshot import Snapshot, write_snapshot
from vireid.runs.states import branch_off, state_files, where_saved
from vireid.runs.stopping import stop_requests
from vireid.runs.train_run import train_run
from vireid.scoring import EvaluationOptions, choose_protocol
from vireid.scoring.networks import score_networks, training_precision
from vireid.studies.code import Code
from vireid.studies.folder import lighten, locked
from vireid.studies.page import present
from vireid.studies.results import make_result
from vireid.studies.shared import beginning, branch_points, shared_stages
from vireid.studies.study import Study
from vireid.studies.upper_bound import Identities, true_labels

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """All rows of a study with one data set and seed."""

    study: Study
    """What is trained and scored."""
    name: str
    """Of the data set."""
    seed: int
    """Of the trainings."""
    order: tuple[str, ...]
    """All rows of the study's folder."""
    code: Code
    """Digests of the code that trains."""

    def run(self, row: str) -> Run:
        """Return the folder of a row.

        Args:
            row: its name.

        Returns:
            The run.
        """
        return self.study.folder.run(self.name, self.seed, row)


def run_job(job: Job) -> list[str]:
    """Train and score the rows that are not finished.

    Args:
        job: the rows; the caller holds the lock of their folder.

    Returns:
        For each row that could not be trained, its name and why.

    Raises:
        VireidError: the data, the recipe or the folder cannot be used.
        Stopped: a signal asked to stop; everything is saved.
    """
    study, name, seed = job.study, job.name, job.seed
    done = {r.row for r in study.folder.results() if (r.data, r.seed) == (name, seed)}
    finished = [row for row in study.rows if row in done]
    if finished:
        _log.info("%s, seed %s: skipping what is finished: %s", name, seed, ", ".join(finished))
    failed: list[str] = []
    broken: list[_Broken] = []
    for number, row in enumerate(study.rows, 1):
        if row in done:
            lighten(job.run(row))
            continue
        _log.info("\n%s, seed %s, row %s of %s: %s", name, seed, number, len(study.rows), row)
        recipe = study.rows[row]
        if twin := next((one for one in broken if one.stops(recipe)), None):
            reason = f"it shares with {twin.row} the stage that cannot be trained"
        else:
            try:
                _run_row(job, row)
                continue
            except VireidError as error:
                if type(error) not in (VireidError, DegenerateClusters):
                    raise
                stage, _, _ = where_saved(job.run(row))
                broken.append(_Broken(row, recipe, stage))
                reason = str(error)
        _log.info("this row cannot be trained: %s", reason)
        failed.append(f"{row} ({name}, seed {seed}): {reason}")
    return failed


@dataclass(frozen=True)
class _Broken:
    """A row that could not be trained, with the number of the stage in which it ended."""

    row: str
    recipe: Recipe
    stage: int

    def stops(self, recipe: Recipe) -> bool:
        """Tell whether a recipe meets the same stage in the same state, and so the same end."""
        return shared_stages(self.recipe, recipe) > self.stage


def _run_row(job: Job, row: str) -> None:
    """Train and score one row, and note the result."""
    study, run = job.study, job.run(row)
    recipe, data = replace(study.rows[row], seed=job.seed), study.data[job.name]
    first = job.run(next(iter(study.rows)))
    if first.recipe_file.is_file():  # what it left to the memory of a GPU all rows leave alike
        recipe = as_begun(recipe, first.recipe_text())
    study.folder.note_code(run, job.code)
    keep = _begin(job, run, recipe, data, row)
    train_run(
        Session(
            data,
            recipe,
            run,
            device=study.device,
            labeller=true_labels if isinstance(recipe.labelling, Identities) else None,
            resume=True,
            again=study.again,
            keep=keep,
            watch=study.watch,
            progress=study.progress,
        )
    )
    with stop_requests() as stop:
        scores = _score(study, run, recipe, study.test[job.name])
        known = training_precision(load_network(run), recipe, data, device=study.device)
        last = json.loads(run.log_file.read_text(encoding="utf-8").splitlines()[-1])
        key = (job.name, job.seed, row)
        result = make_result(key, scores, last, run.seconds()["training"], known)
        with locked(study.folder.folder / ".lock"):
            study.folder.add(result)
            present(study, job.order)
        lighten(run)
    if stop():
        raise Stopped(f"stopped and saved; go on with: {study.again}", 128 + (stop.signal or 0))


def _score(study: Study, run: Run, recipe: Recipe, test: DataFolder) -> dict[str, float]:
    """Score the last stage of a run, in percent."""
    networks = [(recipe.stages[-1].name, load_network(run))]
    test = replace(test, test=with_levels(test.test, None, levels_of(run)))
    options = EvaluationOptions(device=study.device)
    (scored,) = score_networks(
        networks,
        recipe,
        test,
        [choose_protocol(test)],
        options,
        levels=levels_of(run),
        progress=study.progress,
    )
    scores = scored.last.table()
    _log.info("%s: Rank-1 %.1f, mAP %.1f", scored.name, scores["rank1"], scores["mAP"])
    return scores


def _begin(
    job: Job, run: Run, recipe: Recipe, data: DataFolder, row: str
) -> Callable[[int, Snapshot], None]:
    """Let a run begin after the stages that it shares with others, where these are finished.

    Returns:
        What keeps the stages for other rows that the run itself is the first to finish.
    """
    rows = job.study.rows
    points = branch_points(list(rows.values()))[list(rows).index(row)]
    shared = run.folder.parent / "shared"
    names = {count: beginning(recipe, count, job.code) for count in points}
    files = {count: shared / f"{name}.safetensors" for count, name in names.items()}
    if not state_files(run) and not is_finished(run):
        count = next((count for count in points if files[count].is_file()), 0)
        if count:
            done = ", ".join(stage.name for stage in recipe.stages[:count])
            _log.info("going on after what it shares with other rows: %s", done)
            run.folder.mkdir(parents=True, exist_ok=True)
            for kept, own in _beside(files[count], run):
                if kept.is_file():
                    shutil.copyfile(kept, own)
            write_settings(run, data, recipe)
            branch_off(run, files[count], recipe)

    def keep(stages: int, taken: Snapshot) -> None:
        file = files.get(stages)
        if file is not None and not file.is_file():
            for kept, own in _beside(file, run):
                if own.is_file():
                    with whole_file(kept) as copy:
                        shutil.copyfile(own, copy)
            write_snapshot(file, taken)

    return keep


def _beside(file: Path, run: Run) -> tuple[tuple[Path, Path], ...]:
    """Return what lies beside a shared state, each with the file of a run that it is a copy of."""
    return (
        (file.with_suffix(".jsonl"), run.log_file),
        (file.with_suffix(".json"), run.weights_file),  # missing where an older version began
    )
