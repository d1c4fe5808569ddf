"""False matches to expect beside each result, where rates of the network's errors are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vireid.gallery import Found
from vireid.ranking import MatchRates
from vireid.types import Modality

Expected = tuple[float | None, bool]
"""How many, None where nothing is known; and whether fewer are to be expected."""


@dataclass(frozen=True)
class Answer:
    """What a search found."""

    query: str | None
    """The key that the query has in a gallery; None for a track."""
    modality: Modality | None
    """What the query shows; None for a track."""
    found: list[Found]
    expected: list[Expected]
    """False matches beside each result."""


def expected(
    rates: MatchRates | None,
    query: Modality | None,
    found: Sequence[Found],
    searched: Mapping[Modality, int],
) -> list[Expected]:
    """Return how many images of others are as similar to the query as each result.

    That is the false-match rate at its similarity, times the images of its modality that were
    searched.

    Args:
        rates: of the network; None where unknown.
        query: what the query shows; None where it is several images, of which rates say nothing.
        found: the results.
        searched: how many images of each modality were.

    Returns:
        One for each result.
    """
    if rates is None or query is None:
        return [(None, False)] * len(found)
    return [_one(rates, query, result, searched) for result in found]


def _one(
    rates: MatchRates, query: Modality, result: Found, searched: Mapping[Modality, int]
) -> Expected:
    other = Modality[result.modality.upper()]
    pair = rates.of(query, other)
    if pair is None:
        return None, False
    rate, bounded = pair.false_match_rate(np.float64(result.similarity))
    if not np.isfinite(rate):
        return None, False
    return float(rate) * searched.get(other, 0), bool(bounded)
