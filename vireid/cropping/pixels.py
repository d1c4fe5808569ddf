"""A frame's bytes -> its pixels, grey levels of more than 8 bits as they are."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.data.pixels.decoding import decode_file, header
from vireid.errors import DataError

Shown = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int32] | NDArray[np.float32]
"""[H, W] grey levels or [H, W, 3] colours of 8 bits."""


def pixels_of(held: bytes, name: str) -> Shown:
    """Decode a frame as all of vireid does, but leave deep grey levels as they are.

    Args:
        held: bytes of the file.
        name: of the file, for messages.

    Returns:
        [H, W, 3] colours of 8 bits, or [H, W] grey levels.

    Raises:
        DataError: the file is empty, damaged or no image.
    """
    values = decode_file(held, name).values
    if values.ndim == 3:
        grey = np.array_equal(values[..., 0], values[..., 1])
        return values[..., 0] if grey and np.array_equal(values[..., 0], values[..., 2]) else values
    return deep(values, name)


def deep(values: NDArray[Any], name: str) -> Shown:
    """Return grey levels in a type that files of crops can hold.

    Args:
        values: [H, W] levels of more than 8 bits.
        name: of the file, for messages.

    Returns:
        The same values.

    Raises:
        DataError: no file can hold them.

    >>> deep(np.array([[7, 70000]]), "a.tif").dtype, deep(np.array([[7]]), "a.tif").dtype
    (dtype('int32'), dtype('uint16'))
    """
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    low, high = int(values.min()), int(values.max())
    if low >= 0 and high <= np.iinfo(np.uint16).max:
        return values.astype(np.uint16)
    if np.iinfo(np.int32).min <= low and high <= np.iinfo(np.int32).max:
        return values.astype(np.int32)
    raise DataError(f"{name} holds grey levels beyond 32 bits; expected smaller ones")


def header_size(path: Path) -> tuple[int, int] | str:
    """Read how large a frame is once it is upright.

    Args:
        path: its file.

    Returns:
        Width and height, or why they cannot be read.
    """
    try:
        found = header(path)
    except DataError as problem:
        return str(problem)
    return found.width, found.height
