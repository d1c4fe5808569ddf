"""Numbers out: how well queries find their identities, and how far labels agree with them."""

from vireid.metrics.agreement import (
    Agreement,
    adjusted_rand,
    pair_precision,
    pair_recall,
    stability,
)
from vireid.metrics.margins import centre_margin, matching_margin
from vireid.metrics.retrieval import Count, QueryScores, per_query_scores, retrieval_scores

__all__ = [
    "Agreement",
    "Count",
    "QueryScores",
    "adjusted_rand",
    "centre_margin",
    "matching_margin",
    "pair_precision",
    "pair_recall",
    "per_query_scores",
    "retrieval_scores",
    "stability",
]
