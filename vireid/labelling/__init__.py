"""Embeddings -> pseudo-labels."""

from vireid.labelling.spaces import (
    OWN,
    Labelling,
    NeighbourSearch,
    cluster_rows,
    confidence,
    label_spaces,
    match,
    matched_labels,
)

__all__ = [
    "OWN",
    "Labelling",
    "NeighbourSearch",
    "cluster_rows",
    "confidence",
    "label_spaces",
    "match",
    "matched_labels",
]
