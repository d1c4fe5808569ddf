"""A path -> the images that it stands for: a data set, a plain folder or one image."""

from pathlib import Path

import numpy as np

from vireid.data.folder import is_image, list_images
from vireid.data.layouts.open import has_layout, open_data
from vireid.errors import ConfigError, DataError
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
) -> Images:
    """Return the images that a path stands for.

    Args:
        path: a data set, a plain folder or one image.
        modality: visible or infrared, for what is no data set.
        part: all, train or test, for a data set.
        fold: which of the ten folds, for a data set in RegDB's layout.

    Returns:
        The images.

    Raises:
        DataError: the path does not exist or holds no image.
        ConfigError: the modality is neither known nor given, is given for a data set, or a part
            does not apply.
    """
    path = Path(path)
    if part not in PARTS or modality not in (None, *MODALITIES):
        raise ConfigError(
            f"part is {part} and modality {modality}; expected one of {', '.join(PARTS)}, and "
            f"{' or '.join(MODALITIES)} or none"
        )
    if not path.exists():
        raise DataError(f"{path} does not exist; expected an image, a folder or a manifest")
    if modality is None:
        if path.is_file() and is_image(path.name):
            raise ConfigError(f"{path} is an image; say --modality visible or infrared")
        try:
            data = open_data(path, fold=fold)
        except DataError as error:
            raise ConfigError(
                f"{error}; for a plain folder say --modality visible or infrared"
            ) from error
        images = _part(data.train, data.test, part)
        if not len(images):
            raise DataError(f"{path} holds no {part} images; choose another --part")
        return images
    if part != "all" or fold is not None:
        option = "--part" if part != "all" else "--fold"
        raise ConfigError(f"{option} applies to data sets, which need no --modality; leave one out")
    if path.is_dir() and has_layout(path):
        raise ConfigError(f"{path} is a data set, which knows its modalities; omit --modality")
    root, paths = (path.parent, [path.name]) if path.is_file() else (path, list_images(path))
    kind = np.full(len(paths), MODALITIES.index(modality))
    return Images(root, tuple(paths), kind, np.zeros_like(kind))


def _part(train: Images, test: Images, part: str) -> Images:
    """Return one part of a data set, or both together."""
    if part != "all":
        return train if part == "train" else test
    return train.plus(test)
