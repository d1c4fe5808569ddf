"""A run folder as the training command finds it: free, to be gone on with, or finished."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import ConfigError, DataError, VireidError
from vireid.files import whole_file
from vireid.recipes import dump_recipe
from vireid.runs import Run
from vireid.runs.fingerprints import changed, describe_change, files_fingerprint
from vireid.types import Levels


def check_trainable(data: DataFolder) -> None:
    """Check that there are training images of both modalities.

    Args:
        data: what was opened.

    Raises:
        DataError: one modality is empty.
    """
    counts = [int((data.train.modality == side).sum()) for side in (0, 1)]
    if not all(counts):
        raise DataError(
            f"{data.name} has {counts[0]} visible and {counts[1]} infrared training images; "
            "expected both"
        )


@contextmanager
def claimed(run: Run, *, resume: bool = False) -> Iterator[None]:
    """Make the run folder and keep other processes out of it.

    Args:
        run: the folder.
        resume: whether it may hold a run already.

    Yields:
        Nothing.

    Raises:
        ConfigError: the folder holds a run, is a file, or another process is writing there.
    """
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError(f"{run.folder} is or lies in a file; choose another --out") from error
    with run.lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"another process is training in {run.folder}; choose another --out"
            ) from error
        if run.recipe_file.exists() and not resume:
            raise ConfigError(
                f"{run.folder} holds a run already; go on with it by --resume, choose another "
                "folder or delete it"
            )
        for pattern in (".*.[0-9]*", *(f"{place}/.tmp*" for place in ("states", "checkpoints"))):
            for left in run.folder.rglob(pattern):  # a killed process, or safetensors in it, wrote
                left.unlink(missing_ok=True)
        with _nothing_left(run):
            yield


@contextmanager
def _nothing_left(run: Run) -> Iterator[None]:
    """Take a folder away again in which a refused training has written nothing but its lock."""
    try:
        yield
    except VireidError:
        if list(run.folder.iterdir()) == [run.lock_file]:
            run.lock_file.unlink()
            run.folder.rmdir()
        raise


def is_finished(run: Run) -> bool:
    """Tell whether a training in this folder ran through.

    Args:
        run: the run's folder.

    Returns:
        True once everything that training writes is there.
    """
    return run.recipe_file.exists() and run.has_ended()


def write_settings(
    run: Run,
    data: DataFolder,
    recipe: Recipe,
    named: str | None = None,
    labeller: str | None = None,
) -> None:
    """Write what a run is trained by and on.

    Args:
        run: the run's folder, which exists.
        data: its name, fold and images are noted.
        recipe: all settings.
        named: what the recipe is called, where that is known.
        labeller: module and name of what labels in place of the recipe's labeller, if anything.

    Raises:
        DataError: the files cannot be written.
    """
    with whole_file(run.recipe_file) as file:
        file.write_text(dump_recipe(recipe), encoding="utf-8")
    with whole_file(run.levels_file) as file:
        file.write_text((data.train.levels or Levels()).to_json(), encoding="utf-8")
    told: dict[str, object] = {
        "name": data.name,
        "fold": data.fold,
        "images": files_fingerprint(data.train),
    }
    if data.sample is not None:
        told["sample"] = list(data.sample)
    if name := named or run.recipe_name():
        told["recipe"] = name
    if labeller or run.says_labeller() or not run.data_file.exists():  # an older run keeps silent
        told["labeller"] = labeller or run.labeller_name()
    with whole_file(run.data_file) as file:
        file.write_text(json.dumps(told), encoding="utf-8")


def check_same_images(run: Run, data: DataFolder) -> None:
    """Check that a run that is finished was trained on the images given.

    Args:
        run: which is finished; where an earlier version trained it, nothing is known.
        data: what is given.

    Raises:
        ConfigError: it was trained on others.
    """
    try:
        found = json.loads(run.data_file.read_text(encoding="utf-8")).get("images")
    except (OSError, ValueError, AttributeError):
        return
    given = files_fingerprint(data.train)
    if isinstance(found, str) and changed(found, given):
        raise ConfigError(
            f"{run.folder} is finished, and was trained on other images ({found}) than given "
            f"({given}): {describe_change(found, given)}; give the same data or choose another "
            "--out"
        )
