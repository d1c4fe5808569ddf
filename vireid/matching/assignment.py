"""Choose an infrared partner for each visible cluster."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vireid.errors import ConfigError, DataError
from vireid.types import Int, Matching

Array = NDArray[np.float64]


def match_clusters(
    cost: NDArray[np.floating],
    method: Literal["hungarian", "progressive", "nearest"] = "hungarian",
    max_cost: float | None = None,
) -> Matching:
    """Match visible to infrared clusters at low cost.

    - ``hungarian``: one-to-one with the lowest total cost; the clusters left over in the larger
      modality stay unmatched.
    - ``progressive``: Hungarian, then again for the visible clusters left over, over all infrared
      clusters, until every visible cluster has a partner. An infrared cluster then has at most
      as many partners as there were rounds. With more infrared than visible clusters one round
      is enough and this is ``hungarian``; the infrared clusters left over have no partner, since
      a matching leads from visible to infrared only (transpose the cost for the other way).
    - ``nearest``: the cheapest infrared cluster of each visible one, as the released code of MMM
      does; infrared clusters may be shared or left out.

    Args:
        cost: [Cv, Cr] cost of each pair; not modified. Either may be 0.
        method: how to choose.
        max_cost: pairs above it are never made, and leaving a visible cluster without a partner
            counts as much as a pair at this cost; no limit where not given.

    Returns:
        The partner of each visible cluster, -1 where it has none. Deterministic.

    Raises:
        DataError: costs that are not [Cv, Cr], or not finite.
        ConfigError: an unknown method, or max_cost not above 0.

    >>> cost = np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.4]])
    >>> [match_clusters(cost, method).partner.tolist()
    ...  for method in ("hungarian", "progressive", "nearest")]
    [[0, -1, 1], [0, 0, 1], [0, 0, 0]]
    """
    values = np.asarray(cost, dtype=np.float64)
    if values.ndim != 2:
        raise DataError(f"costs have shape {values.shape}; expected (visible, infrared) clusters")
    if not np.isfinite(values).all():
        raise DataError("costs hold NaN or infinite values; check the memories they come from")
    if max_cost is not None and not max_cost > 0:
        raise ConfigError(f"max_cost is {max_cost}; expected a cost above 0, or none")
    choose = {"hungarian": _hungarian, "progressive": _progressive, "nearest": _nearest}.get(method)
    if choose is None:
        raise ConfigError(f"matching is {method!r}; expected hungarian, progressive or nearest")
    partner = np.full(len(values), -1, dtype=np.int64)
    if values.size:
        partner = choose(values, np.inf if max_cost is None else max_cost)
    paid = np.full(len(values), np.nan, dtype=np.float32)
    matched = np.flatnonzero(partner >= 0)
    paid[matched] = values[matched, partner[matched]]
    return Matching(partner, values.shape[1], paid)


def _hungarian(cost: Array, limit: float) -> Int:
    """Return the one-to-one partners [Cv]; pairs above the limit are priced alike and undone."""
    rejected = cost > limit
    price = np.nextafter(limit, np.inf)  # a pair at the limit is still better than none
    rows, columns = linear_sum_assignment(np.where(rejected, price, cost))
    partner = np.full(len(cost), -1, dtype=np.int64)
    partner[rows] = np.where(rejected[rows, columns], -1, columns)
    return partner


def _progressive(cost: Array, limit: float) -> Int:
    """Return partners [Cv] from Hungarian rounds, each over the visible clusters still without."""
    partner = np.full(len(cost), -1, dtype=np.int64)
    left = np.flatnonzero((cost <= limit).any(axis=1))
    while left.size:
        partner[left] = _hungarian(cost[left], limit)
        left = left[partner[left] < 0]
    return partner


def _nearest(cost: Array, limit: float) -> Int:
    """Return the cheapest partner [Cv] of each visible cluster by itself."""
    partner = cost.argmin(axis=1)
    return np.where(cost.min(axis=1) <= limit, partner, -1)
