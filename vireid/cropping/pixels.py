"""A frame's bytes -> its pixels, 16-bit grey levels as they are."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vireid.data.pixels.images import FORMATS
from vireid.errors import DataError

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What makes a picture upright, by its orientation tag."""
_LYING = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x112
DEEPEST = 65535


def pixels_of(held: bytes, name: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Decode a frame; a camera's orientation tag turns it, transparency is dropped.

    Args:
        held: bytes of the file.
        name: of the file, for messages.

    Returns:
        [H, W] grey levels of 8 or 16 bits, or [H, W, 3] colours of 8 bits.

    Raises:
        DataError: the file is empty, damaged or no image.
    """
    try:
        with Image.open(io.BytesIO(held), formats=FORMATS) as image:
            turn = _TURNS.get(_tag(image))
            image.load()
            return _levels(image.transpose(turn) if turn is not None else image)
    except Exception as problem:  # Pillow raises errors of many kinds on damaged files
        raise DataError(f"{name} cannot be decoded ({_reason(problem)})") from None


def header_size(path: Path) -> tuple[int, int] | str:
    """Read how large a frame is once it is upright.

    Args:
        path: its file.

    Returns:
        Width and height, or why they cannot be read.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            return (height, width) if _tag(image) in _LYING else (width, height)
    except Exception as problem:
        return f"{path} cannot be decoded ({_reason(problem)})"


def _tag(image: Image.Image) -> int:
    """Return the orientation; metadata that cannot be read turns nothing."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _reason(problem: Exception) -> str:
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__


def _levels(image: Image.Image) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return grey levels as they are, and anything else as red, green and blue."""
    if image.mode.startswith("I"):
        levels = np.asarray(image, dtype=np.int64)
        if levels.min() < 0 or levels.max() > DEEPEST:
            raise ValueError("grey levels beyond 16 bits")
        return levels.astype(np.uint16)
    if image.mode == "F":
        raise ValueError("floating-point grey levels")
    if image.mode in {"1", "L"}:
        return np.asarray(image.convert("L"))
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return np.asarray(image.convert("RGB"))
