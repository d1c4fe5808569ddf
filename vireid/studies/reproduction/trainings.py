"""One training of a reproduction: trained, or gone on with, and scored."""

import logging
from functools import partial

from vireid.errors import Stopped
from vireid.parallel import on_first, process_group
from vireid.runs.begun import as_begun
from vireid.runs.reading import Reading
from vireid.runs.session import Session
from vireid.runs.stopping import stop_requests
from vireid.runs.train_run import train_run
from vireid.scoring import EvaluationOptions, evaluate_each
from vireid.studies.folder import locked
from vireid.studies.reproduction.after_epoch import AfterEpoch
from vireid.studies.reproduction.page import present
from vireid.studies.reproduction.score_rows import ScoreRow, oracle_rows, read_rows, write_rows
from vireid.studies.reproduction.settings import settings_of
from vireid.studies.reproduction.task import Training

_log = logging.getLogger(__name__)


def run_training(training: Training) -> None:
    """Train as far as is left, and score; several processes do so together.

    Args:
        training: the training.

    Raises:
        VireidError: the data, the recipe or the folder cannot be used.
        Stopped: a signal asked to stop, or the first epoch did; everything is saved.
    """
    task = training.task
    first, recipe = next(task.trainings()).run, training.recipe
    if first.recipe_file.is_file():  # what it left to the memory of a GPU all trainings leave alike
        recipe = as_begun(recipe, first.recipe_text())
    train_run(
        Session(
            training.data,
            recipe,
            training.run,
            device=task.device,
            reading=Reading(task.cache),
            named=task.named + (", changed" if task.changes else ""),
            resume=True,
            again=task.again,
            after_epoch=AfterEpoch(training),
            watch=task.watch,
            progress=task.progress,
        )
    )
    with process_group(task.device), stop_requests() as stop:
        on_first(partial(_score, training))
    if stop():
        raise Stopped(f"stopped and saved; go on with: {task.again}", 128 + (stop.signal or 0))


def _score(training: Training) -> None:
    """Score the last network in all settings, and write what is known so far."""
    task, place = training.task, training.task.place
    last, settings = task.recipe.stages[-1], settings_of(task.which)
    options = EvaluationOptions(
        protocol=tuple(setting.options for setting in settings),
        flip="both",
        centre="none",  # as the oracle's scores are, whatever the recipe says
        device=task.device,
        cache=None if task.cache is None else str(task.cache),
    )
    found = evaluate_each([training.run], training.data, options, progress=task.progress)
    asked = [(setting.name, flips) for flips in options.flips() for setting in settings]
    rows = [
        ScoreRow.of(training.key, ("last", last.name, last.epochs), setting, one.last.table())
        for setting, one in zip(asked, found, strict=True)
    ]
    rows += oracle_rows(read_rows(place.epochs_file(training.name)), settings[0].name)
    with locked(place.folder / ".lock"):
        others = [row for row in place.rows() if row.key != training.key]
        write_rows(place.scores_file, [*others, *rows])
        present(task)
    first = rows[0]
    score = "%s: Rank-1 %.1f, mAP %.1f (%s)"
    _log.info(score, training.name, first.rank1, first.mAP, first.setting)
