"""From the label spaces of two modalities to one, and how far to trust each label."""

from vireid.matching.apart import pairs_apart
from vireid.matching.assignment import match_clusters
from vireid.matching.centre_cost import centre_cost
from vireid.matching.confidence import label_confidence, low_loss_posterior, scale_losses
from vireid.matching.cost import memory_cost
from vireid.matching.greedy import greedy_pairs, match_by_votes
from vireid.matching.prices import pair_prices
from vireid.matching.rejection import allowed_pairs
from vireid.matching.submemory import sub_memories
from vireid.matching.transport import match_by_transport, transport_plan
from vireid.matching.votes import ClusterVotes, count_votes

__all__ = [
    "ClusterVotes",
    "allowed_pairs",
    "centre_cost",
    "count_votes",
    "greedy_pairs",
    "label_confidence",
    "low_loss_posterior",
    "match_by_transport",
    "match_by_votes",
    "match_clusters",
    "memory_cost",
    "pair_prices",
    "pairs_apart",
    "scale_losses",
    "sub_memories",
    "transport_plan",
]
