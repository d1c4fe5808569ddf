"""Embeddings -> pseudo-labels: labellers, and what they are put together from.

Names are resolved when they are first used: a recipe's settings are read without the core.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vireid.labelling.cameras import CameraUse
from vireid.labelling.clustering import ClusteringConfig, closed_up, cluster_rows
from vireid.labelling.labeller import Labeller, Matcher, NeighbourSearch, Refiner
from vireid.labelling.matchers import MATCHERS, Rounds, Transport, Votes
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.refiners import REFINERS, DensePrototypes
from vireid.labelling.tracks import TrackUse

if TYPE_CHECKING:
    from vireid.labelling.pairs import matched_labels
    from vireid.labelling.spaces import label_spaces
    from vireid.labelling.trust import confidence

_LATER = {
    "confidence": "vireid.labelling.trust",
    "label_spaces": "vireid.labelling.spaces",
    "matched_labels": "vireid.labelling.pairs",
}

__all__ = [
    "MATCHERS",
    "REFINERS",
    "CameraUse",
    "ClusteringConfig",
    "DensePrototypes",
    "Labeller",
    "Matcher",
    "MultiMemoryMatching",
    "NeighbourSearch",
    "Refiner",
    "Rounds",
    "TrackUse",
    "Transport",
    "Votes",
    "closed_up",
    "cluster_rows",
    "confidence",
    "label_spaces",
    "matched_labels",
]


if not TYPE_CHECKING:  # a type checker knows the names above

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module 'vireid.labelling' has no attribute {name!r}")
        return getattr(import_module(_LATER[name]), name)
