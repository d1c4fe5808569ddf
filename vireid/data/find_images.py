"""A path -> the images that it stands for: a data set, a plain folder or one image."""

import os
import warnings
from pathlib import Path

import numpy as np

from vireid.data.folder import NO_IMAGE, is_image
from vireid.data.layouts.open import has_layout, open_data
from vireid.data.layouts.paths import quoted
from vireid.data.layouts.two_folders import depth_notes, loop_notes
from vireid.data.walking import walk
from vireid.errors import ConfigError, DataError, some
from vireid.types import Images, Modality

MODALITIES = tuple(modality.name.lower() for modality in Modality)
"""What a plain folder or a single image may show."""
PARTS = ("all", "train", "test")
"""Parts of a data set."""


def find_images(
    path: Path | str,
    modality: str | None = None,
    part: str = "all",
    *,
    fold: int | None = None,
    option: str = "--modality",
    camera: str | None = None,
) -> Images:
    """Return the images that a path stands for.

    Args:
        path: a data set, a plain folder or one image.
        modality: visible or infrared: what a plain folder or an image shows; of a data set, which
            says it itself, only the images of that modality are returned.
        part: all, train or test, for a data set.
        fold: which of the ten folds, for a data set in RegDB's layout.
        option: what gives the modality of this path, for messages.
        camera: the name of the camera of a plain folder or an image; unknown where not given.

    Returns:
        The images.

    Raises:
        DataError: the path does not exist, holds no image, or holds a folder or link that cannot
            be read.
        ConfigError: the modality is neither known nor given, or a part, fold or camera does not
            apply.
    """
    return find_with_training(path, modality, part, fold=fold, option=option, camera=camera)[0]


def find_with_training(
    path: Path | str,
    modality: str | None = None,
    part: str = "all",
    *,
    fold: int | None = None,
    option: str = "--modality",
    camera: str | None = None,
) -> tuple[Images, Images | None]:
    """Return the images that a path stands for, and the training images of the same data.

    Args:
        path: as for ``find_images``, and so are the others.
        modality: which images.
        part: of a data set.
        fold: of a data set.
        option: for messages.
        camera: of a plain folder or an image.

    Returns:
        The images, and all training images of the data set that they are of; None where they are
        of none.

    Raises:
        DataError: as for ``find_images``.
        ConfigError: likewise.
    """
    if not isinstance(path, str | os.PathLike):
        raise ConfigError(
            f"images are given as a {type(path).__name__}; expected the path of a data set, of a "
            "folder or of one image, or Images, which name their files"
        )
    path = Path(path)
    if part not in PARTS or modality not in (None, *MODALITIES):
        raise ConfigError(
            f"part is {part} and modality {modality}; expected one of {', '.join(PARTS)}, and "
            f"{' or '.join(MODALITIES)} or none"
        )
    if not path.exists():
        raise DataError(f"{path} does not exist; expected an image, a folder or a manifest")
    if is_data(path):
        if camera is not None:
            raise ConfigError(
                f"--camera {camera}: {path} is a data set, which says itself what its cameras are; "
                "leave it out"
            )
        return _of_data(path, modality, part, fold)
    if modality is None:
        raise ConfigError(_without_modality(path, option))
    if part != "all" or fold is not None:
        wrong = "--part" if part != "all" else "--fold"
        raise ConfigError(f"{wrong} applies to data sets, {path} is none; leave it out")
    root, paths = (path.parent, [path.name]) if path.is_file() else (path, _listed(path))
    kind = np.full(len(paths), MODALITIES.index(modality))
    if camera is None:
        return Images(root, tuple(paths), kind, np.zeros_like(kind)), None
    return Images(root, tuple(paths), kind, np.ones_like(kind), cameras={1: camera}), None


def is_data(path: Path) -> bool:
    """Tell whether a path is a data set, which knows its modalities.

    Args:
        path: of a folder or file.

    Returns:
        True for a folder in a known layout and for a table.
    """
    if path.is_file():
        return path.suffix.lower() in (".csv", ".parquet")
    return has_layout(path)


def _without_modality(path: Path, option: str) -> str:
    """Say what is to be given of a path that does not know what it shows."""
    if path.is_file() and is_image(path.name):
        return f"{path} is an image; say {option} visible or infrared"
    try:
        open_data(path)
    except DataError as error:
        return f"{error}; for a plain folder say {option} visible or infrared"
    return f"{path} has just become a data set; try again"


def _of_data(
    path: Path, modality: str | None, part: str, fold: int | None
) -> tuple[Images, Images]:
    """Return the images of a data set, or those of one modality, and its training images."""
    data = open_data(path, fold=fold)
    images = {"train": data.train, "test": data.test}.get(part)
    if images is None:
        images = data.train.plus(data.test)
    if modality is not None:
        images = images.subset(np.flatnonzero(images.modality == MODALITIES.index(modality)))
    if not len(images):
        words = [word for word in (modality, part) if word and word != "all"]
        raise DataError(f"{path} holds no {' '.join([*words, 'images'])}; choose another part")
    return images, data.train


def _listed(folder: Path) -> list[str]:
    """Return the images below a folder, which must hold some, in order."""
    found = walk(folder)
    if found.faults:
        said = some([f"{quoted(path or '.')} {why}" for path, why in found.faults], "; ")
        raise DataError(f"{folder}: {said}; mend or remove them")
    paths = [path for path in found.files if is_image(path.rpartition("/")[2])]
    if not paths:
        raise DataError(f"{folder} {NO_IMAGE}")
    for note in (*loop_notes(found.loops), *depth_notes(paths, str(folder))):
        warnings.warn(f"{folder}: {note}", stacklevel=4)
    return paths
