"""Numbers out: how well queries find their identities, and how far labels agree with them."""

from vireid.metrics.agreement import (
    Agreement,
    adjusted_rand,
    pair_precision,
    pair_recall,
    stability,
)
from vireid.metrics.error_rates import error_rates
from vireid.metrics.judged import GroupedShare, grouped_share, people_of
from vireid.metrics.margins import centre_margin, matching_margin
from vireid.metrics.overlap import neighbour_overlap
from vireid.metrics.proportion import (
    effective_size,
    exact_interval,
    few_groups,
    product_end,
    wilson_interval,
)
from vireid.metrics.reliability import Reliability, reliability
from vireid.metrics.retrieval import Count, per_query_scores, retrieval_scores
from vireid.metrics.scale import SCALE, clarity_word
from vireid.metrics.scores import QueryScores, RetrievalScores, joined_scores, mean_scores
from vireid.metrics.spread import Spread, runs_needed, spread
from vireid.metrics.verdicts import Seen

__all__ = [
    "SCALE",
    "Agreement",
    "Count",
    "GroupedShare",
    "QueryScores",
    "Reliability",
    "RetrievalScores",
    "Seen",
    "Spread",
    "adjusted_rand",
    "centre_margin",
    "clarity_word",
    "effective_size",
    "error_rates",
    "exact_interval",
    "few_groups",
    "grouped_share",
    "joined_scores",
    "matching_margin",
    "mean_scores",
    "neighbour_overlap",
    "pair_precision",
    "pair_recall",
    "people_of",
    "per_query_scores",
    "product_end",
    "reliability",
    "retrieval_scores",
    "runs_needed",
    "spread",
    "stability",
    "wilson_interval",
]
