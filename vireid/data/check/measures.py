"""How bright, contrasted and coloured pictures are, by a few hundred of their pixels."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 32, 16
"""Places in a picture that are looked at, spread evenly; a small picture's pixels are repeated."""
PLACES = ROWS * COLUMNS
BLOCK = 4
"""Sides of the blocks of places whose colours are compared."""
CLIPPED = (1, 254)
"""Grey levels up to the first and from the second on are cut off."""
SHAKEN = 1e-3
"""Sum of squares, in squared grey levels, up to which the blocks of a picture have no tint."""

_DOWN, _RIGHT = np.divmod(np.arange(PLACES), COLUMNS)
_AVERAGES = np.equal(
    (_DOWN // BLOCK * (COLUMNS // BLOCK) + _RIGHT // BLOCK)[:, None],
    np.arange(PLACES // BLOCK**2),
).astype(np.float32) / np.float32(BLOCK**2)
"""[PLACES, blocks] what takes the means of blocks: the noise of single pixels averages out."""

Samples = NDArray[np.uint8]
Floats = NDArray[np.float32]
Bound = Floats | np.float32


class Measures(NamedTuple):
    """What pictures look like, in grey levels of 0 to 255: a column of numbers each."""

    brightness: Floats
    """Mean."""
    contrast: Floats
    """Standard deviation of the grey levels."""
    colour: Floats
    """How far the three channels differ: the largest less the smallest, mean over blocks."""
    hues: Floats
    """How far colours differ from a tint that is the same in the whole picture: what is left of
    the differences of channels, root mean square over blocks, after a straight line over the grey
    levels."""
    clipped: Floats
    """Share of the places that are black or white, 0 to 1."""
    centre: Floats
    """How much brighter the middle is than the left and right border."""


NUMBERS = len(Measures._fields)
UNSEEN = np.full(NUMBERS, np.nan, dtype=np.float32).tobytes()
"""What is kept of a picture that was not looked at."""


def unpacked(kept: Iterable[bytes]) -> Measures:
    """Return the measures of pictures.

    Args:
        kept: what ``measure`` returned of each, N in all.

    Returns:
        Columns [N].
    """
    table = np.frombuffer(b"".join(kept), dtype=np.float32).reshape(-1, NUMBERS)
    return Measures(*table.T)


@lru_cache(maxsize=256)
def places(height: int, width: int) -> NDArray[np.intp]:
    """Return where pictures of a size are looked at.

    Args:
        height: pixels, at least 1.
        width: pixels, at least 1.

    Returns:
        [PLACES] indices into the pixels, row after row.
    """
    down = (2 * np.arange(ROWS) + 1) * height // (2 * ROWS)
    right = (2 * np.arange(COLUMNS) + 1) * width // (2 * COLUMNS)
    return (down[:, None] * width + right).ravel()


def measure(samples: Samples) -> list[bytes]:
    """Measure pictures by the pixels at their places.

    Args:
        samples: [B, PLACES, 3] red, green and blue.

    Returns:
        B times the numbers of ``Measures``, packed.
    """
    if not len(samples):
        return []
    channels = np.ascontiguousarray(samples.transpose(2, 0, 1), dtype=np.float32)
    blocks = channels @ _AVERAGES
    grey = np.einsum("cbp->bp", channels) / 3
    brightness = grey.mean(1)
    off = grey - brightness[:, None]
    contrast = np.sqrt(np.einsum("bp,bp->b", off, off) / PLACES)
    coloured = (blocks.max(0) - blocks.min(0)).mean(1)
    cut = np.mean((grey <= CLIPPED[0]) | (grey >= CLIPPED[1]), axis=1, dtype=np.float32)
    rows = brightness, contrast, coloured, _hues(blocks), cut, _centre(grey)
    return [row.tobytes() for row in np.stack(rows, 1)]


def measure_deep(values: NDArray[np.generic]) -> bytes:
    """Measure a picture of more than 8 bits in its own values, for ``scaled``.

    Args:
        values: [PLACES] of the picture.

    Returns:
        The numbers of ``Measures``, packed; there is no colour, and nothing is known to be clipped.
    """
    grey = values.astype(np.float32)[None]
    none = np.zeros(1, dtype=np.float32)
    unknown = np.full(1, np.nan, dtype=np.float32)
    row = grey.mean(1), grey.std(1), none, none, unknown, _centre(grey)
    return np.concatenate(row).astype(np.float32).tobytes()


def scaled(seen: Measures, low: Bound, high: Bound) -> Measures:
    """Return what deep pictures look like once their values are scaled.

    Args:
        seen: as ``measure_deep`` measured them.
        low: becomes 0; one number, or [N].
        high: becomes 255; below ``low`` where that inverts.

    Returns:
        Their measures in grey levels.
    """
    unit = 255 / (high - low)
    brightness = np.clip((seen.brightness - low) * unit, 0, 255)
    return seen._replace(
        brightness=brightness, contrast=seen.contrast * np.abs(unit), centre=seen.centre * unit
    )


def _hues(blocks: Floats) -> Floats:
    """Return how far the colours of blocks are from a tint, for [3, B, blocks] levels."""
    off = blocks - blocks.mean(2, keepdims=True)
    grey = off.mean(0)
    variance = np.einsum("bp,bp->b", grey, grey)
    left = np.zeros(blocks.shape[1], dtype=np.float32)
    for difference in (off[0] - off[1], off[2] - off[1]):
        joint = np.einsum("bp,bp->b", grey, difference)
        left += np.einsum("bp,bp->b", difference, difference)
        left -= joint**2 / np.maximum(variance, SHAKEN)
    result: Floats = np.sqrt(np.maximum(left, 0) / (2 * blocks.shape[2]))
    return result


def _centre(grey: Floats) -> Floats:
    """Return the mean of the middle less that of the left and right border."""
    columns = grey.reshape(-1, ROWS, COLUMNS)[:, ROWS // 4 : -ROWS // 4].mean(1)
    side, middle = COLUMNS // 8, COLUMNS // 4
    inner = columns[:, middle:-middle].mean(1)
    result: Floats = inner - (columns[:, :side].mean(1) + columns[:, -side:].mean(1)) / 2
    return result
