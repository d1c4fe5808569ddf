"""What a random order of the gallery would score, by formula."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from vireid.scoring.protocol import Protocol
from vireid.scoring.tally import count_matches
from vireid.types import Truth

SPREADS = 2
"""Spreads above the mean of a random order up to which a score says nothing."""


@dataclass(frozen=True)
class Chance:
    """Scores of a random order, in percent, as a mean over the queries that count, then draws."""

    rank1: float
    """Expected Rank-1."""
    mAP: float  # noqa: N815 - the field's name
    """Expected mAP."""
    spread: float
    """Standard deviation of mAP, where all queries of one identity rank the gallery alike."""

    def reaches(self, precision: float) -> bool:
        """Tell whether a mAP cannot be told from that of a random order.

        Args:
            precision: mAP in percent.

        Returns:
            True up to two spreads above the expected one.
        """
        return precision <= self.mAP + SPREADS * self.spread


def chance(protocol: Protocol, truth: Truth) -> Chance:
    """Return what a random order of the galleries scores.

    A query with M matches among the G images that it does not ignore has its first one in front
    with probability M / G, whether ranks count images or identities.

    Args:
        protocol: at least one of the queries of each draw counts.
        truth: identities of the test images.

    Returns:
        Means over the queries that count, then over the draws.
    """
    rows = []
    for draw in protocol.draws:
        matches, left = count_matches(draw, truth)[1], draw.left()
        valid = matches > 0
        pairs, times = np.unique(
            np.stack([matches[valid], left[valid]]), axis=1, return_counts=True
        )
        moments = np.array([precision_moments(int(m), int(g)) for m, g in pairs.T])
        first = np.average(pairs[0] / pairs[1], weights=times)
        expected = np.average(moments[:, 0], weights=times)
        variance = np.average(moments[:, 1] - moments[:, 0] ** 2, weights=times)
        people = len(np.unique(truth.identities[draw.query[valid]]))
        rows.append((100 * first, 100 * expected, 100 * sqrt(max(variance, 0.0) / people)))
    return Chance(*np.mean(rows, axis=0).tolist())


def precision_moments(matches: int, images: int) -> tuple[float, float]:
    """Return the mean and the mean square of AP over all orders of a gallery.

    AP = (1/M) sum over k of X_k S_k / k, where X_k tells whether the image at rank k is a match and
    S_k counts the matches up to it. The X are drawn without replacement, so that the mean of a
    product of up to four of them is a ratio of factorials. Time O(G).

    Args:
        matches: M, at least 1.
        images: G, at least M.

    Returns:
        E[AP] and E[AP^2].

    >>> precision_moments(1, 2)  # the match is first or second
    (0.75, 0.625)
    """
    m, g = matches, images
    rank = np.arange(1, g + 1, dtype=np.float64)
    one = m / g
    other = (m - 1) / (g - 1) if g > 1 else 0.0  # a second place holds a match too
    third = (m - 2) / (g - 2) if g > 2 else 0.0
    fourth = (m - 3) / (g - 3) if g > 3 else 0.0
    before = rank - 1
    mean = one / m * np.sum((1 + before * other) / rank)
    alone = 1 + 3 * before * other + before * (before - 1) * other * third
    square = one * np.sum(alone / rank**2)
    # for k < l, E[X_k X_l S_k S_l] = one other (2 + third (3k + l - 5) + third fourth (k-1)(l-3))
    harmonic = np.cumsum(1 / rank) - 1 / rank
    inner = harmonic * (2 + third * (rank - 5) - third * fourth * (rank - 3))
    inner += before * (3 * third + third * fourth * (rank - 3))
    square += 2 * one * other * np.sum(inner / rank)
    return float(mean), float(square / m**2)
