"""How far pseudo-labels and matched clusters agree with true identities, and with each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import DataError
from vireid.types import NOISE, Bool, Int, Matching


@dataclass(frozen=True)
class Agreement:
    """How far labels agree with identities."""

    ari: float
    """Adjusted Rand index of the clustered samples, at most 1; 0 is chance."""
    ari_noise_as_singletons: float
    """The same over all samples, each noise sample a cluster of its own."""
    coverage: float
    """Share of the samples that are clustered, in [0, 1]."""


def adjusted_rand(identities: ArrayLike, labels: ArrayLike) -> Agreement:
    """Compare labels with identities by the adjusted Rand index (Hubert and Arabie 1985).

    Args:
        identities: [N] identity numbers.
        labels: [N] cluster numbers, -1 for noise.

    Returns:
        The index over the clustered samples, the index with noise as singletons, and the
        coverage. Both are 0 where nothing is clustered, coverage too where N is 0.

    Raises:
        DataError: where the arrays are not [N] whole numbers.

    >>> agreement = adjusted_rand([5, 5, 9, 9], [1, 1, 0, -1])
    >>> agreement.ari, round(agreement.ari_noise_as_singletons, 3), agreement.coverage
    (1.0, 0.571, 0.75)
    """
    known, found = _pair("identities", identities, "labels", labels)
    clustered = found != NOISE
    if not clustered.any():
        return Agreement(0.0, 0.0, 0.0)
    return Agreement(
        ari=_adjusted_rand_index(known[clustered], found[clustered]),
        ari_noise_as_singletons=_adjusted_rand_index(known, _singletons(found)),
        coverage=float(clustered.mean()),
    )


def stability(previous: ArrayLike, labels: ArrayLike) -> float:
    """Compare labels with earlier labels of the same samples by the adjusted Rand index.

    Noise counts as singletons on both sides, so falling into noise is a change too. No
    identities are needed.

    Args:
        previous: [N] earlier cluster numbers, -1 for noise.
        labels: [N] cluster numbers, -1 for noise.

    Returns:
        At most 1, which says that the samples are grouped alike; 0 is chance; 1 where N is 0.

    Raises:
        DataError: where the arrays are not [N] whole numbers.

    >>> stability([0, 0, 1, 1, -1], [7, 7, 3, 3, -1]), stability([0, 0, 0, 0], [0, 0, 1, 1])
    (1.0, 0.0)
    """
    before, after = _pair("previous", previous, "labels", labels)
    if not before.size:
        return 1.0
    return _adjusted_rand_index(_singletons(before), _singletons(after))


def pair_precision(
    matching: Matching,
    visible_labels: ArrayLike,
    infrared_labels: ArrayLike,
    visible_ids: ArrayLike,
    infrared_ids: ArrayLike,
) -> float:
    """Return the share of matched cluster pairs whose majority identity agrees.

    A tie for the majority goes to the smaller identity number.

    Args:
        matching: which of Cv visible and Cr infrared clusters are pairs.
        visible_labels: [Nv] visible cluster numbers below Cv, -1 for noise.
        infrared_labels: [Nr] infrared cluster numbers below Cr, -1 for noise.
        visible_ids: [Nv] identities of the visible samples.
        infrared_ids: [Nr] identities of the infrared samples.

    Returns:
        A share in [0, 1]; 0 where no cluster is matched.

    Raises:
        DataError: where labels and identities differ in length, or a label lies outside the
            matching.

    >>> matching = Matching([1, 0, -1], 2, [0.1, 0.2, float("nan")])
    >>> pair_precision(matching, [0, 0, 1, 2], [0, 1], [5, 5, 8, 9], [7, 5])
    0.5
    """
    sides = (visible_labels, visible_ids), (infrared_labels, infrared_ids)
    right = _right_pairs(matching, *_majorities(matching, *sides))
    return float(right.mean()) if right.size else 0.0


def pair_recall(
    matching: Matching,
    visible_labels: ArrayLike,
    infrared_labels: ArrayLike,
    visible_ids: ArrayLike,
    infrared_ids: ArrayLike,
) -> float:
    """Return the share of the visible clusters with a right partner among those that could.

    A visible cluster could have one where its majority identity is also that of an infrared
    cluster.

    Args:
        matching: which of Cv visible and Cr infrared clusters are pairs.
        visible_labels: [Nv] visible cluster numbers below Cv, -1 for noise.
        infrared_labels: [Nr] infrared cluster numbers below Cr, -1 for noise.
        visible_ids: [Nv] identities of the visible samples.
        infrared_ids: [Nr] identities of the infrared samples.

    Returns:
        A share in [0, 1]; 0 where no visible cluster could have a right partner.

    Raises:
        DataError: where labels and identities differ in length, or a label lies outside the
            matching.

    >>> matching = Matching([1, -1, -1], 2, [0.1, float("nan"), float("nan")])
    >>> pair_recall(matching, [0, 0, 1, 2], [0, 1], [5, 5, 7, 9], [7, 5])
    0.5
    """
    sides = (visible_labels, visible_ids), (infrared_labels, infrared_ids)
    visible, infrared = _majorities(matching, *sides)
    possible = visible[1] & np.isin(visible[0], infrared[0][infrared[1]])
    found = np.unique(matching.pairs()[0][_right_pairs(matching, visible, infrared)])
    return float(len(found) / possible.sum()) if possible.any() else 0.0


def _right_pairs(matching: Matching, visible: tuple[Int, Bool], infrared: tuple[Int, Bool]) -> Bool:
    """Tell which of the M pairs [M] are of one majority identity; empty clusters have none."""
    left, right = matching.pairs()
    return visible[1][left] & infrared[1][right] & (visible[0][left] == infrared[0][right])


def _singletons(labels: Int) -> Int:
    """Return the labels [N], N > 0, with a number of its own for each noise sample."""
    noise = labels == NOISE
    return np.where(noise, labels.max() + np.cumsum(noise), labels)


def _majorities(
    matching: Matching,
    visible: tuple[ArrayLike, ArrayLike],
    infrared: tuple[ArrayLike, ArrayLike],
) -> tuple[tuple[Int, Bool], tuple[Int, Bool]]:
    """Return what ``_majority`` does of both sides, each given as labels and identities."""
    return (
        _majority(*visible, len(matching.partner), "visible"),
        _majority(*infrared, matching.infrared_clusters, "infrared"),
    )


def _majority(
    labels: ArrayLike, identities: ArrayLike, clusters: int, name: str
) -> tuple[Int, Bool]:
    """Return the most frequent identity [C] of each cluster, and which clusters [C] have one."""
    found, known = _pair(f"{name}_labels", labels, f"{name}_ids", identities)
    if found.size and not (found.min() >= NOISE and found.max() < clusters):
        raise DataError(f"{name}_labels must lie in -1..{clusters - 1}, as the matching says")
    clustered = found != NOISE
    cluster, identity, counts = _cells(found[clustered], known[clustered])
    rarest_first = np.lexsort((-identity, counts))  # so that the majority is written last
    majority = np.zeros(clusters, dtype=np.int64)
    majority[cluster[rarest_first]] = identity[rarest_first]
    return majority, np.isin(np.arange(clusters), cluster)


def _adjusted_rand_index(first: Int, second: Int) -> float:
    """Return the adjusted Rand index of two labellings [N] of the same samples, N > 0."""
    both = _pairs(_cells(first, second)[2])
    rows = _pairs(np.unique(first, return_counts=True)[1])
    columns = _pairs(np.unique(second, return_counts=True)[1])
    every = _pairs(np.array([len(first)]))
    if rows == columns == both:  # the same partition; also the 0 / 0 of all alone or all together
        return 1.0
    expected = rows * columns / every
    return (both - expected) / ((rows + columns) / 2 - expected)


def _cells(first: Int, second: Int) -> tuple[Int, Int, Int]:
    """Return the filled cells of the contingency table: two values each, and the count."""
    rows, row = np.unique(first, return_inverse=True)
    columns, column = np.unique(second, return_inverse=True)
    cell, counts = np.unique(row * max(1, len(columns)) + column, return_counts=True)
    row, column = np.divmod(cell, max(1, len(columns)))
    return rows[row], columns[column], counts


def _pairs(counts: Int) -> float:
    return float(np.sum(counts * (counts - 1) / 2))


def _pair(name: str, values: ArrayLike, other: str, others: ArrayLike) -> tuple[Int, Int]:
    """Return two [N] int64 arrays, or say how they differ."""
    first, second = np.asarray(values), np.asarray(others)
    if first.ndim != 1 or first.shape != second.shape:
        raise DataError(
            f"{name} has shape {first.shape} and {other} {second.shape}; expected one length N"
        )
    for label, array in ((name, first), (other, second)):
        if array.size and not np.issubdtype(array.dtype, np.integer):
            raise DataError(f"{label} has type {array.dtype}; expected whole numbers")
    return first.astype(np.int64), second.astype(np.int64)
