"""One picture that shows a data set: rows of identities, columns of cameras."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from vireid.data.synthetic.settings import CAMERAS
from vireid.errors import DataError

_GAP = 6
"""Pixels of white between cameras."""


def write_contact_sheet(root: Path, out: Path, identities: Sequence[int], images: int = 3) -> Path:
    """Write a PNG with the first images of some identities by every camera.

    Args:
        root: folder of a data set with folders cam1 to cam6.
        out: the PNG file to write.
        identities: one row for each, in this order.
        images: how many images of each camera; black where there are fewer.

    Returns:
        The file.

    Raises:
        DataError: if there are no identities or none of their images.
    """
    paths = [
        [[root / f"cam{c}" / f"{k:04d}" / f"{n:04d}.jpg" for n in range(1, images + 1)]
         for c in CAMERAS]
        for k in identities
    ]  # fmt: skip
    first = next((p for row in paths for cell in row for p in cell if p.is_file()), None)
    if first is None:
        raise DataError(f"{root} holds no images of the identities asked for")
    with Image.open(first) as image:
        width, height = image.size
    across = len(CAMERAS) * images * width + (len(CAMERAS) - 1) * _GAP
    sheet = np.full((len(paths) * height, across, 3), 255, np.uint8)
    for i, row in enumerate(paths):
        for j, cell in enumerate(row):
            for k, path in enumerate(cell):
                left = j * (images * width + _GAP) + k * width
                place = sheet[i * height : (i + 1) * height, left : left + width]
                place[:] = _pixels(path) if path.is_file() else 0
    Image.fromarray(sheet).save(out, format="PNG")
    return out


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
