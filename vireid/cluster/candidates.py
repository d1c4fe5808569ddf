"""From approximate candidates to the exact nearest rows: one order, whoever proposed them."""

import numpy as np
from numba import njit

from vireid.compiled import kept


@kept
@njit(nogil=True, fastmath={"reassoc", "contract"})
def dot(a, b):  # type: ignore[no-untyped-def]
    """Multiply two vectors in a fixed order of summation, the same for (a, b) and (b, a).

    Args:
        a: [D] float32.
        b: [D] float32.

    Returns:
        The dot product, float32.
    """
    total = np.float32(0.0)
    for d in range(a.shape[0]):
        total += a[d] * b[d]
    return total


@kept
@njit(nogil=True)
def rank_candidates(rows, i, candidates, count, indices, similarities):  # type: ignore[no-untyped-def]
    """Put row i itself and then its most similar candidates into [k] indices and similarities.

    Args:
        rows: [N, D] unit rows.
        i: the row whose neighbours are wanted.
        candidates: rows in ascending order, at least k - 1 besides i; only the first ``count``.
        count: how many candidates there are.
        indices: [k], filled.
        similarities: [k], filled with exact dot products in descending order.
    """
    k = len(indices)
    indices[0] = i
    similarities[0] = dot(rows[i], rows[i])
    found = 1
    for c in range(count):
        j = candidates[c]
        if j == i:
            continue
        similarity = dot(rows[i], rows[j])
        place = found
        while place > 1 and similarities[place - 1] < similarity:
            if place < k:
                indices[place] = indices[place - 1]
                similarities[place] = similarities[place - 1]
            place -= 1
        if place < k:
            indices[place], similarities[place] = j, similarity
            found = min(found + 1, k)


@kept
@njit(nogil=True)
def rank_products(  # type: ignore[no-untyped-def]
    rows, queries, columns, places, products, margin, start, stop, indices, similarities
):
    """Rank the neighbours of some query rows out of their approximate products.

    Args:
        rows: [N, D] unit rows.
        queries: [B] rows whose neighbours are wanted.
        columns: [M] rows, ascending, that may be neighbours; each query among them.
        places: [M] where the columns stand among the L columns of the products.
        products: [B, L] approximate dot products.
        margin: how far below the k-th largest product a neighbour may be, see ``margin``.
        start: first of the B queries to work on.
        stop: the query behind the last.
        indices: [B, k], k at most M, filled from ``start`` to ``stop``.
        similarities: [B, k], likewise.
    """
    k = indices.shape[1]
    best = np.empty(k, dtype=np.float32)
    candidates = np.empty(len(columns), dtype=np.int64)
    for b in range(start, stop):
        best[:] = -np.inf
        for c in range(len(columns)):
            value = products[b, places[c]]
            if value > best[k - 1]:
                place = k - 1
                while place > 0 and best[place - 1] < value:
                    best[place] = best[place - 1]
                    place -= 1
                best[place] = value
        count = 0
        lowest = best[k - 1] - np.float32(margin)
        for c in range(len(columns)):
            if products[b, places[c]] >= lowest:
                candidates[count] = columns[c]
                count += 1
        rank_candidates(rows, queries[b], candidates, count, indices[b], similarities[b])


@kept
@njit(nogil=True)
def rank_lists(rows, queries, bounds, candidates, start, stop, indices, similarities):  # type: ignore[no-untyped-def]
    """Rank the neighbours of some query rows out of a list of candidates for each.

    Args:
        rows: [N, D] unit rows.
        queries: [B] rows whose neighbours are wanted.
        bounds: [B + 1] where the candidates of each query begin and end.
        candidates: rows, ascending for each query.
        start: first of the B queries to work on.
        stop: the query behind the last.
        indices: [B, k], filled from ``start`` to ``stop``.
        similarities: [B, k], likewise.
    """
    for b in range(start, stop):
        own = candidates[bounds[b] : bounds[b + 1]]
        rank_candidates(rows, queries[b], own, len(own), indices[b], similarities[b])
