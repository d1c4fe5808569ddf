"""A frame's bytes -> its pixels, 16-bit grey levels as they are."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data.pixels.decoding import decode_file, header
from vireid.errors import DataError


def pixels_of(held: bytes, name: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Decode a frame upright; what is transparent lies on middle grey.

    Args:
        held: bytes of the file.
        name: of the file, for messages.

    Returns:
        [H, W] grey levels of 8 or 16 bits, or [H, W, 3] colours of 8 bits.

    Raises:
        DataError: the file is empty, damaged or no image, or has grey levels beyond 16 bits.
    """
    decoded = decode_file(held, name)
    if not decoded.deep:
        values: NDArray[np.uint8] = decoded.values
        grey = bool((values == values[:, :, :1]).all())
        return np.ascontiguousarray(values[:, :, 0]) if grey else values
    if decoded.values.dtype != np.uint16:
        raise DataError(
            f"{name} holds {decoded.kind}; expected grey levels from 0 to 65535, as crops keep "
            "them in 16 bits: scale them and save them so"
        )
    levels: NDArray[np.uint16] = decoded.values
    return levels


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
