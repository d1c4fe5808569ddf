"""Queries whose score rests on the order in which equally similar gallery images are listed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.errors import number_of
from vireid.types import Bool

EXACT = 1e-12
"""Similarities up to this far apart are equal: double precision tells no more."""
EQUAL = float(np.finfo(np.float32).eps)
"""Such a difference means nothing: float32 rows are no closer to unit length."""
CHANCE = 0.5
"""Share of the gallery, tied with the best match, from which on a score says nothing."""


@dataclass(frozen=True)
class Ties:
    """What is equally similar to the queries that count, over all draws."""

    queries: int = 0
    """Queries that count, each draw's."""
    tied: int = 0
    """Those with images of other people that are exactly as similar as their best match."""
    share: float = 0.0
    """Mean share of other people's gallery images that are as similar as float32 can tell."""

    @property
    def says_nothing(self) -> bool:
        """Whether ranks are those of the order in which the gallery is listed, or of rounding."""
        return self.share >= CHANCE

    def trouble(self) -> str | None:
        """Return what makes the score another thing than it seems.

        Returns:
            A clause; None where it is none of the two.
        """
        if self.says_nothing:
            return (
                f"is at chance level: the embeddings are nearly all equal; {self.share:.0%} of "
                "other people's gallery images are as similar to a query as its best match, and "
                "the score is that of the order in which the gallery is listed"
            )
        if self.tied:
            of = number_of(self.queries, "query", "queries")
            return (
                "rests on the order of the gallery where images are equally similar: to "
                f"{self.tied} of {of} another person is exactly as similar as the best match"
            )
        return None


def ties_of(block: NDArray[np.float64], same: Bool) -> Ties:
    """Count the ties of some queries.

    Args:
        block: [B, G] similarities; minus infinity for what a query ignores.
        same: [B, G] whether the two are of one identity.

    Returns:
        The counts; nothing where no query has a match.

    >>> ties_of(np.array([[0.5, 0.5, 0.1]]), np.array([[True, False, False]]))
    Ties(queries=1, tied=1, share=0.5)
    """
    best = np.where(same, block, -np.inf).max(axis=1)
    valid = np.isfinite(best)
    distance = np.abs(block[valid] - best[valid, None])
    distance[same[valid]] = np.inf
    others = np.isfinite(distance).sum(axis=1)
    shares = (distance <= EQUAL).sum(axis=1) / np.maximum(others, 1)
    tied = (distance <= EXACT).any(axis=1)
    count = len(shares)
    return Ties(count, int(tied.sum()), float(shares.mean()) if count else 0.0)


def all_ties(parts: list[Ties]) -> Ties:
    """Add up the ties of blocks and draws.

    Args:
        parts: of each.

    Returns:
        Of all.
    """
    queries = sum(part.queries for part in parts)
    share = sum(part.share * part.queries for part in parts) / max(queries, 1)
    return Ties(queries, sum(part.tied for part in parts), share)
