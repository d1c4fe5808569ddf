"""Jaccard distance between sets of k-reciprocal neighbours, in memory that grows with N k."""

from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from vireid.cluster.balanced import balanced_neighbours, checked_lists, nearest_of_each
from vireid.cluster.neighbours import nearest_neighbours
from vireid.cluster.reciprocal import lengthened, reciprocal_weights
from vireid.cluster.rows import checked_modality, finite_rows, unit_rows
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.compiled import kept
from vireid.errors import ConfigError, DataError
from vireid.types import Float, Int, Modality


def jaccard_distance(
    embeddings: NDArray[np.floating],
    *,
    k1: int = 30,
    k2: int = 6,
    modality: NDArray[np.integer] | None = None,
    balanced: bool = False,
    max_distance: float = 1.0,
    neighbours: tuple[NDArray[np.integer], NDArray[np.floating]] | None = None,
    threads: int | None = None,
) -> csr_array[np.float32]:
    """Measure how far the k-reciprocal neighbourhoods of each two rows differ.

    Each row becomes a vector of neighbour weights (see ``reciprocal_weights``), is averaged with
    those of its k2 nearest neighbours, and distance = 1 - s / (2 - s) with s the sum of the
    minima of two such vectors (Zhong et al., CVPR 2017, equation 10). With ``modality`` the
    average is the mean of the visible neighbours' and the infrared neighbours' means, or the one
    of them that occurs (MMM, modality-aware Jaccard distance). With ``balanced`` lists
    (``balanced_neighbours``) it is taken over the k2 nearest visible and the k2 nearest infrared
    rows (BMIL), and half a list is its first round(k1 / 2) + 1 entries, halves to even.

    Args:
        embeddings: [N, D] rows of unit length; not modified. Only with ``neighbours`` given may
            they have other lengths; the weights use 2 - 2 <f_i, f_j> all the same.
        k1: neighbours that may be reciprocal, the sample itself included; limited to N.
        k2: neighbours averaged over, the sample itself included; limited to k1. 1 averages none.
        modality: [N] 0 visible, 1 infrared; all neighbours count alike where not given.
        balanced: look at k1/2 visible and k1/2 infrared neighbours, rounded down; k1 is then at
            least 2, k2 counts for each modality and is limited to k1/2.
        max_distance: larger distances are left out, in (0, 1]; DBSCAN needs no more than its eps.
        neighbours: indices [N, >= k1] and similarities as ``nearest_neighbours`` returns them, or
            ``balanced_neighbours``; searched for where not given. Only the indices are used.
        threads: of the CPU; where not given, as many as the matrix library uses. The distances
            do not depend on it.

    Returns:
        Symmetric sparse [N, N] float32. Stored entries, zeros among them, are the distances
        below 1 that are at most ``max_distance``; what is absent is 1 or above ``max_distance``.
        The diagonal is stored and exactly 0.

    Raises:
        DataError: embeddings that are not finite rows of unit length, a modality or neighbours
            that do not fit them.
        ConfigError: k1 or k2 below 1, max_distance outside (0, 1], or balanced lists without a
            modality or with k1 below 2.
    """
    if k1 < 1 or k2 < 1:
        raise ConfigError(f"k1 is {k1} and k2 is {k2}; expected both to be at least 1")
    if not 0 < max_distance <= 1:
        raise ConfigError(f"max_distance is {max_distance}; expected 0 < max_distance <= 1")
    rows = unit_rows(embeddings) if neighbours is None else finite_rows(embeddings)
    kind = None if modality is None else checked_modality(modality, len(rows))
    if balanced and kind is None:
        raise ConfigError("balanced neighbours are of two modalities; expected the rows' modality")
    both = kind if balanced else None
    if neighbours is None:
        ranks = _searched(rows, k1, both, Search(threads=threads))
    else:
        ranks = _checked_ranks(neighbours[0], len(rows), k1, both)
    order = _near_together(ranks)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    workers = thread_count(threads)
    half = round(k1 / 2) + 1 if balanced else None
    weights = reciprocal_weights(rows[order], place[ranks[order]], half=half, threads=workers)
    k2 = min(k2, ranks.shape[1])
    if k2 > 1:
        near = ranks[:, :k2] if both is None else nearest_of_each(ranks, both, k2)
        shares = _averaging(near[order], kind, place)
        parts = over_rows(lambda start, stop: shares[start:stop] @ weights, len(rows), workers)
        weights = parts[0] if len(parts) == 1 else csr_array(vstack(parts))
    return _distances(weights, max_distance, order, workers)


def _near_together(ranks: Int) -> Int:
    """Return an order [N] in which neighbours stand close, so that what they share stays in cache.

    At 100,000 rows in random order this halves the time of everything after the search.
    """
    return np.argsort(ranks.min(axis=1, initial=len(ranks)), kind="stable")


def _searched(rows: Float, k1: int, kind: NDArray[np.integer] | None, how: Search) -> Int:
    """Return the neighbour lists of rows, balanced ones where their modality is given."""
    if kind is None:
        return nearest_neighbours(rows, k1, search=how)[0]
    return balanced_neighbours(rows, kind, k1, search=how)[0]


def _checked_ranks(
    indices: NDArray[np.integer], count: int, k1: int, kind: NDArray[np.integer] | None
) -> Int:
    """Return given neighbour lists, or say what is wrong with them.

    Of lists as they are by default, the first k1 columns; balanced ones, for which ``kind`` [N] is
    given, whole.
    """
    ranks, k = np.asarray(indices), min(k1, count) if kind is None else 0
    if ranks.ndim != 2 or len(ranks) != count or ranks.shape[1] < k:
        raise DataError(f"neighbours have shape {ranks.shape}; expected ({count}, {k}) or wider")
    ranks = np.ascontiguousarray(ranks[:, :k] if kind is None else ranks, dtype=np.int64)
    if ranks.size and not (ranks.min() >= 0 and ranks.max() < count):
        raise DataError(f"neighbours run from {ranks.min()} to {ranks.max()}; expected rows 0..N-1")
    if kind is not None:
        return checked_lists(ranks, kind, k1)
    if k and (ranks[:, 0] != np.arange(count)).any():
        raise DataError("neighbours do not list each sample itself first; expected it in column 0")
    return ranks


def _averaging(ranks: Int, kind: NDArray[np.integer] | None, place: Int) -> csr_array[np.float32]:
    """Return the sparse matrix [N, N] that averages over listed neighbours, each in its place."""
    count, k = ranks.shape
    if kind is None:
        shares = np.full(ranks.shape, 1 / k)
    else:
        infrared = kind[ranks] == Modality.INFRARED
        alike = np.where(infrared, infrared.sum(1)[:, None], (~infrared).sum(1)[:, None])
        shares = np.where(alike < k, 0.5, 1.0) / alike
    columns = place[ranks].ravel().astype(np.int32)
    bounds = np.arange(0, count * k + 1, k, dtype=np.int32)
    return csr_array((shares.ravel().astype(np.float32), columns, bounds), shape=(count, count))


def _distances(
    weights: csr_array[np.float32], max_distance: float, names: Int, threads: int
) -> csr_array[np.float32]:
    """Return the Jaccard distances between the rows of a weight matrix, under other names [N]."""
    columns = weights.tocsc()
    parts = over_rows(
        partial(
            _upper_triangle,
            weights.indptr,
            weights.indices,
            weights.data,
            columns.indptr,
            columns.indices.astype(np.uint32),  # unsigned: spares the inner loop a sign test
            columns.data,
            np.float32(max_distance),
        ),
        len(weights.indptr) - 1,
        threads,
    )
    upper_rows, upper_columns, upper = (np.concatenate(part) for part in zip(*parts, strict=True))
    short = names.astype(np.int32)
    upper_rows, upper_columns = short[upper_rows], short[upper_columns]
    off = upper_rows != upper_columns
    values = np.concatenate((upper, upper[off]))
    rows = np.concatenate((upper_rows, upper_columns[off]))
    others = np.concatenate((upper_columns, upper_rows[off]))
    distance = csr_array((values, (rows, others)), shape=weights.shape)
    distance.sort_indices()
    return distance


@kept
@njit(nogil=True)
def _upper_triangle(indptr, indices, data, bounds, others, weights, limit, start, stop):  # type: ignore[no-untyped-def]
    """Return rows i from ``start`` on, columns j >= i and distances of all pairs within the limit.

    Column c of the weights holds rows ``others[bounds[c]:bounds[c + 1]]``. Rows come in ascending
    order, so the head of a column moves past row i when i is done, and the rest is j > i.
    """
    count = len(indptr) - 1
    heads = bounds[:-1].copy()
    for c in range(count):
        heads[c] += np.searchsorted(others[heads[c] : bounds[c + 1]], np.uint32(start))
    shared = np.zeros(count, dtype=np.float32)
    near = np.empty(count + 1, dtype=np.int32)
    used = 0
    rows = np.empty(stop - start + indptr[stop] - indptr[start] + 1, dtype=np.int32)
    columns = np.empty_like(rows)
    distances = np.empty(len(rows), dtype=np.float32)
    for i in range(start, stop):
        near[0] = i
        found = 1
        for p in range(indptr[i], indptr[i + 1]):
            c = indices[p]
            heads[c] += 1
            for q in range(heads[c], bounds[c + 1]):
                j = others[q]
                near[found] = j
                found += shared[j] == 0.0
                shared[j] += min(data[p], weights[q])
        while used + found > len(rows):
            rows, columns = lengthened(rows), lengthened(columns)
            distances = lengthened(distances)
        shared[i] = 1.0
        for a in range(found):
            j = near[a]
            distance = np.float32(max(0.0, 1.0 - shared[j] / (2.0 - shared[j])))
            if distance <= limit and distance < 1.0:
                rows[used], columns[used], distances[used] = i, j, distance
                used += 1
            shared[j] = 0.0
    return rows[:used].copy(), columns[:used].copy(), distances[:used].copy()
