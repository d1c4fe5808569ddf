"""What Pillow alone reads from a file, brought to 8-bit colours by the documented rules."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF")
TURNS = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[::-1],
}
"""What an orientation tag does to rows and columns."""


def expected(file: Path) -> np.ndarray | None:
    """Read an image.

    Args:
        file: the image's.

    Returns:
        [H, W, 3] levels of 8 bits; [H, W] numbers as they are stored where they have more bits;
        None where Pillow refuses the file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=FORMATS)
            with image:
                image.load()
                turn = _orientation(image)
                levels = _levels(image)
        except Exception:  # Pillow raises errors of many kinds
            return None
    return np.ascontiguousarray(TURNS.get(turn, lambda a: a)(levels))


def _orientation(image: Image.Image) -> int:
    """Return the orientation tag, 1 where there is none that can be read."""
    try:
        return int(image.getexif().get(0x112, 1))
    except Exception:
        return 1


def _levels(image: Image.Image) -> np.ndarray:
    """Return the pixels of any mode."""
    if image.mode.startswith(("I", "F")):
        return np.asarray(image)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return np.asarray(image.convert("RGB"))
