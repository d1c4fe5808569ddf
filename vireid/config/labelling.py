"""Settings of clustering and matching."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from vireid.config.bounds import ABOVE_ZERO, FROM_ONE, INSIDE, outside


@dataclass(frozen=True)
class ClusteringConfig:
    """One clustering: k-reciprocal Jaccard distance and DBSCAN."""

    k1: int = 30
    """Neighbours that may be reciprocal, the image itself included (at least 1)."""
    k2: int = 6
    """Neighbours averaged in query expansion, the image itself included (at least 1)."""
    eps: float = 0.6
    """Largest Jaccard distance between neighbours of a cluster, in (0, 1)."""
    min_samples: int = 4
    """Neighbours, the image itself included, that make an image a core of a cluster."""


@dataclass(frozen=True)
class LabellingConfig:
    """How embeddings become pseudo-labels."""

    single: ClusteringConfig = field(default_factory=ClusteringConfig)
    """Clustering of each modality by itself."""
    mixed: ClusteringConfig = field(default_factory=lambda: ClusteringConfig(k1=40, k2=32))
    """Clustering of both modalities together, with modality-aware query expansion."""
    memories: int = 4
    """Memories (sub-cluster centres) for each cluster, n of the paper."""
    cost_over: Literal["both", "visible", "infrared"] = "both"
    """Memories that each look for their nearest in the cost of a pair: visible (the paper),
    infrared (the released code), or the mean of both costs."""
    matching: Literal["hungarian", "progressive", "nearest"] = "progressive"
    """hungarian: one to one; progressive: again for the leftovers; nearest: many to one."""
    max_cost: float | None = None
    """Leave a cluster unmatched whose partner costs more than this; never where not given."""
    reject: Literal["none", "mutual", "margin"] = "none"
    """Make no pair that is not each other's cheapest (mutual), or not clearly so (margin)."""
    confidence: Literal["label", "partner"] = "label"
    """Trust a matched label by the loss against its memories (label), or against those of the
    other modality alone, which alone can tell a wrong pair (partner)."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        for name in ("single", "mixed"):
            where, clustering = f"labelling.{name}.", getattr(self, name)
            yield from outside(where, clustering, FROM_ONE, "k1", "k2", "min_samples")
            yield from outside(where, clustering, INSIDE, "eps")
        yield from outside("labelling.", self, FROM_ONE, "memories")
        if self.max_cost is not None:
            yield from outside("labelling.", self, ABOVE_ZERO, "max_cost")
