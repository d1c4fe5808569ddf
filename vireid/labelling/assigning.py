"""New images -> known clusters, by the share of a cluster's images that they match."""

from collections.abc import Mapping

import numpy as np

from vireid.types import NOISE, Embeddings, Float, Int, Modality

SHARE = 0.5
"""Share of a cluster's images of one modality that has to match."""
CELLS = 1 << 24
"""Similarities computed at once, which bounds the memory."""
Limits = Mapping[tuple[Modality, Modality], float]
"""The similarity from which on two images match, by their modalities, in both orders."""


def nearest_clusters(
    new: Embeddings, groups: Int, known: Embeddings, labels: Int, limits: Limits
) -> Int:
    """Give new images the number of a known cluster, where they match one.

    Two images match where they are as similar as the limit of their modalities. A group of new
    images joins a cluster where at least half of the comparisons of its images with the cluster's
    images of one modality match; of several clusters the one with the largest share, then with the
    most similar images on average, then with the lowest number. Where the limits let a share f of
    the comparisons of two people match, a group of a person of whom a cluster shows nothing has
    half of its comparisons match with a probability of at most 2 f (Markov's inequality), however
    many images there are.

    Takes time that grows with M N D, and memory that does not.

    Args:
        new: [M, D] embeddings.
        groups: [M] numbers 0..G-1 of what stays together, such as tracks.
        known: [N, D] embeddings by the same network.
        labels: [N] numbers of known clusters, not below 0, with or without gaps; -1 for noise,
            which nobody joins.
        limits: for each pair of modalities; pairs without one are not compared.

    Returns:
        [M] numbers of known clusters, -1 where none matches; the same for all images of a group.
    """
    inside = np.flatnonzero(labels != NOISE)
    numbers, place = np.unique(labels[inside], return_inverse=True)
    best = np.full(int(groups.max(initial=-1)) + 1, NOISE, dtype=np.int64)
    if not len(numbers) or not len(best):
        return best[groups]
    known = known.subset(inside)
    order = np.argsort(groups, kind="stable")
    begin = np.searchsorted(groups[order], np.arange(len(best) + 1))
    block = max(1, CELLS // len(inside))
    first = 0
    while first < len(best):
        last = int(np.searchsorted(begin, begin[first] + block, side="right")) - 1
        last = max(first + 1, last)
        rows = order[begin[first] : begin[last]]
        share, mean = _compared(
            new.subset(rows), groups[rows] - first, known, place.ravel(), limits
        )
        chosen = np.lexsort((-mean, -share), axis=1)[:, 0]
        matched = share[np.arange(len(share)), chosen] >= SHARE
        best[first:last] = np.where(matched, numbers[chosen], NOISE)
        first = last
    return best[groups]


def _compared(
    new: Embeddings, groups: Int, known: Embeddings, clusters: Int, limits: Limits
) -> tuple[Float, Float]:
    """Return the share of matches [G, C] in the better modality, and the mean similarity there."""
    shape = int(groups.max()) + 1, int(clusters.max()) + 1
    share, mean = np.full(shape, -1.0), np.full(shape, -2.0)
    for other in Modality:
        hits, total, count = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        columns = np.flatnonzero(known.modality == other)
        columns = columns[np.argsort(clusters[columns], kind="stable")]
        for side in Modality:
            rows = np.flatnonzero(new.modality == side)
            if (side, other) not in limits or not rows.size or not columns.size:
                continue
            near = new.vectors[rows] @ known.vectors[columns].T
            there, start = np.unique(clusters[columns], return_index=True)
            match = near >= limits[side, other]
            size = np.bincount(clusters[columns])[there]
            at = groups[rows][:, None], there[None]
            np.add.at(hits, at, np.add.reduceat(match.astype(np.float64), start, axis=1))
            np.add.at(total, at, np.add.reduceat(near.astype(np.float64), start, axis=1))
            np.add.at(count, at, size[None])
        with np.errstate(invalid="ignore"):
            found, average = hits / count, total / count
        better = (count > 0) & ((found > share) | ((found == share) & (average > mean)))
        share, mean = np.where(better, found, share), np.where(better, average, mean)
    return share, mean
