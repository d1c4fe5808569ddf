"""The nearest rows of queries among vectors that are held in memory."""

import numpy as np

from vireid.types import Bool, Float, Int

SMALL = 8
"""One of how many rows is allowed where it is quicker to copy these."""


def nearest(vectors: Float, held: Float, allowed: Bool, top: int) -> tuple[Int, Float]:
    """Return the most similar rows of each query, by exact products with all vectors.

    Args:
        vectors: [Q, D] of unit length.
        held: [N, D] likewise.
        allowed: [N] which of them may be found.
        top: K.

    Returns:
        Rows [Q, K'] and similarities [Q, K'], most similar first, ties in the order of the rows;
        K' is K or the number of allowed rows.
    """
    places = np.flatnonzero(allowed)
    count = min(top, len(places))
    if not count:
        return _nothing(len(vectors)), np.empty((len(vectors), 0), np.float32)
    few = len(places) * SMALL < len(allowed)
    products = vectors @ (held[places] if few else held).T
    if not few and len(places) < len(allowed):
        products[:, ~allowed] = -np.inf
    order = np.stack([best(row, count) for row in products])
    values = np.take_along_axis(products, order, axis=1)
    return (places[order] if few else order), values


def _nothing(count: int) -> Int:
    return np.empty((count, 0), np.int64)


def best(values: Float, count: int) -> Int:
    """Return where the largest values are, largest first, ties in order.

    Args:
        values: [N].
        count: K, from 1 to N.

    Returns:
        [K] places.
    """
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        places = np.flatnonzero(values >= least)
    else:
        places = np.arange(len(values))
    return places[np.argsort(-values[places], kind="stable")[:count]]
