"""The verb: unlabelled images and a recipe -> a run folder."""

from collections.abc import Sequence
from pathlib import Path

from vireid.config import Recipe
from vireid.data import MAX_UNREADABLE, DataFolder, open_data
from vireid.errors import ConfigError
from vireid.observers import Progress, silent
from vireid.recipes import DEFAULT, change_recipe, load_recipe, parse_recipe
from vireid.runs.begun import as_begun
from vireid.runs.folder import KEPT, Run
from vireid.runs.leveling import LevelWords
from vireid.runs.machine import find_device
from vireid.runs.reading import Reading
from vireid.runs.sampled import sampled
from vireid.runs.session import MakeLabeller, Session
from vireid.runs.states import check_same_recipe
from vireid.runs.train_run import train_run
from vireid.runs.watch import Watching, nobody


def train(
    data: DataFolder | Path | str,
    out: Path | str,
    recipe: Recipe | Path | str | None = None,
    *,
    settings: Sequence[str] = (),
    fold: int | None = None,
    device: str = "auto",
    resume: bool = False,
    labeller: MakeLabeller | None = None,
    log: Sequence[str] = (),
    cache: Path | str | None = None,
    max_unreadable: float = MAX_UNREADABLE,
    levels: LevelWords = None,
    keep: int = KEPT,
    sample: int | None = None,
    watch: Watching = nobody,
    progress: Progress = silent,
    again: str = "the same call with resume=True",
) -> Run:
    """Learn from unlabelled visible and infrared images, and write everything to a run folder.

    Identities, where the data has them, only score the labels in the log. SIGINT, SIGTERM and
    SIGHUP let the step finish, save and raise ``Stopped``; a training that ended in any way goes
    on bit-equal with ``resume``. Processes that torchrun or srun started train as one.

    Args:
        data: a folder or manifest as for ``open_data``, or what that returned.
        out: the run folder to write.
        recipe: the name of a recipe that ships, a YAML file or a recipe; where not given,
            ``small``, or that of the run which is resumed.
        settings: changes of the recipe, such as ``seed=3`` or ``stages.joint.epochs=3``.
        fold: which of the ten folds of a data set in RegDB's layout, 1 to 10; the first if not
            given. For data that is not open yet.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.
        resume: go on where the training in ``out`` ended; begin if there is none.
        labeller: makes, of the data without unreadable images and the recipe, what goes from
            embeddings to label spaces; that of the recipe where not given.
        log: tensorboard, wandb, mlflow: who is told of it beside ``metrics.jsonl``.
        cache: folder for decoded images, or ``none`` for memory; memory for small data and the
            user's cache directory for other where not given.
        max_unreadable: share of the images, in [0, 1), that may be unreadable and is left out.
        levels: what becomes black and white of images of more than 8 bits, as the words of
            ``--levels`` or ``Levels``; found in the files where not given.
        keep: how many of the newest states stay until the training is finished, at least 1.
        sample: train on at most so many images of a large archive, whole tracks, spread evenly over
            modalities and cameras, drawn by the recipe's seed; on all, or on those of the run
            which is resumed, where not given.
        watch: opens what is shown the training.
        progress: shows how many images are read.
        again: how to go on, for the message of an early end.

    Returns:
        The run; its last network is read by ``load_network``.

    Raises:
        VireidError: the data, the recipe, a setting or the folder cannot be used.
        LostProcess: another process of the training has ended.
        Stopped: a signal asked to stop; everything is saved.
    """
    run = Run(Path(out))
    where = data.train.root if isinstance(data, DataFolder) else Path(data)
    if where is not None and Path(out).resolve() == Path(where).resolve():
        raise ConfigError(f"{out} is the folder of the data; choose another --out for the run")
    if keep < 1:
        raise ConfigError(f"keep is {keep}; expected at least 1")
    chosen = chosen_recipe(run, recipe, settings, resume=resume)
    session = Session(
        recipe=chosen,
        data=sampled(_opened(data, fold), sample, chosen.seed, run if resume else None),
        run=run,
        named=_named(recipe, settings, resume=resume),
        labeller=labeller,
        reading=Reading(cache, max_unreadable, levels),
        device=find_device(device),
        resume=resume,
        log=log,
        again=again,
        kept=keep,
        watch=watch,
        progress=progress,
    )
    train_run(session)
    return run


def _named(
    recipe: Recipe | Path | str | None, settings: Sequence[str], *, resume: bool
) -> str | None:
    """Return what a recipe is called; None for a value, and for that of the run gone on with."""
    if isinstance(recipe, Recipe) or (recipe is None and resume):
        return None
    changed = any(one.partition("=")[0] != "seed" for one in settings)
    return Path(recipe or DEFAULT).stem + (", changed" if changed else "")


def _opened(data: DataFolder | Path | str, fold: int | None) -> DataFolder:
    """Return the data, opened where it is not yet."""
    if not isinstance(data, DataFolder):
        return open_data(Path(data), fold=fold)
    if fold is not None:
        raise ConfigError(f"fold is {fold} for data that is open already; give it to open_data")
    return data


def chosen_recipe(
    run: Run, recipe: Recipe | Path | str | None, settings: Sequence[str], *, resume: bool
) -> Recipe:
    """Return the recipe of a training.

    Args:
        run: where it writes.
        recipe: a name, a YAML file or a recipe; ``small``, or that of the run which is
            resumed, where not given.
        settings: changes, such as ``seed=3``.
        resume: go on with what is in the run's folder, if anything is.

    Returns:
        The resolved recipe.

    Raises:
        ConfigError: the recipe or a setting is wrong, or not that of the run to be resumed.
    """
    goes_on = resume and run.recipe_file.exists()
    if isinstance(recipe, Recipe):
        found = change_recipe(recipe, settings) if settings else recipe
    elif recipe is None and goes_on:
        found = parse_recipe(run.recipe_text(), settings, source=str(run.recipe_file))
    else:
        found = load_recipe(str(recipe or DEFAULT), settings)
    if goes_on:
        found = as_begun(found, run.recipe_text())
        check_same_recipe(run, found)
    return found
