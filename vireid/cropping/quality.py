"""Which crops of a track are best: sharp, large, whole, free, and spread over the track."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vireid.cropping.cuts import Cut

SIZE = (32, 64)
"""Width and height at which sharpness is compared, whatever the size of a crop."""
FULL_HEIGHT = 128
"""Pixels of height from which a larger crop is no better."""


def sharpness(crop: NDArray[Any]) -> float:
    """Measure how sharp a crop is, whatever its contrast and brightness.

    Args:
        crop: [H, W] or [H, W, 3] levels.

    Returns:
        Mean square of the Laplacian, at a small size, divided by the variance of the levels; 0 for
        an even picture.
    """
    grey = crop if crop.ndim == 2 else crop.mean(axis=2)
    picture = Image.fromarray(np.asarray(grey, dtype=np.float32))
    small = np.asarray(picture.resize(SIZE, Image.Resampling.BILINEAR), dtype=np.float64)
    variance = small.var()
    if variance < 1e-9:
        return 0.0
    inner = small[1:-1, 1:-1]
    around = small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:]
    return float(np.square(4 * inner - around).mean() / variance)


def value(cut: Cut, sharp: float) -> tuple[bool, float, int]:
    """Return how good a crop is, to be compared: whole ones before those that are cut off.

    Args:
        cut: the crop.
        sharp: its sharpness.

    Returns:
        Values that are larger for better ones; the earlier of two equal ones is better.
    """
    large = min(1.0, cut.box[3] / FULL_HEIGHT)
    return not cut.cut_off, round(sharp * large * (1.0 - min(cut.covered, 1.0)), 9), -cut.frame


def best(
    cuts: Sequence[Cut], sharp: Mapping[str, float], cameras: Sequence[str], count: int
) -> list[Cut]:
    """Choose the best crops of each track: each track is parted into so many stretches of equal
    length, and the best of each is taken.

    Args:
        cuts: all crops, by frame.
        sharp: the sharpness of each, by its path.
        cameras: the camera of each frame.
        count: how many are kept of a track; those without a track all stay.

    Returns:
        The chosen ones, in the order given.
    """
    tracks: defaultdict[tuple[str, str], list[Cut]] = defaultdict(list)
    for cut in cuts:
        tracks[cameras[cut.frame], cut.track].append(cut)
    chosen = set()
    for (_, track), held in tracks.items():
        parts = min(count, len(held)) if track else len(held)
        for part in range(parts):
            stretch = held[part * len(held) // parts : (part + 1) * len(held) // parts]
            chosen.add(max(stretch, key=lambda cut: value(cut, sharp[cut.path])).path)
    return [cut for cut in cuts if cut.path in chosen]
