"""Exact nearest neighbours among unit vectors, in bounded memory."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vireid.cluster.rows import unit_rows
from vireid.errors import ConfigError
from vireid.types import Float, Int

_ROUNDING = 1e-6
"""More than two float32 dot products of the same unit vectors can differ by."""


def nearest_neighbours(
    embeddings: NDArray[np.floating], k: int, *, block: int = 1024
) -> tuple[Int, Float]:
    """Find the k most similar rows of each row.

    A blocked matrix product proposes candidates; their similarities are then recomputed in one
    fixed order of summation. So s(i, j) equals s(j, i), equal rows tie exactly, and the result
    depends neither on the block nor on the matrix library's threads. Time O(N^2 D), memory
    O(N k + N block).

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        k: neighbours wanted, the sample itself included; limited to N.
        block: rows of the similarity matrix held at a time.

    Returns:
        Indices [N, k] int64 and similarities [N, k] float32 (dot products), most similar first.
        The sample itself always comes first; ties are in the order of the indices.

    Raises:
        DataError: embeddings that are not finite [N, D] rows of unit length.
        ConfigError: k or block below 1.

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> nearest_neighbours(rows, 2)[0].tolist()
    [[0, 2], [1, 2], [2, 1]]
    """
    if k < 1 or block < 1:
        raise ConfigError(f"k is {k} and block is {block}; expected both to be at least 1")
    rows = unit_rows(embeddings)
    count = len(rows)
    k = min(k, count)
    indices = np.empty((count, k), dtype=np.int64)
    similarities = np.empty((count, k), dtype=np.float32)
    for start in range(0, count, block):
        products = rows[start : start + block] @ rows.T
        lowest = np.partition(products, count - k, axis=1)[:, count - k] - np.float32(_ROUNDING)
        _keep_best(rows, products, lowest, start, indices, similarities)
    return indices, similarities


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
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


@njit(cache=True, nogil=True)
def _keep_best(rows, products, lowest, start, indices, similarities):  # type: ignore[no-untyped-def]
    """Fill the neighbours of the rows from ``start`` on out of their approximate products."""
    k = indices.shape[1]
    for b in range(products.shape[0]):
        i = start + b
        indices[i, 0] = i
        similarities[i, 0] = dot(rows[i], rows[i])
        found = 1
        for j in range(rows.shape[0]):
            if j == i or products[b, j] < lowest[b]:
                continue
            similarity = dot(rows[i], rows[j])
            place = found
            while place > 1 and similarities[i, place - 1] < similarity:
                if place < k:
                    indices[i, place] = indices[i, place - 1]
                    similarities[i, place] = similarities[i, place - 1]
                place -= 1
            if place < k:
                indices[i, place], similarities[i, place] = j, similarity
                found = min(found + 1, k)
