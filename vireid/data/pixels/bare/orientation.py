"""The orientation tag of a camera, whatever else its metadata hold; the picture turned by it."""

import re
import struct
from typing import Any

from numpy.typing import NDArray

TAG = 0x112
WHOLE = {1: "B", 3: "H", 4: "I"}
"""Kinds of values that may hold it, by their number in TIFF."""
LIMIT = 4096
"""Entries of a directory that are looked through."""


def exif_orientation(block: bytes) -> int:
    """Find the orientation in a block of Exif.

    Args:
        block: with or without ``Exif`` before it; may be damaged in any way.

    Returns:
        1 to 8; 1 where there is none that can be read.
    """
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return 1
    start = struct.unpack_from(f"{order}I", block, 4)[0]
    if start + 2 > len(block):
        return 1
    count = min(struct.unpack_from(f"{order}H", block, start)[0], LIMIT)
    for place in range(start + 2, min(start + 2 + 12 * count, len(block) - 11), 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", block, place)
        if tag == TAG:
            if kind not in WHOLE or length != 1:
                return 1
            return known_turn(struct.unpack_from(order + WHOLE[kind], block, place + 8)[0])
    return 1


def xmp_orientation(text: bytes) -> int:
    """Find the orientation in a block of XMP.

    Args:
        text: the block.

    Returns:
        1 to 8; 1 where there is none.

    >>> xmp_orientation(b'<rdf:Description tiff:Orientation="6">')
    6
    """
    found = re.search(rb'tiff:Orientation(?:="|>)([0-9])', text)
    return known_turn(int(found[1])) if found else 1


def known_turn(value: int) -> int:
    """Return an orientation, or 1 where there is no such one.

    Args:
        value: as found.

    Returns:
        1 to 8.
    """
    return value if 1 <= value <= 8 else 1


def turned(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn a picture as its orientation asks for.

    Args:
        values: [H, W, ...].
        orientation: 1 to 8.

    Returns:
        [H, W, ...], or [W, H, ...] from 5 on.

    >>> turned(np.array([[1, 2, 3]]), 6).tolist()
    [[1], [2], [3]]
    """
    across = values.swapaxes(0, 1) if orientation >= 5 else values
    if orientation in (2, 3, 6, 7):
        across = across[:, ::-1]
    return across[::-1] if orientation in (3, 4, 7, 8) else across


def turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Return a picture's height and width after turning.

    Args:
        size: height and width as stored.
        orientation: 1 to 8.

    Returns:
        Height and width.
    """
    return size[::-1] if orientation >= 5 else size
