"""Losses: differentiable and stateless, one value for each sample; weighting happens elsewhere."""

from vireid.losses.classifier import classifier
from vireid.losses.cluster_nce import cluster_nce
from vireid.losses.hybrid_nce import hybrid_nce
from vireid.losses.inter import grouped_inter, identity_groups, inter, mmd, paired
from vireid.losses.intra import intra
from vireid.losses.prototype_nce import prototype_nce
from vireid.losses.proxy_nce import proxy_nce
from vireid.losses.relaxed import relaxed
from vireid.losses.slack import beyond_slack
from vireid.losses.soft_nce import soft_nce
from vireid.losses.triplet import triplet

__all__ = [
    "beyond_slack",
    "classifier",
    "cluster_nce",
    "grouped_inter",
    "hybrid_nce",
    "identity_groups",
    "inter",
    "intra",
    "mmd",
    "paired",
    "prototype_nce",
    "proxy_nce",
    "relaxed",
    "soft_nce",
    "triplet",
]
