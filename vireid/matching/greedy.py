"""Pairs of clusters by falling votes."""

import numpy as np

from vireid.matching.prices import pair_prices
from vireid.matching.votes import ClusterVotes
from vireid.types import NOISE, Int, Matching


def greedy_pairs(votes: ClusterVotes) -> Int:
    """Take pairs of clusters by falling votes, none of which has a cluster that is taken.

    Of pairs with equal votes that with the most similar pair of images goes first, then that of
    the lower visible and of the lower infrared cluster.

    Source: ADCA, see ``count_votes``.

    Args:
        votes: of all pairs of clusters.

    Returns:
        [P, 2] visible and infrared clusters in the order in which they are taken; a pair without
        votes is not made.

    >>> count, closest = np.array([[3, 2], [3, 0]]), np.array([[0.7, 0.6], [0.8, 0.1]])
    >>> greedy_pairs(ClusterVotes(count, closest)).tolist()
    [[1, 0], [0, 1]]
    """
    columns = votes.similar.shape[1]
    flat = np.flatnonzero(votes.similar)
    order = np.lexsort((-votes.closest.flat[flat], -votes.similar.flat[flat]))
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs: list[tuple[int, int]] = []
    for place in flat[order].tolist():
        if len(pairs) == min(votes.similar.shape):
            break
        pair = divmod(place, columns)
        if pair[0] not in taken[0] and pair[1] not in taken[1]:
            pairs.append(pair)
            for side, cluster in zip(taken, pair, strict=True):
                side.add(cluster)
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def match_by_votes(votes: ClusterVotes) -> Matching:
    """Match clusters one to one by falling votes, see ``greedy_pairs``.

    Args:
        votes: of all pairs of clusters.

    Returns:
        The partner of each visible cluster, -1 where no pair with votes was left for it. A pair
        with v votes costs 1 / (1 + v).

    >>> found = match_by_votes(ClusterVotes(np.array([[3, 1], [2, 0]]), np.ones((2, 2))))
    >>> found.partner.tolist(), found.cost.tolist(), found.to_visible.tolist()
    ([0, -1], [0.25, nan], [0, -1])
    """
    visible, infrared = votes.similar.shape
    partner = np.full(visible, NOISE, dtype=np.int64)
    pairs = greedy_pairs(votes)
    partner[pairs[:, 0]] = pairs[:, 1]
    return Matching(partner, infrared, *pair_prices(1 / (1 + votes.similar), partner))
