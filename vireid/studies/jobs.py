"""The rows of a study with one data set and seed: trained one after the other, and scored."""

import json
import logging
from dataclasses import dataclass, replace
from functools import partial

from vireid.config import Recipe
from vireid.errors import DegenerateClusters, Stopped, VireidError
from vireid.runs import Run, load_network
from vireid.runs.begun import as_begun
from vireid.runs.leveling import levels_of, with_levels
from vireid.runs.scores import protocol_key
from vireid.runs.session import Session
from vireid.runs.states import where_saved
from vireid.runs.stopping import stop_requests
from vireid.runs.train_run import train_run
from vireid.scoring import EvaluationOptions
from vireid.scoring.centring import network_centring
from vireid.scoring.networks import score_networks, training_precision
from vireid.studies.branch import branch_of
from vireid.studies.code import Code
from vireid.studies.folder import locked
from vireid.studies.leaving import lighten
from vireid.studies.memory import NOTE, noting, read_note
from vireid.studies.page import present
from vireid.studies.results import Result, make_result, protocols_of
from vireid.studies.shared import shared_stages
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

    def results(self, row: str) -> list[Result]:
        """Return what is known of a row.

        Args:
            row: its name.

        Returns:
            A result for each protocol that scored it.
        """
        key = (self.name, self.seed, row)
        return [result for result in self.study.folder.results() if result.key == key]

    def unscored(self, row: str) -> list[str]:
        """Return the protocols that have not scored a row.

        Args:
            row: its name.

        Returns:
            Whole names.
        """
        had = protocols_of(self.results(row))
        return [one for one in self.study.scored_by(self.name) if one not in had]


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
    finished = [row for row in study.rows if not job.unscored(row)]
    if finished:
        _log.info("%s, seed %s: skipping what is finished: %s", name, seed, ", ".join(finished))
    failed: list[str] = []
    broken: list[_Broken] = []
    for number, row in enumerate(study.rows, 1):
        if row in finished:
            _leave(study, job.run(row))
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
    branch = branch_of(study, run, job.name, recipe, row, job.code)
    with noting(run.folder, study.device, branch.take()) as peak:
        train_run(
            Session(
                data,
                recipe,
                run,
                device=study.device,
                labeller=true_labels if isinstance(recipe.labelling, Identities) else None,
                resume=True,
                again=study.again,
                keep=partial(branch.keep, peak),
                watch=study.watch,
                progress=study.progress,
            )
        )
    with stop_requests() as stop:
        results = _results(job, row, run, recipe)
        with locked(study.folder.folder / ".lock"):
            study.folder.add(*results)
            present(study, job.order)
        _leave(study, run)
    if stop():
        raise Stopped(f"stopped and saved; go on with: {study.again}", 128 + (stop.signal or 0))


def _leave(study: Study, run: Run) -> None:
    """Take away what a finished row needs no longer."""
    (run.folder / NOTE).unlink(missing_ok=True)
    if not study.keep_checkpoints:
        lighten(run)


def _results(job: Job, row: str, run: Run, recipe: Recipe) -> list[Result]:
    """Score the last stage of a trained row by each protocol that has not scored it yet."""
    study, missing, earlier = job.study, job.unscored(row), job.results(row)
    scores = _score(study, job.name, run, recipe)
    if earlier:  # all else is known
        known, memory = earlier[0].training_mAP, earlier[0].memory
    else:
        data = study.data[job.name]
        known = training_precision(load_network(run), recipe, data, device=study.device)
        memory = read_note(run.folder / NOTE)
    last = json.loads(run.log_file.read_text(encoding="utf-8").splitlines()[-1])
    seconds = run.seconds()["training"]
    key = (job.name, job.seed, row)
    return [
        make_result(key, scores[protocol], last, seconds, known, memory, protocol)
        for protocol in missing
    ]


def _score(study: Study, name: str, run: Run, recipe: Recipe) -> dict[str, dict[str, float]]:
    """Score the last stage of a run, in percent, by the whole names of the protocols."""
    stage, test = recipe.stages[-1].name, study.test[name]
    networks = [(stage, load_network(run))]
    test = replace(test, test=with_levels(test.test, None, levels_of(run)))
    found = score_networks(
        networks,
        recipe,
        test,
        study.protocols[name],
        EvaluationOptions(flip=study.flip, device=study.device),
        centring=network_centring(study.centre, run.outline(), {stage: run.checkpoint_file(stage)}),
        levels=levels_of(run),
        progress=study.progress,
    )
    scores = {}
    for scored in found:
        table = scored.last.table()
        _log.info("%s: Rank-1 %.1f, mAP %.1f", scored.name, table["rank1"], table["mAP"])
        scores[protocol_key(scored.name, len(scored.protocol.draws))] = table
    return scores
