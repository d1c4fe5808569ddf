"""False matches that the results of a search have to be expected to come with."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.ranking.gallery import Gallery
from vireid.ranking.match_rates import MatchRates, check_rates
from vireid.types import Bool, Int, Modality, Ranking
from vireid.types.pair_rates import Numbers


@dataclass(frozen=True)
class FalseMatches:
    """False matches to expect for each of Q queries at each of K places."""

    expected: Numbers
    """[Q, K] other people's images of the found one's modality that are as similar as it; NaN where
    there is no image, or no rate."""
    bounded: Bool
    """[Q, K] whether it is only an upper bound: fewer are to be expected."""
    likely: Numbers
    """[Q, K] what lists are cut by: the number expected, or the one of a less similar result where
    that is below the upper bound."""
    low: Numbers
    """[Q, K] lower end of the interval of the number expected."""
    high: Numbers
    """[Q, K] upper end."""

    def told(self, query: int, place: int) -> dict[str, Any]:
        """Return what a file says of a result.

        Args:
            query: its number, from 0.
            place: of the result, from 0.

        Returns:
            ``false_matches``, whether that is an upper bound, and the interval; None for what is
            not known.
        """
        at = query, place
        known = bool(np.isfinite(self.expected[at]))
        return {
            "false_matches": float(self.expected[at]) if known else None,
            "fewer": bool(self.bounded[at]),
            "interval": [float(self.low[at]), float(self.high[at])] if known else None,
        }

    def cut(self, ranking: Ranking, most: float) -> tuple[Ranking, "FalseMatches"]:
        """Leave out results that come with too many false matches, or with none that is known.

        A result whose upper bound is above that stays where a less similar one would.

        Args:
            ranking: of the Q queries.
            most: false matches to expect for a query, in each modality searched.

        Returns:
            The ranking, its lists closed up, with -1 behind the last result of each, and the
            numbers of what is left.
        """
        keep = self.likely <= most
        place = np.argsort(~keep, axis=1, kind="stable")
        left = np.take_along_axis(keep, place, axis=1)

        def moved(values: NDArray[Any], gone: float) -> NDArray[Any]:
            closed = np.take_along_axis(values, place, axis=1)
            return np.where(left, closed, np.asarray(gone, dtype=closed.dtype))

        expected, likely, low, high = (
            moved(one, np.nan) for one in (self.expected, self.likely, self.low, self.high)
        )
        order, similarity = moved(ranking.order, -1), moved(ranking.similarity, np.nan)
        cut = replace(ranking, order=order, similarity=similarity)
        return cut, FalseMatches(expected, moved(self.bounded, 0), likely, low, high)


def false_matches(
    rates: MatchRates,
    queries: Gallery,
    gallery: Gallery,
    ranking: Ranking,
    *,
    only: Modality | None = None,
) -> FalseMatches:
    """Say how many false matches each result of a search has to be expected to come with.

    That is the false-match rate at its similarity, times the number of images of its modality that
    the query was compared with: so many images of other people are as similar to it, on average
    over queries. What a search leaves out (``ignore``) is not counted.

    Args:
        rates: of the same network.
        queries: Q embedded images.
        gallery: G embedded images that were searched.
        ranking: what was found, [Q, K].
        only: the modality that was searched, where not all of it; a ranking that says how much was
            searched knows.

    Returns:
        Numbers [Q, K].

    Raises:
        DataError: the rates are of another network than the gallery.
    """
    check_rates(rates, gallery.network, gallery.made_by())
    side = gallery.embeddings.modality
    searched = ranking.searched
    if searched is None:
        every = [(side == one).sum() * (only in (None, one)) for one in Modality]
        searched = np.tile(np.array(every, dtype=np.int64), (len(ranking.order), 1))
    found = np.where(ranking.order < 0, -1, side[ranking.order])
    return expected_at(rates, queries.embeddings.modality, found, ranking.similarity, searched)


def expected_at(
    rates: MatchRates, query: ArrayLike, found: Int, similarity: ArrayLike, searched: ArrayLike
) -> FalseMatches:
    """Say how many false matches results of given similarities come with.

    Args:
        rates: of the network that made the embeddings.
        query: [Q] what each query shows: 0 visible, 1 infrared.
        found: [Q, K] what each result shows; -1 where there is none.
        similarity: [Q, K] dot products.
        searched: [Q, 2] visible and infrared images that each query was compared with.

    Returns:
        Numbers [Q, K].
    """
    expected, likely, low, high = (np.full(found.shape, np.nan) for _ in range(4))
    bounded = np.zeros(found.shape, dtype=np.bool_)
    size = np.take_along_axis(np.asarray(searched), np.maximum(found, 0), axis=1)
    near = np.asarray(similarity)
    for one in Modality:
        for other in Modality:
            pair = rates.of(one, other)
            rows = (np.asarray(query)[:, None] == one) & (found == other)
            if pair is None or not rows.any():
                continue
            rate, bounded[rows] = pair.false_match_rate(near[rows])
            place = pair.row(near[rows])
            curves = rate, pair.likely_rate(near[rows]), pair.fmr_low[place], pair.fmr_high[place]
            for numbers, curve in zip((expected, likely, low, high), curves, strict=True):
                numbers[rows] = curve * size[rows]
    return FalseMatches(expected, bounded, likely, low, high)
