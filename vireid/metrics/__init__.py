"""Numbers out: how well queries find their identities, and how far labels agree with them."""

from vireid.metrics.agreement import Agreement, adjusted_rand, pair_precision
from vireid.metrics.retrieval import Count, QueryScores, per_query_scores, retrieval_scores

__all__ = [
    "Agreement",
    "Count",
    "QueryScores",
    "adjusted_rand",
    "pair_precision",
    "per_query_scores",
    "retrieval_scores",
]
