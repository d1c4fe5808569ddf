"""k-means of few rows: seeded, several starts at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.rows import finite_rows
from vireid.errors import ConfigError, DataError
from vireid.types import Float, Int

Array = NDArray[np.float64]

LEAST_GAIN = 1e-9
"""Share of the inertia that a single move has to save; less may be rounding."""


class Partition(NamedTuple):
    """M rows split into K groups."""

    centres: Float
    """[K, D] means of the groups."""
    labels: Int
    """[M] group of each row, 0..K-1; no group is empty."""
    inertia: float
    """Sum of squared distances of the rows from their centres."""


def kmeans(
    embeddings: NDArray[np.floating],
    k: int,
    *,
    generator: np.random.Generator,
    n_init: int = 4,
    max_iterations: int = 100,
) -> Partition:
    """Split rows into k groups around their means and keep the best of several starts.

    Starts are chosen by greedy k-means++ (Arthur and Vassilvitskii, SODA 2007), improved by
    Lloyd's iterations and then by single moves (Hartigan, 1975): as long as it lowers the
    inertia, the row that gains most changes its group. With few rows these moves leave many of
    the poor optima where Lloyd's iterations end. All starts run side by side. A group that loses
    its last row takes the row farthest from its centre.

    Args:
        embeddings: [M, D] rows of any length; not modified.
        k: groups wanted; limited to the number of different rows, where rows closer than 1e-6 of
            the largest length are the same.
        generator: source of the starts.
        n_init: starts.
        max_iterations: bound on Lloyd's iterations, and on single moves.

    Returns:
        The partition with the lowest inertia.

    Raises:
        DataError: embeddings that are not finite [M, D], or no rows.
        ConfigError: k, n_init or max_iterations below 1.
    """
    if min(k, n_init, max_iterations) < 1:
        raise ConfigError(
            f"k, n_init, max_iterations are {k}, {n_init}, {max_iterations}; expected at least 1"
        )
    rows = finite_rows(embeddings).astype(np.float64)
    if not len(rows):
        raise DataError("no rows to split; expected at least one")
    same = 1e-12 * float(np.square(rows).sum(axis=1).max())
    points = _compact(rows - rows.mean(axis=0))
    centres = points[_starts(points, k, n_init, same, generator)]
    groups = centres.shape[1]
    labels = np.full((n_init, len(rows)), -1, dtype=np.int64)
    for improve in (_nearest_groups, _best_moves):
        for _ in range(max_iterations):
            improved = improve(_squared_distances(centres, points), labels)
            if np.array_equal(improved, labels):
                break
            labels = improved
            centres = _means(points, labels, groups)
    squared = _squared_distances(centres, points)
    inertia = np.where(_membership(labels, groups), squared, 0).sum(axis=(1, 2))
    best = int(inertia.argmin())
    means = _means(rows, labels[best : best + 1], groups)[0]
    return Partition(means.astype(np.float32), labels[best], float(inertia[best]))


def _compact(rows: Array) -> Array:
    """Rotate M rows [M, D] into their own space [M, min(M, D)]; all distances stay."""
    if len(rows) >= rows.shape[1]:
        return rows
    return np.linalg.qr(rows.T)[1].T


def _squared_distances(centres: Array, rows: Array) -> Array:
    """Return squared distances [..., K, M] of M rows from centres [..., K, D]."""
    flat = centres.reshape(-1, centres.shape[-1])
    products = (flat @ rows.T).reshape(*centres.shape[:-1], len(rows))
    lengths = np.square(centres).sum(axis=-1)[..., None] + np.square(rows).sum(axis=1)
    return np.maximum(lengths - 2 * products, 0)


def _starts(rows: Array, k: int, n_init: int, same: float, generator: np.random.Generator) -> Int:
    """Choose up to k different rows [n_init, K] for each start by greedy k-means++."""
    tries = 2 + int(np.log(k))
    every = np.arange(n_init)
    chosen = [generator.integers(len(rows), size=n_init)]
    closest = _squared_distances(rows[chosen[0]], rows)
    closest[closest <= same] = 0
    while len(chosen) < k and closest.any(axis=1).all():
        total = np.cumsum(closest, axis=1)
        draws = generator.random((n_init, tries)) * total[:, -1:]
        candidates = (total[:, None] <= draws[..., None]).sum(axis=2).clip(max=len(rows) - 1)
        squared = _squared_distances(rows[candidates], rows)
        squared[squared <= same] = 0
        after = np.minimum(closest[:, None], squared)
        best = after.sum(axis=2).argmin(axis=1)
        chosen.append(candidates[every, best])
        closest = after[every, best]
    return np.stack(chosen, axis=1)


def _nearest_groups(squared: Array, _: Int) -> Int:
    """Put each row into its nearest group; an empty group takes the row farthest from its own."""
    labels = squared.argmin(axis=1)
    k = squared.shape[1]
    for start in range(len(labels)):
        sizes = np.bincount(labels[start], minlength=k)
        for group in np.flatnonzero(sizes == 0):
            own = squared[start, labels[start], np.arange(labels.shape[1])]
            row = int(np.where(sizes[labels[start]] > 1, own, -1).argmax())
            sizes[labels[start, row]] -= 1
            sizes[group] = 1
            labels[start, row] = group
    return labels


def _best_moves(squared: Array, labels: Int) -> Int:
    """Move, in each start, the one row whose change of group lowers the inertia most."""
    starts, k, count = squared.shape
    belongs = _membership(labels, k)
    sizes = belongs.sum(axis=2)
    own = np.where(belongs, squared, 0).sum(axis=1)
    left = sizes[np.arange(starts)[:, None], labels] - 1  # 0: the row is alone and stays
    saved = own * (1 + 1 / np.maximum(left, 1)) * (left > 0)
    paid = squared * (sizes / (sizes + 1))[..., None]
    gain = np.where(belongs, -np.inf, saved[:, None] - paid).reshape(starts, -1)
    best = gain.argmax(axis=1)
    better = np.flatnonzero(gain[np.arange(starts), best] > LEAST_GAIN * own.sum(axis=1))
    moved = labels.copy()
    moved[better, best[better] % count] = best[better] // count
    return moved


def _means(rows: Array, labels: Int, k: int) -> Array:
    """Return the means [n_init, K, D] of the groups of each start."""
    belongs = _membership(labels, k)
    sums = (belongs.reshape(-1, len(rows)).astype(np.float64) @ rows).reshape(
        *belongs.shape[:2], -1
    )
    return sums / belongs.sum(axis=2)[..., None]


def _membership(labels: Int, k: int) -> NDArray[np.bool_]:
    """Return [n_init, K, M], True where the group holds the row."""
    return labels[:, None] == np.arange(k)[:, None]
