"""One picture that shows a data set: rows of identities, columns of cameras."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from vireid.errors import DataError

_GAP = 6
"""Pixels of white between cameras."""


def write_contact_sheet(
    root: Path, out: Path, cells: Sequence[Sequence[Sequence[str]]], images: int = 3
) -> Path:
    """Write a PNG with the first images of some identities by every camera.

    Args:
        root: folder of a data set.
        out: the PNG file to write.
        cells: for each identity and each camera the paths of its images, relative to the root.
        images: how many images of each camera; black where there are fewer.

    Returns:
        The file.

    Raises:
        DataError: if there is no image.
    """
    first = next((path for row in cells for cell in row for path in cell), None)
    if first is None:
        raise DataError(f"{root} holds no images of the identities asked for")
    with Image.open(root / first) as image:
        width, height = image.size
    cameras = len(cells[0])
    across = cameras * images * width + (cameras - 1) * _GAP
    sheet = np.full((len(cells) * height, across, 3), 255, np.uint8)
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            for k in range(images):
                left = j * (images * width + _GAP) + k * width
                place = sheet[i * height : (i + 1) * height, left : left + width]
                place[:] = _pixels(root / cell[k]) if k < len(cell) else 0
    Image.fromarray(sheet).save(out, format="PNG")
    return out


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))
