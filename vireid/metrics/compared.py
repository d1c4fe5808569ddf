"""Comparisons of images of two modalities, counted by similarity and by what labellings say."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.metrics.verdicts import Seen, verdicts
from vireid.types import NOISE, Float, Int

Numbers = NDArray[np.float64]
Bits = NDArray[np.int16]
STEPS = 400
"""Steps of the similarity from -1 to 1."""
GROUPS = 100
"""Groups of clusters, at most, of which one at a time is left out for an interval."""
CELLS = 1 << 21
"""Comparisons looked at at once, which bounds the memory."""
DIFFERENT, DISPUTED, SHARED, LIKELY, SAME = KINDS = range(5)
"""Two people by all labellings; disputed; disputed, each by the share of labellings that say one
person; disputed, one person by most of them; one person by all."""


@dataclass(frozen=True)
class Compared:
    """Counts of comparisons."""

    counts: Numbers
    """[5, K] of each kind and step of the similarity."""
    touching: Numbers
    """[5, G, K] those of them that have an image of a group."""
    clusters: tuple[int, int]
    """Clusters of either side."""
    cluster_pairs: int
    """Pairs of two of them, of which comparisons of two people are."""
    nearest: Int
    """[K] those pairs by the step of the most similar comparison of the two; pairs that are not
    compared are left out."""


def similarities() -> Numbers:
    """Return the similarities at which comparisons are counted.

    Returns:
        [K] from -1 to 1.
    """
    return np.linspace(-1.0, 1.0, STEPS + 1)


def compared(
    vectors: Float, labellings: Int, sides: tuple[Int, Int], seen: Seen | None = None
) -> Compared:
    """Count comparisons.

    Takes time that grows with rows times columns times labellings.

    Args:
        vectors: [N, D] embeddings, rows of unit length.
        labellings: [R, N] as for ``verdicts``; the clusters of the first one stand for people.
        sides: [A] and [B] the images that are compared with each other; the same ones twice for
            all pairs of one modality.
        seen: what tracks tell.

    Returns:
        The counts; those of an image with itself, and of pairs of which nothing is known, left out.
    """
    rows, columns = sides
    one_side = rows is columns
    unit, clusters = _units(labellings[0])
    count, steps = int((unit % GROUPS).max(initial=0)) + 1, STEPS + 1
    touching = np.zeros((len(KINDS), count, steps))
    counts = np.zeros((len(KINDS), steps))
    near = np.full(clusters * clusters, -1, dtype=np.int16)
    block = max(1, CELLS // max(1, len(columns)))
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        share = verdicts(labellings, part, columns, seen)
        if one_side:
            share[np.arange(len(columns)) <= (start + np.arange(len(part)))[:, None]] = np.nan
        line, column = np.nonzero(~np.isnan(share))
        share = share[line, column]
        step = _steps((vectors[part] @ vectors[columns].T)[line, column])
        first, second = unit[part][line], unit[columns][column]
        _bring_near(near, step, first, second)
        first, second = first % GROUPS, second % GROUPS
        for kind, chosen, weight in _kinds(share):
            here = step[chosen], first[chosen], second[chosen]
            counts[kind] += np.bincount(here[0], weight, minlength=steps)
            touching[kind] += _touching(*here, weight, count)
    found = tuple(len(np.setdiff1d(labellings[0][side], [NOISE])) for side in sides)
    pairs = _cluster_pairs(unit, clusters, sides)
    nearest = np.bincount(near[near >= 0], minlength=steps)
    return Compared(counts, touching, (found[0], found[1]), pairs, nearest)


def _units(labels: Int) -> tuple[Int, int]:
    """Number the clusters [N], each image outside all of them as one of its own."""
    noise = labels == NOISE
    clusters = int(labels.max(initial=NOISE)) + 1
    return np.where(noise, clusters + np.cumsum(noise) - 1, labels), clusters


def _steps(similarity: Float) -> Int:
    """Return the step that a similarity has reached."""
    place = (similarity.astype(np.float64) + 1) * (STEPS / 2) + 1e-6
    return np.clip(place.astype(np.int64), 0, STEPS)


def _kinds(share: Numbers) -> tuple[tuple[int, Int, Numbers | None], ...]:
    """Return each kind, which of the comparisons are of it, and what each counts; one if None."""
    disputed = np.flatnonzero((share > 0) & (share < 1))
    return (
        (DIFFERENT, np.flatnonzero(share == 0), None),
        (DISPUTED, disputed, None),
        (SHARED, disputed, share[disputed]),
        (LIKELY, disputed[share[disputed] > 0.5], None),
        (SAME, np.flatnonzero(share == 1), None),
    )


def _touching(step: Int, one: Int, other: Int, weight: Numbers | None, groups: int) -> Numbers:
    """Count comparisons [G, K] by the groups of their images, once where both are of one."""
    cells = groups * (STEPS + 1)
    two = np.flatnonzero(one != other)
    found = np.bincount(one * (STEPS + 1) + step, weight, minlength=cells).astype(np.float64)
    more = None if weight is None else weight[two]
    found += np.bincount(other[two] * (STEPS + 1) + step[two], more, minlength=cells)
    return found.reshape(groups, STEPS + 1)


def _bring_near(near: Bits, step: Int, one: Int, other: Int) -> None:
    """Raise the highest step [C * C] of each pair of clusters, in place, to those of comparisons.

    Comparisons within a cluster, and of images outside all of them, are left out.
    """
    clusters = math.isqrt(len(near))
    two = np.flatnonzero((one != other) & (np.maximum(one, other) < clusters))
    one, other = one[two], other[two]
    pair = np.minimum(one, other) * clusters + np.maximum(one, other)
    np.maximum.at(near, pair, step[two].astype(np.int16))


def _cluster_pairs(unit: Int, clusters: int, sides: tuple[Int, Int]) -> int:
    """Count the pairs of two clusters, one of either side."""
    one, other = (np.unique(unit[side]) for side in sides)
    one, other = one[one < clusters], other[other < clusters]
    if sides[0] is sides[1]:
        return len(one) * (len(one) - 1) // 2
    return len(one) * len(other) - len(np.intersect1d(one, other))
