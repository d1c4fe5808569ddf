"""From the label spaces of two modalities to one, and how far to trust each label."""

from vireid.matching.assignment import match_clusters
from vireid.matching.confidence import label_confidence, low_loss_posterior, scale_losses
from vireid.matching.cost import memory_cost
from vireid.matching.rejection import allowed_pairs
from vireid.matching.submemory import sub_memories

__all__ = [
    "allowed_pairs",
    "label_confidence",
    "low_loss_posterior",
    "match_clusters",
    "memory_cost",
    "scale_losses",
    "sub_memories",
]
