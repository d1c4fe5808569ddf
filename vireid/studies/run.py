"""The verb: recipes by name, data and seeds -> runs set beside each other."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from vireid.config import Centre, Recipe
from vireid.config.evaluation import check_centre
from vireid.errors import ConfigError, VireidError, some
from vireid.observers import Progress, silent
from vireid.parallel.environment import is_several, launcher
from vireid.runs.claim import check_trainable
from vireid.runs.machine import find_device
from vireid.runs.watch import Watching, nobody
from vireid.scoring import EvaluationOptions, Flip, ProtocolOptions, choose_protocol
from vireid.studies.cameras import demand_cameras, warn_of_other_cameras
from vireid.studies.code import Code, changed_parts, code_of
from vireid.studies.data_prints import fingerprint_of
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.jobs import Job, run_job
from vireid.studies.page import present
from vireid.studies.results import protocols_of
from vireid.studies.study import Study, distinct_seeds, open_all, whole_name

_log = logging.getLogger(__name__)


def run_study(
    rows: Mapping[str, Recipe],
    data: Sequence[Path | str],
    out: Path | str,
    *,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    test: Sequence[Path | str] | None = None,
    gains: Sequence[tuple[str, str]] | None = None,
    parameter: str | None = None,
    protocol: ProtocolOptions | Sequence[ProtocolOptions] = (),
    flip: Flip = False,
    centre: Centre = "none",
    keep_checkpoints: bool = False,
    device: str = "auto",
    again: str = "the same call",
    watch: Watching = nobody,
    progress: Progress = silent,
) -> StudyFolder:
    """Train each row on each data set with each seed, score it, and set the rows side by side.

    What is finished is skipped, and what was begun goes on. Stages that rows share are trained
    once. Several processes may work in one folder, each on data and seeds of its own.

    Args:
        rows: a recipe by the name of its row; ``ablation_rows``, ``swept_rows`` and ``named_rows``
            make such rows. Their seed does not count.
        data: data sets with different names; all rows are trained on each.
        out: the folder of the study.
        seeds: of the trainings, 0 or more.
        test: data whose test people are scored, one for all or one for each; the data's own where
            not given.
        gains: pairs of a row and the one it is compared with; the row before where not given.
        parameter: the setting that the values of rows named PARAMETER=VALUE are of, for the figure.
        protocol: what test people are scored by, one or several; that of the data's layout where
            not given. Rows whose networks are there are scored by those that are new.
        flip: average test embeddings with those of mirror images; ``"both"`` scores without and
            with.
        centre: take off test embeddings the means of cameras among the training images
            (``"training"``) or the test images (``"own"``), of all rows alike, whatever their
            recipes say.
        keep_checkpoints: keep the networks of all rows, for ``evaluate``.
        device: where to compute; "auto" takes a GPU if there is one.
        again: how to go on, for messages and the page of results.
        watch: opens what is shown each training.
        progress: shows how far the reading and the embedding of images are.

    Returns:
        The folder, whose ``results()`` and ``page()`` show what was found.

    Raises:
        VireidError: data, recipe or folder cannot be used, or some rows could not be trained; all
            others are finished.
        Stopped: a signal asked to stop; everything is saved.
    """
    refuse_several()
    numbers = distinct_seeds(seeds)
    tests = None if test is None else [Path(path) for path in test]
    trained, scored = open_all([Path(path) for path in data], tests)
    demand_cameras(trained, check_centre(centre))
    warn_of_other_cameras(trained, scored, centre)
    asked = EvaluationOptions(protocol=protocol, flip=flip)
    chosen = {
        name: tuple(choose_protocol(test, one) for one in asked.protocols())
        for name, test in scored.items()
    }
    study = Study(
        StudyFolder(Path(out)), rows, trained, scored, numbers, chosen, flip, check_centre(centre),
        keep_checkpoints, None if gains is None else tuple(gains), parameter, find_device(device),
        again, watch, progress,
    )  # fmt: skip
    order, code = _entered(study), code_of(rows.values())
    _warn_of_other_code(study, code)
    _train(study, order, code)
    return study.folder


def run_rows(study: Study) -> StudyFolder:
    """Train and score the rows of a study, as ``run_study`` does, without its warnings.

    Args:
        study: what is trained and scored; whoever calls says what may mislead in it.

    Returns:
        Its folder.

    Raises:
        VireidError: data, recipe or folder cannot be used, or some rows could not be trained; all
            others are finished.
        Stopped: a signal asked to stop; everything is saved.
    """
    _train(study, _entered(study), code_of(study.rows.values()))
    return study.folder


def refuse_several() -> None:
    """Refuse to run as one of several processes that a launcher has started.

    Raises:
        ConfigError: this is one of them.
    """
    if is_several():
        raise ConfigError(
            f"a study does not run under {launcher().split()[0]}; "
            "start it several times with one --out, and the processes share the work"
        )


def _entered(study: Study) -> tuple[str, ...]:
    """Note what is to be compared in the folder, if it belongs there; return all rows in order."""
    for folder in study.data.values():
        check_trainable(folder)
    prints = {name: fingerprint_of(study.data[name], study.test[name]) for name in study.data}
    order = tuple(study.folder.enter(study.rows, prints))
    study.folder.name_protocols(
        {name: whole_name(choose_protocol(test)) for name, test in study.test.items()}
    )
    return order


def _train(study: Study, order: tuple[str, ...], code: Code) -> None:
    """Train and score what is not finished yet and not in the hands of another process."""
    jobs = [Job(study, name, seed, order, code) for name in study.data for seed in study.seeds]
    _check_scorable(jobs)
    failed: list[str] = []
    while jobs:
        busy = []
        for job in jobs:
            with locked(study.folder.job(job.name, job.seed) / ".lock", wait=False) as mine:
                if mine:
                    failed += run_job(job)
                else:
                    busy.append(job)
        if len(busy) == len(jobs):
            break
        jobs = busy
    for job in jobs:
        _log.info("%s, seed %s: another process is working on it", job.name, job.seed)
    with locked(study.folder.folder / ".lock"):
        present(study, order)
    if failed:
        raise VireidError(f"could not be trained: {'; '.join(failed)}; all others are finished")


def _check_scorable(jobs: Sequence[Job]) -> None:
    """Refuse protocols that rows cannot be scored by any more, as their networks are gone."""
    gone: dict[str, None] = {}
    had: dict[str, None] = {}
    for job in jobs:
        for row, recipe in job.study.rows.items():
            before, file = job.results(row), job.run(row).checkpoint_file(recipe.stages[-1].name)
            if before and not file.is_file():
                gone |= dict.fromkeys(job.unscored(row))
                had |= dict.fromkeys(protocols_of(before))
    if gone:
        raise ConfigError(
            f"{jobs[0].study.folder.folder} was scored by {'; '.join(had)}, and keeps no networks "
            f"to score by {'; '.join(gone)}: leave that out, or choose another --out, with "
            "--keep-checkpoints"
        )


def _warn_of_other_code(study: Study, code: Code) -> None:
    """Warn where the code has changed since rows of the study were begun or finished."""
    place, noted = study.folder, study.folder.codes()
    keys = [result.key for result in place.results()]
    keys += [(name, seed, row) for name in study.data for seed in study.seeds for row in study.rows]
    rows: dict[str, None] = {}
    parts: dict[str, None] = {}
    for key in keys:
        run = place.run(*key)
        changed = changed_parts(noted.get(place.mark(run), {}), code)
        if changed and run.folder.exists():
            rows[key[2]] = None
            parts |= dict.fromkeys(changed)
    if rows:
        warnings.warn(
            f"{place.folder} holds rows that were made by other code ({', '.join(parts)} has "
            f"changed): {some(list(rows))}; do not compare them with new ones: choose another "
            "--out, or delete the folder to train all rows anew",
            stacklevel=2,
        )
