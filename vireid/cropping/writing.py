"""A crop's pixels -> its file, whole or not at all, without metadata."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from vireid.cropping.cuts import Cut
from vireid.cropping.pixels import Shown
from vireid.cropping.settings import Picture
from vireid.errors import DataError
from vireid.files import whole_file

QUALITY = 95
"""Of JPEG; colours keep their full resolution."""

_LEFT = re.compile(r"\..*\.(png|jpg|tif)\.[0-9]+")


def ending(shown: Shown, picture: Picture) -> str:
    """Return the ending of a crop's file.

    Args:
        shown: pixels of its frame.
        picture: how crops of 8 bits are written.

    Returns:
        The ending with its dot.
    """
    if shown.dtype == np.uint8:
        return ".jpg" if picture == "jpeg" else ".png"
    return ".png" if shown.dtype == np.uint16 else ".tif"


def cut_out(shown: Shown, cut: Cut) -> Shown:
    """Return the pixels of a crop.

    Args:
        shown: [H, W] or [H, W, 3] pixels of its frame.
        cut: where it is.

    Returns:
        Pixels of the same depth.
    """
    left, top, right, bottom = cut.edges
    return shown[top:bottom, left:right]


def write(crop: Shown, path: Path) -> None:
    """Write a crop in the format of its name.

    Args:
        crop: [H, W] or [H, W, 3] pixels.
        path: its file.

    Raises:
        DataError: it cannot be written.
    """
    image = Image.fromarray(np.ascontiguousarray(crop))
    with whole_file(path, DataError) as draft:
        if path.suffix == ".jpg":
            image.save(draft, format="JPEG", quality=QUALITY, subsampling=0)
        else:
            image.save(draft, format="TIFF" if path.suffix == ".tif" else "PNG")


def sweep(folder: Path) -> None:
    """Remove what a killed process left half written.

    Args:
        folder: of crops; it may be missing.
    """
    for file in folder.glob(".*"):
        if _LEFT.fullmatch(file.name):
            file.unlink(missing_ok=True)
