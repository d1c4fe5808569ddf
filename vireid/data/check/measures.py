"""How bright, contrasted and coloured pictures are, by a few hundred of their pixels."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 32, 16
"""Places in a picture that are looked at, spread evenly; a small picture's pixels are repeated."""
PLACES = ROWS * COLUMNS
CLIPPED = (1, 254)
"""Grey levels up to the first and from the second on are cut off."""
SHAKEN = 1e-3
"""Variance, in squared grey levels, under which a picture has no tint that could be told."""

Samples = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Measures(NamedTuple):
    """What pictures look like, in grey levels of 0 to 255: a column of numbers each."""

    brightness: Floats
    """Mean."""
    contrast: Floats
    """Standard deviation of the grey levels."""
    colour: Floats
    """How far the three channels differ: the largest less the smallest, on average."""
    hues: Floats
    """How far colours differ from a tint that is the same in the whole picture: what is left of
    the differences of channels, root mean square, after a straight line over the grey levels."""
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
    channels = np.ascontiguousarray(samples.transpose(2, 0, 1))
    red, green, blue = channels.astype(np.float32)
    grey = (red + green + blue) / 3
    brightness = grey.mean(1)
    off = grey - brightness[:, None]
    variance = np.einsum("bp,bp->b", off, off) / PLACES
    spread = np.maximum(*np.maximum(channels[:2], channels[2]))
    spread -= np.minimum(*np.minimum(channels[:2], channels[2]))
    coloured = spread.mean(1, dtype=np.float32)
    hues = np.sqrt(sum(_apart(one - green, off, variance) for one in (red, blue)) / 2)
    cut = np.mean((grey <= CLIPPED[0]) | (grey >= CLIPPED[1]), axis=1, dtype=np.float32)
    rows = brightness, np.sqrt(variance), coloured, hues, cut, _centre(grey)
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


def scaled(seen: Measures, low: float, high: float) -> Measures:
    """Return what deep pictures look like once their values are scaled.

    Args:
        seen: as ``measure_deep`` measured them.
        low: becomes 0.
        high: becomes 255.

    Returns:
        Their measures in grey levels.
    """
    unit = 255 / (high - low)
    brightness = np.clip((seen.brightness - low) * unit, 0, 255)
    return seen._replace(
        brightness=brightness, contrast=seen.contrast * abs(unit), centre=seen.centre * unit
    )


def _apart(difference: Floats, off: Floats, variance: Floats) -> Floats:
    """Return the variance of a difference of channels beyond a straight line over grey levels."""
    whole = np.einsum("bp,bp->b", difference, difference) / PLACES - difference.mean(1) ** 2
    joint = np.einsum("bp,bp->b", off, difference) / PLACES
    result: Floats = np.maximum(whole - joint**2 / np.maximum(variance, SHAKEN), 0)
    return result


def _centre(grey: Floats) -> Floats:
    """Return the mean of the middle less that of the left and right border."""
    columns = grey.reshape(-1, ROWS, COLUMNS)[:, ROWS // 4 : -ROWS // 4].mean(1)
    side, middle = COLUMNS // 8, COLUMNS // 4
    inner = columns[:, middle:-middle].mean(1)
    result: Floats = inner - (columns[:, :side].mean(1) + columns[:, -side:].mean(1)) / 2
    return result
