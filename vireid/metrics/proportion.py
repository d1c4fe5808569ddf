"""A share of events and its interval, also where events are not independent."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
LEVEL = 0.95
"""Of the intervals."""


def effective_size(
    left_out: Numbers, share: ArrayLike, size: ArrayLike, level: float = LEVEL
) -> Numbers:
    """Say how many independent events would tell a share as well as dependent ones do.

    The delete-one jackknife over G groups (Efron 1981) gives the variance of the share,
    v = (G - 1) / G sum_g (p_(-g) - mean)^2; the effective size is p (1 - p) / v (Kish 1965), at
    most the number of events, times what ``few_groups`` says of v.

    Args:
        left_out: [G, ...] the share without each of G >= 2 groups, in [0, 1].
        share: [...] p, with all groups, in [0, 1].
        size: [...] the number of events, which bounds it from above.
        level: of confidence of the interval that it is for, in (0, 1).

    Returns:
        [...] at least 1; ``size`` where the share is 0 or 1, of which groups tell no variance.

    >>> groups = np.array([1.0, 1.0, 0.0, 0.0])  # four groups of 5 equal events
    >>> left = (groups.sum() - groups) / 3
    >>> float(effective_size(left, 0.5, 20).round(3))
    1.298
    """
    p, most = np.asarray(share, dtype=np.float64), np.asarray(size, dtype=np.float64)
    groups = len(left_out)
    variance = (groups - 1) / groups * np.square(left_out - left_out.mean(axis=0)).sum(axis=0)
    spread = p * (1 - p)
    told = (variance > 0) & (spread > 0)
    found = np.minimum(np.where(told, spread / np.where(told, variance, 1), most), most)
    found = np.where(spread > 0, found * few_groups(groups, most, level), found)
    return np.maximum(found, 1.0)


def few_groups(groups: int, size: ArrayLike, level: float = LEVEL) -> Numbers:
    """Say how much less a variance that a few groups tell is worth than one of all events.

    (t_(n-1) / t_(G-1))^2, quantiles of Student's distribution (Korn and Graubard 1998): groups that
    agree by luck would make an interval too short otherwise.

    Args:
        groups: G, at least 2.
        size: [...] n, the number of events.
        level: of confidence, in (0, 1).

    Returns:
        [...] in (0, 1]; 1 where each group has one event.

    >>> [float(few_groups(groups, 1000).round(3)) for groups in (2, 5, 100, 1000)]
    [0.024, 0.5, 0.978, 1.0]
    """
    from scipy.special import stdtrit

    events = np.maximum(np.asarray(size, dtype=np.float64), groups)
    end = (1 + level) / 2
    return np.asarray((stdtrit(events - 1, end) / stdtrit(groups - 1, end)) ** 2)


def exact_interval(
    share: ArrayLike, size: ArrayLike, level: float = LEVEL
) -> tuple[Numbers, Numbers]:
    """Return the interval of a share, never too narrow (Clopper and Pearson 1934).

    With an effective size in place of the number of events it is that of Korn and Graubard (1998).

    Args:
        share: [...] p, in [0, 1].
        size: [...] n, more than 0, whole or not.
        level: of confidence, in (0, 1).

    Returns:
        Lower and upper ends [...], in [0, 1].

    >>> low, high = exact_interval(0.0, 100)
    >>> float(low), float(high.round(4))
    (0.0, 0.0362)
    """
    from scipy.special import betaincinv

    p, n = np.broadcast_arrays(
        np.asarray(share, dtype=np.float64), np.asarray(size, dtype=np.float64)
    )
    hits = p * n
    miss, rest = (1 - level) / 2, n - hits
    low = betaincinv(np.maximum(hits, 1e-300), rest + 1, miss)
    high = betaincinv(hits + 1, np.maximum(rest, 1e-300), 1 - miss)
    return np.where(hits > 0, low, 0.0), np.where(rest > 0, high, 1.0)


def product_end(one: ArrayLike, end: ArrayLike, other: ArrayLike, other_end: ArrayLike) -> Numbers:
    """Return the upper end of the interval of the product of two shares that are told apart.

    The distance of either share from its end takes the place of its standard error (Zou and Donner
    2008) in the variance of a product (Goodman 1960): with a and b for the distances it is
    p q + sqrt((p b)^2 + (q a)^2 + (a b)^2).

    Args:
        one: [...] p, in [0, 1].
        end: [...] upper end of its interval.
        other: [...] q, in [0, 1].
        other_end: [...] upper end of its interval.

    Returns:
        [...] at most the product of both ends.

    >>> [float(product_end(0.5, 0.75, q, end)) for q, end in ((1, 1), (0, 0))]
    [0.75, 0.0]
    """
    p, q = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    a, b = np.asarray(end) - p, np.asarray(other_end) - q
    return np.asarray(p * q + np.sqrt((p * b) ** 2 + (q * a) ** 2 + (a * b) ** 2))


def wilson_interval(
    share: ArrayLike, size: ArrayLike, level: float = LEVEL
) -> tuple[Numbers, Numbers]:
    """Return the interval of a share by its score test (Wilson 1927).

    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n), z the normal quantile.
    It covers about as often as it says, also near 0 and 1, where p -+ z s does not.

    Args:
        share: [...] p, in [0, 1].
        size: [...] n, more than 0, whole or not.
        level: of confidence, in (0, 1).

    Returns:
        Lower and upper ends [...], in [0, 1].

    >>> [round(float(end), 4) for end in wilson_interval(0.9, 100)]
    [0.8256, 0.9448]
    """
    from scipy.special import ndtri

    p, n = np.asarray(share, dtype=np.float64), np.asarray(size, dtype=np.float64)
    square = float(ndtri((1 + level) / 2)) ** 2
    middle = p + square / (2 * n)
    half = np.sqrt(square * (p * (1 - p) / n + square / (4 * n * n)))
    whole = 1 + square / n
    return np.maximum((middle - half) / whole, 0.0), np.minimum((middle + half) / whole, 1.0)
