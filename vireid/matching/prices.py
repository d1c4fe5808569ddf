"""What the pairs of a matching cost, and what the next best would have cost."""

import numpy as np
from numpy.typing import NDArray

from vireid.types import Float, Int


def pair_prices(cost: NDArray[np.float64], partner: Int) -> tuple[Float, Float]:
    """Look up what each visible cluster pays, and its best other price.

    Args:
        cost: [Cv, Cr] cost of each pair; not modified.
        partner: [Cv] the infrared cluster of each visible cluster, -1 where it has none.

    Returns:
        Two [Cv], NaN for clusters without partner; the second also where there is no other.

    >>> paid, following = pair_prices(np.array([[1.0, 3.0], [2.0, 4.0]]), np.array([1, -1]))
    >>> paid.tolist(), following.tolist()
    ([3.0, nan], [1.0, nan])
    """
    paid, following = np.full((2, len(partner)), np.nan, dtype=np.float32)
    matched = np.flatnonzero(partner >= 0)
    rest = cost[matched]
    chosen = np.arange(len(matched)), partner[matched]
    paid[matched] = rest[chosen]
    if cost.shape[1] > 1:
        rest[chosen] = np.inf
        following[matched] = rest.min(axis=1)
    return paid, following
