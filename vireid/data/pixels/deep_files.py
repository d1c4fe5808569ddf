"""A bounded look at the files of a data set that have more than 8 bits for each value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vireid.data.pixels.decoding import FORMATS, decode_file
from vireid.errors import DataError
from vireid.types import Images, Modality
from vireid.types.levels import ANY

FILES = 128
"""Files of a modality and camera that are looked at, spread evenly over all of them."""
VALUES = 4096
"""Values of each of them that are kept, spread evenly over its pixels."""


@dataclass(frozen=True)
class DeepFiles:
    """Those files of a modality and camera that were looked at and have more than 8 bits."""

    kind: Modality
    """Of the images."""
    camera: str
    """The name of the camera; "0" where unknown."""
    samples: tuple[NDArray[Any], ...]
    """Values of each file."""
    looked: int
    """How many files were looked at and can be read, of 8 bits too."""


def deep_files(images: Images) -> Iterator[DeepFiles]:
    """Look at some files of each modality and camera.

    Args:
        images: N images.

    Yields:
        What was found of each modality and camera, in order; unreadable files are passed over.
    """
    for kind in Modality:
        for number in np.unique(images.camera[images.modality == kind]).tolist():
            here = np.flatnonzero((images.modality == kind) & (images.camera == number))
            chosen = here[np.linspace(0, len(here) - 1, min(FILES, len(here))).astype(np.int64)]
            found = [_sample(images.root / images.paths[index]) for index in chosen]
            samples = tuple(one for one in found if one is not None and one.size)
            looked = sum(one is not None for one in found)
            yield DeepFiles(kind, images.camera_name(number), samples, looked)


def place(kind: Modality, cameras: Sequence[str]) -> str:
    """Name a modality and some of its cameras.

    Args:
        kind: the modality.
        cameras: their names; "0" for unknown.

    Returns:
        A few words.

    >>> place(Modality.INFRARED, ["3", "gate"]), place(Modality.INFRARED, ["0"])
    ('infrared, cameras 3, gate', 'infrared')
    """
    known = [camera for camera in cameras if camera not in ("0", ANY)]
    word = kind.name.lower()
    if not known:
        return word
    return f"{word}, camera{'s' if len(known) > 1 else ''} {', '.join(known)}"


def _sample(file: Path) -> NDArray[Any] | None:
    """Return values of a file of more than 8 bits, none of one of 8 bits; None if unreadable."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            if not image.mode.startswith("I") and image.mode != "F":
                return np.empty(0)
        values = decode_file(file).values.reshape(-1)
    except DataError:
        return None
    except Exception:
        return None
    ends = np.array([values.min(), values.max()], dtype=values.dtype)
    step = max(1, len(values) // VALUES)
    return np.concatenate([values[::step], ends])
