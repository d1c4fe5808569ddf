"""Precision from judged results: which queries are of one person, and the interval of a share."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import DataError
from vireid.metrics.proportion import LEVEL, effective_size, few_groups, wilson_interval
from vireid.types import Int


@dataclass(frozen=True)
class GroupedShare:
    """A share of events that come in groups, and its interval."""

    share: float
    """In [0, 1]."""
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end."""
    count: int
    """Events."""
    groups: int
    """Groups of them."""
    effective: float
    """Independent events that would tell the share as well, at most ``count``."""


def grouped_share(hits: ArrayLike, groups: ArrayLike, level: float = LEVEL) -> GroupedShare:
    """Return a share of events with Wilson's interval, where events of a group are alike.

    The number of events in Wilson's formula is the effective one, p (1 - p) over the variance by
    the delete-one jackknife over G groups, times G / (G - 1), so that it is N where each group has
    one event, as Dean and Pagano (2015) find best for clustered proportions, and less where groups
    are few (``few_groups``). Where all events are hits, or none is, groups tell no variance, and
    each counts once; so does a single group.

    Args:
        hits: [N] 0 or 1, N at least 1.
        groups: [N] group numbers.
        level: of confidence, in (0, 1).

    Returns:
        The share.

    Raises:
        DataError: there is no event, or lengths differ.

    >>> found = grouped_share([1, 1, 1, 0], [0, 1, 2, 3])
    >>> found.share, round(found.low, 3), round(found.high, 3), found.effective
    (0.75, 0.301, 0.954, 4.0)
    """
    events, group = np.asarray(hits, dtype=np.float64), np.asarray(groups)
    if events.ndim != 1 or events.shape != group.shape or not events.size:
        raise DataError(
            f"hits have shape {events.shape} and groups {group.shape}; expected one length N > 0"
        )
    number = np.unique(group, return_inverse=True)[1]
    size = np.bincount(number).astype(np.float64)
    count, total, share = len(size), len(events), float(events.mean())
    effective = float(count)
    if 0 < share < 1 and count > 1:
        left = (events.sum() - np.bincount(number, events)) / (total - size)
        found = effective_size(left, share, total, level) * count / (count - 1)
        most = total * few_groups(count, total, level)
        effective = max(1.0, float(np.minimum(found, most).round(9)))
    low, high = wilson_interval(share, effective, level)
    return GroupedShare(share, float(low), float(high), total, count, effective)


def people_of(
    queries: Sequence[Hashable], results: Sequence[Hashable], right: Sequence[bool]
) -> Int:
    """Group judgements whose queries are known to show one person.

    They are of one query, or right judgements lead from one query to the other: both found the same
    result, or one is a result of the other. Queries of one person that no right judgement ties
    together stay apart.

    Args:
        queries: N names of queries.
        results: N names of results, of the same kind.
        right: N, whether query and result show one person.

    Returns:
        [N] group numbers, 0 .. G-1 in the order of the first judgement of each.

    >>> people_of(["a", "b", "c", "a"], ["x", "x", "y", "z"], [True, True, True, False]).tolist()
    [0, 0, 1, 0]
    """
    parent: dict[Hashable, Hashable] = {}

    def root(name: Hashable) -> Hashable:
        while (above := parent.setdefault(name, name)) != name:
            parent[name] = parent[above]
            name = above
        return name

    for query, result, same in zip(queries, results, right, strict=True):
        one = root(query)
        if same:
            parent[root(result)] = one
    numbers: dict[Hashable, int] = {}
    return np.array(
        [numbers.setdefault(root(query), len(numbers)) for query in queries], dtype=np.int64
    )
