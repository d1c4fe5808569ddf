"""Whether images are held out of a training."""

import json
import warnings
from pathlib import Path

from vireid.data import open_data
from vireid.data.find_images import is_data
from vireid.errors import DataError
from vireid.runs.fingerprints import fingerprint
from vireid.runs.folder import Run
from vireid.types import Images


def check_held_out(
    run: Run, path: Path, images: Images, part: str, *, fold: int | None = None
) -> None:
    """Refuse images of the training, whose comparisons err less than those of others.

    Args:
        run: the run's folder; where it does not say what it was trained on, nothing is known.
        path: where the images are; images of a plain folder are not looked at.
        images: of that part of the data.
        part: which part of a data set they are.
        fold: of the data set.

    Raises:
        DataError: the run was trained on some of them.
    """
    if part == "test" or not is_data(path):
        return
    train = images if part == "train" else open_data(path, fold=fold).train
    if trained_on(run, train):
        raise DataError(
            f"{path} holds the images that {run.folder} was trained on, whose comparisons err less "
            "than those of others; give images that it has not seen, as those of --part test"
        )
    warnings.warn(
        f"the training part of {path} is used: the rates hold only if the run has not seen it",
        stacklevel=3,
    )


def trained_on(run: Run, images: Images) -> bool:
    """Tell whether a run was trained on a set of images, by their paths and sizes.

    Args:
        run: the run's folder.
        images: the set.

    Returns:
        True where it was; False where it was trained on another set, or does not say.
    """
    try:
        found = json.loads(run.data_file.read_text(encoding="utf-8"))["images"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return str(found).startswith(fingerprint(images).split(", tracks")[0])
