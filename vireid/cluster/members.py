"""Which samples each cluster holds."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.types import NOISE, Int


def cluster_members(labels: NDArray[np.integer], clusters: int | None = None) -> list[Int]:
    """List the samples of each cluster.

    Args:
        labels: [N] cluster labels, -1 for noise; not modified.
        clusters: C; the largest label + 1 where not given.

    Returns:
        C index arrays, ascending each; empty for a number that no sample bears.

    Raises:
        DataError: labels that are not whole numbers in one dimension, below -1, or not below C.

    >>> [list(map(int, members)) for members in cluster_members(np.array([1, 0, -1, 1]))]
    [[1], [0, 3]]
    """
    given = np.asarray(labels)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise DataError(
            f"labels are {given.dtype} of shape {given.shape}; expected whole numbers of shape (N,)"
        )
    values = given.astype(np.int64)
    lowest, highest = (int(values.min()), int(values.max())) if values.size else (NOISE, NOISE)
    count = highest + 1 if clusters is None else clusters
    if lowest < NOISE or highest >= count:
        raise DataError(f"labels run from {lowest} to {highest}; expected -1..{count - 1}")
    order = np.argsort(values, kind="stable")
    bounds = np.searchsorted(values[order], np.arange(count + 1))
    return [order[start:stop] for start, stop in pairwise(bounds)]
