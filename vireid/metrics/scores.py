"""Scores of single queries, and their means."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vireid.errors import ConfigError, DataError
from vireid.types import Int

Double = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class QueryScores:
    """The scores of each of Q queries; NaN for a query without a true match."""

    average_precision: Double
    """[Q] mean over the true matches of (rank among the true matches / rank), in (0, 1]."""
    inverse_negative_penalty: Double
    """[Q] number of true matches / rank of the last one, in (0, 1]."""
    first_match: Double
    """[Q] rank of the first true match, from 1, in identities or images as asked for."""
    matches: Int
    """[Q] true matches in the query's gallery."""

    def __len__(self) -> int:
        return len(self.first_match)

    def __repr__(self) -> str:
        valid = int(np.count_nonzero(self.matches))
        return f"QueryScores({len(self):,} queries, {valid:,} with a true match)"


@dataclass(frozen=True, repr=False)
class RetrievalScores:
    """How well Q queries find their identities in a gallery."""

    cmc: Double
    """[R] CMC curve: share of the valid queries right within rank 1..R, in [0, 1]."""
    mAP: float  # noqa: N815 - the field's name
    """Mean average precision in [0, 1]."""
    mINP: float  # noqa: N815
    """Mean inverse negative penalty in [0, 1]."""
    valid_queries: int
    """Queries with at least one true match in the gallery."""
    queries: QueryScores
    """What the means are taken of, Q values each."""

    def __repr__(self) -> str:
        scores = {"Rank-1": self.cmc[0], "mAP": self.mAP, "mINP": self.mINP}
        shown = ", ".join(f"{name} {100 * value:.1f}" for name, value in scores.items())
        queries = f"{self.valid_queries:,} of {len(self.queries):,} queries"
        return f"RetrievalScores({shown} in %, {queries})"


def joined_scores(parts: Sequence[QueryScores]) -> QueryScores:
    """Put the scores of several groups of queries one behind the other.

    Args:
        parts: at least one.

    Returns:
        The scores of all.
    """
    names = [field.name for field in fields(QueryScores)]
    return QueryScores(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def mean_scores(queries: QueryScores, max_rank: int = 20) -> RetrievalScores:
    """Average over the queries that have a true match.

    Args:
        queries: scores of Q queries.
        max_rank: R, the length of the CMC curve; a gallery with fewer ranks repeats the last
            value.

    Returns:
        The CMC curve [R], mAP, mINP, the number of queries that count, and what was given.

    Raises:
        DataError: no query has a true match.
        ConfigError: max_rank is below 1.

    >>> values = np.array([2.0, np.nan])
    >>> mean_scores(QueryScores(values / 4, values / 4, values, [1, 0]), max_rank=3).cmc.tolist()
    [0.0, 1.0, 1.0]
    """
    if max_rank < 1:
        raise ConfigError(f"max_rank is {max_rank}; expected at least 1")
    valid = ~np.isnan(queries.first_match)
    if not valid.any():
        raise DataError(
            f"none of the {len(valid)} queries has an image of its identity in its gallery; "
            "check the identities and the split"
        )
    ranks = np.arange(1, max_rank + 1)
    return RetrievalScores(
        cmc=np.mean(queries.first_match[valid, None] <= ranks, axis=0),
        mAP=float(queries.average_precision[valid].mean()),
        mINP=float(queries.inverse_negative_penalty[valid].mean()),
        valid_queries=int(valid.sum()),
        queries=queries,
    )
