"""Soft sets of expanded k-reciprocal neighbours (Zhong et al., CVPR 2017, equations 3 to 7)."""

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from vireid.cluster.neighbours import dot
from vireid.types import Float, Int


def reciprocal_weights(embeddings: Float, ranks: Int) -> csr_array[np.float32]:
    """Describe each row by its weighted, expanded set of k-reciprocal neighbours.

    With R(i, c) the first c entries of the neighbour list of i, the c-reciprocal set of i holds
    each j in R(i, c) with i in R(j, c). The set of i with c = k is joined with the whole
    h-reciprocal set of each of its members j (h = round(k / 2) + 1) of which more than 2/3 lies
    in the set of i. Weights are the softmax over the joined set of -(2 - 2 <f_i, f_j>).

    Args:
        embeddings: [N, D] contiguous rows.
        ranks: [N, k] neighbour lists, nearest first, the sample itself at the front.

    Returns:
        Weights [N, N], at most k (h + 1) entries a row; rows sum to 1.
    """
    count, k = ranks.shape
    members, sizes = _reciprocal_sets(ranks, k)
    half_members, half_sizes = _reciprocal_sets(ranks, min(round(k / 2) + 1, k))
    indptr, indices = _expand(members, sizes, half_members, half_sizes)
    weights = _softmax(embeddings, indptr, indices)
    result = csr_array((weights, indices, indptr), shape=(count, count))
    result.sort_indices()
    return result


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _reciprocal_sets(ranks, c):  # type: ignore[no-untyped-def]
    """Return the c-reciprocal sets, [N, c] filled from the left, and their sizes [N]."""
    count = ranks.shape[0]
    members = np.empty((count, c), dtype=np.int32)
    sizes = np.zeros(count, dtype=np.int32)
    for i in range(count):
        for a in range(c):
            j = ranks[i, a]
            for b in range(c):
                if ranks[j, b] == i:
                    members[i, sizes[i]] = j
                    sizes[i] += 1
                    break
    return members, sizes


@njit(cache=True, nogil=True)
def _expand(members, sizes, half_members, half_sizes):  # type: ignore[no-untyped-def]
    """Return the expanded sets as the row bounds and columns of a sparse matrix."""
    count = members.shape[0]
    row = np.empty(members.shape[1] * (half_members.shape[1] + 1), dtype=np.int32)
    original = np.full(count, -1, dtype=np.int32)
    expanded = np.full(count, -1, dtype=np.int32)
    indptr = np.zeros(count + 1, dtype=np.int32)
    indices = np.empty(max(1, count * members.shape[1]), dtype=np.int32)
    for i in range(count):
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
        indptr[i + 1] = indptr[i] + used
        while indptr[i + 1] > len(indices):
            indices = lengthened(indices)
        for a in range(used):
            indices[indptr[i] + a] = row[a]
    return indptr, indices[: indptr[count]].copy()


@njit(cache=True, nogil=True)
def _softmax(rows, indptr, indices):  # type: ignore[no-untyped-def]
    """Return the softmax of -(2 - 2 <f_i, f_j>) over the entries of each row i."""
    weights = np.empty(len(indices), dtype=np.float32)
    for i in range(len(indptr) - 1):
        total = 0.0
        for p in range(indptr[i], indptr[i + 1]):
            weights[p] = np.exp(2.0 * dot(rows[i], rows[indices[p]]) - 2.0)
            total += weights[p]
        for p in range(indptr[i], indptr[i + 1]):
            weights[p] /= total
    return weights
