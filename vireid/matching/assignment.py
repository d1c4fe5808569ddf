"""Choose an infrared partner for each visible cluster."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vireid.errors import ConfigError, DataError
from vireid.matching.prices import pair_prices
from vireid.matching.rejection import Rejection, allowed_pairs
from vireid.types import NOISE, Bool, Int, Matching

Array = NDArray[np.float64]


def match_clusters(
    cost: NDArray[np.floating],
    method: Literal["hungarian", "progressive", "nearest"] = "progressive",
    max_cost: float | None = None,
    reject: Rejection = "none",
    rounds: int | None = None,
) -> Matching:
    """Match visible to infrared clusters at low cost.

    - ``hungarian``: one-to-one with the lowest total cost; the clusters left over in the larger
      modality stay unmatched.
    - ``progressive``: Hungarian, then again for the visible clusters left over, over all infrared
      clusters, until every visible cluster has a partner; then the same for the infrared clusters
      left over, over all visible ones. A cluster has at most as many partners as there were
      rounds.
    - ``nearest``: the cheapest infrared cluster of each visible one, as the released code of MMM
      does; infrared clusters may be shared or left out.

    Args:
        cost: [Cv, Cr] cost of each pair; not modified. Either may be 0.
        method: how to choose.
        max_cost: pairs above it are never made, and leaving a cluster without a partner counts
            as much as a pair at this cost; no limit where not given.
        reject: which pairs are never made, by their costs beside the others, see
            ``allowed_pairs``; a cluster whose pairs are all rejected stays unmatched.
        rounds: Hungarian rounds of ``progressive`` at most, for the leftovers of either modality;
            as many as it takes where not given.

    Returns:
        The partner of each visible cluster, -1 where it has none, and for ``progressive`` that of
        each infrared cluster left over; on the way back, ``progressive`` leads to the partner of
        the first round. Deterministic.

    Raises:
        DataError: costs that are not [Cv, Cr], or not finite.
        ConfigError: an unknown method or rule, max_cost not above 0, or rounds below 1 or of
            another method.

    >>> cost = np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.4]])
    >>> [match_clusters(cost, method).partner.tolist()
    ...  for method in ("hungarian", "progressive", "nearest")]
    [[0, -1, 1], [0, 0, 1], [0, 0, 0]]
    >>> match_clusters(cost, "hungarian", reject="mutual").partner.tolist()
    [0, -1, -1]
    >>> match_clusters(cost.T).visible_partner.tolist()
    [-1, 0, -1]
    >>> match_clusters(cost).to_visible.tolist()
    [0, 2]
    """
    values = np.asarray(cost, dtype=np.float64)
    if values.ndim != 2:
        raise DataError(f"costs have shape {values.shape}; expected (visible, infrared) clusters")
    if not np.isfinite(values).all():
        raise DataError("costs hold NaN or infinite values; check the memories they come from")
    if max_cost is not None and not max_cost > 0:
        raise ConfigError(f"max_cost is {max_cost}; expected a cost above 0, or none")
    if method not in ("hungarian", "progressive", "nearest"):
        raise ConfigError(f"matching is {method!r}; expected hungarian, progressive or nearest")
    if rounds is not None and (rounds < 1 or method != "progressive"):
        raise ConfigError(f"rounds is {rounds}; expected at least 1, and progressive matching")
    allowed = allowed_pairs(values, reject)
    if max_cost is not None:
        allowed &= values <= max_cost
    partner, other = (np.full(count, NOISE, dtype=np.int64) for count in values.shape)
    if allowed.any():
        limit = values[allowed].max() if max_cost is None else max_cost
        priced = np.where(allowed, values, np.nextafter(limit, np.inf))  # dearer than any pair
        if method == "progressive":
            partner = _rounds(priced, allowed, rounds)
            other = _leftovers(priced, allowed, partner, rounds)
        else:
            choose = _hungarian if method == "hungarian" else _nearest
            partner = choose(priced, allowed)
    paid, following = pair_prices(values, partner)
    found = Matching(partner, len(other), paid, following, other)
    if method == "progressive" and allowed.any():
        return replace(found, to_visible=_first_round(priced, allowed, found))
    return found


def _first_round(cost: Array, allowed: Bool, found: Matching) -> Int:
    """Return the visible cluster [Cr] of each infrared one: that of the first round goes first."""
    assert found.to_visible is not None
    rows = np.flatnonzero(allowed.any(axis=1))
    first = _hungarian(cost[rows], allowed[rows])
    back = found.to_visible.copy()
    back[first[first != NOISE]] = rows[first != NOISE]
    return back


def _hungarian(cost: Array, allowed: Bool) -> Int:
    """Return the one-to-one partners [R] of the rows; pairs that are not allowed are undone."""
    rows, columns = linear_sum_assignment(cost)
    partner = np.full(len(cost), NOISE, dtype=np.int64)
    partner[rows] = np.where(allowed[rows, columns], columns, NOISE)
    return partner


def _rounds(cost: Array, allowed: Bool, rounds: int | None) -> Int:
    """Return partners [R] from Hungarian rounds, each over the rows that are still without."""
    partner = np.full(len(cost), NOISE, dtype=np.int64)
    left = np.flatnonzero(allowed.any(axis=1))
    done = 0
    while left.size and done != rounds:
        partner[left] = _hungarian(cost[left], allowed[left])
        left = left[partner[left] < 0]
        done += 1
    return partner


def _leftovers(cost: Array, allowed: Bool, partner: Int, rounds: int | None) -> Int:
    """Return for infrared clusters that are nobody's partner the visible one that they join [Cr].

    The first round was that of both modalities. Where rounds end early, a visible cluster may be
    without partner; nobody joins it.
    """
    other = np.full(cost.shape[1], NOISE, dtype=np.int64)
    left = np.setdiff1d(np.arange(len(other)), partner)
    if rounds is None:
        other[left] = _rounds(cost.T[left], allowed.T[left], None)
        return other
    paired = np.flatnonzero(partner != NOISE)
    place = np.ix_(left, paired)
    found = _rounds(cost.T[place], allowed.T[place], rounds - 1)
    other[left] = np.append(paired, NOISE)[found]
    return other


def _nearest(cost: Array, allowed: Bool) -> Int:
    """Return the cheapest partner [R] of each row by itself."""
    return np.where(allowed.any(axis=1), cost.argmin(axis=1), NOISE)
