"""How much pictures show: those that are nearly of one grey level, counted by modality."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.types import Int, Modality

LOOKED_AT = 256
"""Pictures of a modality that are looked at, at most."""
SHOWN = 12
"""Grey levels between the 1st and the 99th percentile under which a picture is nearly flat."""


@dataclass(frozen=True)
class Flat:
    """Nearly flat pictures of one modality."""

    modality: Modality
    """Of the pictures."""
    share: float
    """Of those that were looked at, 0 to 1."""
    looked: int
    """How many were looked at."""


def contrast(pixels: NDArray[np.uint8]) -> float:
    """Return how many grey levels a picture uses.

    Args:
        pixels: [H, W, 3].

    Returns:
        The difference of the 99th and the 1st percentile, 0 to 255.
    """
    first, last = np.percentile(pixels, (1, 99))
    return float(last - first)


def find_flat(pixels: NDArray[np.uint8], modality: Int) -> list[Flat]:
    """Count nearly flat pictures among some of each modality, evenly spaced.

    Args:
        pixels: [N, H, W, 3].
        modality: [N].

    Returns:
        What was found of each modality that is there.
    """
    found = []
    for kind in Modality:
        mine = np.flatnonzero(modality == kind)
        if not len(mine):
            continue
        some = mine[np.linspace(0, len(mine) - 1, min(LOOKED_AT, len(mine))).round().astype(int)]
        flat = sum(contrast(pixels[index]) < SHOWN for index in some)
        found.append(Flat(kind, flat / len(some), len(some)))
    return found
