"""Soft sets of expanded k-reciprocal neighbours (Zhong et al., CVPR 2017, equations 3 to 7)."""

from functools import partial

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from vireid.cluster.candidates import dot
from vireid.cluster.threads import over_rows
from vireid.compiled import kept
from vireid.types import Float, Int


def reciprocal_weights(
    embeddings: Float, ranks: Int, *, half: int | None = None, threads: int = 1
) -> csr_array[np.float32]:
    """Describe each row by its weighted, expanded set of k-reciprocal neighbours.

    With R(i, c) the first c entries of the neighbour list of i, the c-reciprocal set of i holds
    each j in R(i, c) with i in R(j, c). The set of i with c = k is joined with the whole
    h-reciprocal set of each of its members j of which more than 2/3 lies in the set of i. Weights
    are the softmax over the joined set of -(2 - 2 <f_i, f_j>).

    Args:
        embeddings: [N, D] contiguous rows.
        ranks: [N, k] neighbour lists, nearest first, the sample itself at the front or, where
            rows are shorter than 1, anywhere.
        half: h, limited to k; round(k / 2) + 1, halves to even, where not given.
        threads: of the CPU.

    Returns:
        Weights [N, N], at most k (h + 1) entries a row; rows sum to 1.
    """
    count, k = ranks.shape
    half = min(round(k / 2) + 1 if half is None else half, k)
    sets = [np.empty((count, c), dtype=np.int32) for c in (k, half)]
    sizes = [np.empty(count, dtype=np.int32) for _ in sets]
    for members, size in zip(sets, sizes, strict=True):
        over_rows(partial(_reciprocal_sets, ranks, members, size), count, threads)
    parts = over_rows(
        partial(_expanded_weights, embeddings, sets[0], sizes[0], sets[1], sizes[1]),
        count,
        threads,
    )
    indptr = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.concatenate([part[0] for part in parts]), out=indptr[1:])
    indices, weights = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    return csr_array((weights, indices, indptr), shape=(count, count))


@kept
@njit(nogil=True)
def lengthened(array):  # type: ignore[no-untyped-def]
    """Copy a full array into one with as much room again behind its values.

    Args:
        array: [M] of any type, M at least 1.

    Returns:
        [2 M], undefined from M on.
    """
    longer = np.empty(2 * len(array), dtype=array.dtype)
    for p in range(len(array)):  # a slice takes seconds to compile
        longer[p] = array[p]
    return longer


@kept
@njit(nogil=True)
def _reciprocal_sets(ranks, members, sizes, start, stop):  # type: ignore[no-untyped-def]
    """Fill the c-reciprocal sets, [N, c] from the left, and their sizes [N], of some rows."""
    c = members.shape[1]
    for i in range(start, stop):
        sizes[i] = 0
        for a in range(c):
            j = ranks[i, a]
            for b in range(c):
                if ranks[j, b] == i:
                    members[i, sizes[i]] = j
                    sizes[i] += 1
                    break


@kept
@njit(nogil=True)
def _expanded_weights(rows, members, sizes, half_members, half_sizes, start, stop):  # type: ignore[no-untyped-def]
    """Return the sizes of the expanded sets of some rows, their members and their weights."""
    count = members.shape[0]
    row = np.empty(members.shape[1] * (half_members.shape[1] + 1), dtype=np.int32)
    original = np.full(count, -1, dtype=np.int32)
    expanded = np.full(count, -1, dtype=np.int32)
    lengths = np.zeros(stop - start, dtype=np.int64)
    indices = np.empty(max(1, (stop - start) * members.shape[1]), dtype=np.int32)
    weights = np.empty(len(indices), dtype=np.float32)
    filled = 0
    for i in range(start, stop):
        used = 0
        for a in range(sizes[i]):
            row[used] = members[i, a]
            original[row[used]] = expanded[row[used]] = i
            used += 1
        for a in range(sizes[i]):
            j = members[i, a]
            half = half_members[j, : half_sizes[j]]
            shared = 0
            for member in half:
                shared += original[member] == i
            if 3 * shared > 2 * len(half):
                for member in half:
                    if expanded[member] != i:
                        expanded[member] = i
                        row[used] = member
                        used += 1
        while filled + used > len(indices):
            indices, weights = lengthened(indices), lengthened(weights)
        for a in range(used):
            indices[filled + a] = row[a]
        _softmax(rows, i, row[:used], weights[filled : filled + used])
        filled += used
        lengths[i - start] = used
    return lengths, indices[:filled].copy(), weights[:filled].copy()


@kept
@njit(nogil=True)
def _softmax(rows, i, members, weights):  # type: ignore[no-untyped-def]
    """Fill the softmax of -(2 - 2 <f_i, f_j>) over the members j."""
    total = 0.0
    for a in range(len(members)):
        weights[a] = np.exp(2.0 * dot(rows[i], rows[members[a]]) - 2.0)
        total += weights[a]
    for a in range(len(members)):
        weights[a] /= total
