"""The verb: a public data set -> a paper's numbers beside ours, over training seeds."""

import logging
from collections.abc import Sequence
from pathlib import Path

from vireid.config import Recipe
from vireid.errors import CheckpointError, ConfigError, DegenerateClusters, Stopped
from vireid.observers import Progress, silent
from vireid.parallel.environment import told_rank
from vireid.recipes import load_recipe
from vireid.runs import new_network
from vireid.runs.claim import is_finished
from vireid.runs.machine import find_device
from vireid.runs.watch import Watching, nobody
from vireid.scoring.files import read_json
from vireid.studies.data_prints import fingerprint_of
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.reproduction.jobs import run_job
from vireid.studies.reproduction.page import present
from vireid.studies.reproduction.place import Reproduction
from vireid.studies.reproduction.probe import Probe
from vireid.studies.reproduction.said import data_line, say_probe
from vireid.studies.reproduction.settings import open_folds, protocols_of, whole_name
from vireid.studies.reproduction.task import Task
from vireid.studies.study import distinct_seeds

_log = logging.getLogger(__name__)

SEEDS = {"sysu": (0, 1, 2, 3, 4), "regdb": (0,), "llcm": (0, 1, 2, 3, 4)}
"""Seeds of the trainings by data set; RegDB has ten folds with a training each."""


def reproduce(
    which: str,
    data: Path | str,
    out: Path | str,
    recipe: Path | str | None = None,
    *,
    settings: Sequence[str] = (),
    seeds: Sequence[int] | None = None,
    folds: Sequence[int] | None = None,
    every: int = 1,
    plan: bool = False,
    anyway: bool = False,
    device: str = "auto",
    cache: Path | str | None = None,
    again: str = "the same call",
    watch: Watching = nobody,
    progress: Progress = silent,
) -> Reproduction:
    """Train a published recipe over seeds, and set every published setting beside the paper's.

    The first epoch is a probe: it ends with one line where the labels are degenerate or a loss is
    no better than chance, and says how long the whole takes. What is finished is skipped, and what
    was begun goes on, also after a kill. Test scores by epoch only give the oracle's number: they
    change no weight. Processes that torchrun or srun started train as one.

    Args:
        which: sysu, regdb or llcm.
        data: the data set in its owners' layout.
        out: the folder that is written to.
        recipe: a name or a YAML file; mmm-sysu, mmm-regdb or mmm-llcm where not given.
        settings: changes of the recipe, such as ``network.weights=resnet50.pth``; not the seed.
        seeds: of the trainings, 0 or more; 0 to 4 where not given, of RegDB 0 alone.
        folds: of RegDB, 1 to 10; all where not given.
        every: epochs of the last stage between two whose test scores are kept; 0 for none.
        plan: stop after the first epoch, which is kept.
        anyway: go on though the first epoch looks bad.
        device: where to compute; "auto" takes a GPU if there is one.
        cache: folder for decoded images, or ``none`` for memory, as in ``train``.
        again: how to go on, for messages and the page.
        watch: opens what is shown each training.
        progress: shows how far the reading and the embedding of images are.

    Returns:
        The folder, whose ``rows()`` and ``page()`` show what was found.

    Raises:
        VireidError: the data, the recipe, its weights or the folder cannot be used.
        DegenerateClusters: the first epoch shows that nothing would come of it.
        Stopped: a signal asked to stop; everything is saved.
    """
    opened = open_folds(which, Path(data), folds)
    if every < 0:
        raise ConfigError(f"every is {every}; expected 0 or more")
    if Path(out).resolve() == Path(data).resolve():
        raise ConfigError(f"{out} is the folder of the data; choose another --out")
    named = str(recipe or f"mmm-{which}")
    task = Task(
        which, opened, Reproduction(Path(out)), _recipe(named, settings), named, tuple(settings),
        distinct_seeds(SEEDS[which] if seeds is None else seeds), every, plan, anyway,
        find_device(device), cache, again, watch, progress,
    )  # fmt: skip
    _check(task)
    _run(task)
    return task.place


def _recipe(named: str, settings: Sequence[str]) -> Recipe:
    """Return the recipe with its changes."""
    if any(setting.partition("=")[0] == "seed" for setting in settings):
        raise ConfigError("--set seed: a reproduction has its seeds from --seeds; name them there")
    return load_recipe(named, settings)


def _check(task: Task) -> None:
    """See that all of it can be done, before anything is written; then note what it is."""
    for data in task.data.values():
        protocols_of(task.which, data)
    if not all(is_finished(job.run) for job in task.jobs()):
        _look_for_weights(task.recipe)
    _log.info("%s", data_line(task.which, next(iter(task.data.values()))))
    study = StudyFolder(task.place.folder)
    prints = {data.name: fingerprint_of(data, data, contents=False) for data in task.data.values()}
    seen: dict[str, str] = read_json(study.plan_file).get("data", {})
    mine = {whole_name(name) for name in prints}
    folds = {name: text for name, text in seen.items() if whole_name(name) in mine}
    study.enter({task.named: task.recipe}, folds | prints)


def _look_for_weights(recipe: Recipe) -> None:
    """See that the initial weights, which may have to be fetched, are there and fit."""
    try:
        new_network(recipe)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; say which by --weights") from error


def _run(task: Task) -> None:
    """Train and score what is not finished yet; the first epoch of all may end it."""
    done = {row.key for row in task.place.rows()}
    known = task.place.probe()
    if known is not None:
        say_probe(task, known)
        _refuse(task, known)
    if known is not None and task.plan:
        return
    for job in task.jobs():
        if job.key in done:
            _log.info("%s: finished before", job.name)
            continue
        _log.info("\n%s", job.name)
        try:
            run_job(job)
        except Stopped:
            probe = task.place.probe() if known is None else None
            if probe is None:
                raise
            _refuse(task, probe)
            if not task.plan:
                raise
            return
    if told_rank() == "0":
        with locked(task.place.folder / ".lock"):
            present(task)


def _refuse(task: Task, probe: Probe) -> None:
    """Raise where a first epoch shows that nothing would come of the whole."""
    if not (task.anyway or probe.is_sound):
        raise DegenerateClusters(
            f"the first epoch says that nothing comes of this: {'; '.join(probe.problems())}; see "
            "whether the initial weights and the images are the right ones, and take another "
            "--out for other settings, or go on with --anyway"
        )
