"""One clustering: its settings, and neighbours -> labels."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from vireid.errors import FROM_ONE, INSIDE, outside
from vireid.labelling.labeller import Neighbours
from vireid.types import NOISE, Float, Int

SINGLE, MIXED = (30, 6), (40, 32)
"""k1 and k2 for one modality and for both, as the literature has them for SYSU-MM01."""

BALANCED = "balanced"
"""Half of the neighbours of each modality."""
CAMERAS = "cameras"
"""No more neighbours of a camera than its even share."""
NeighbourRule = Literal["nearest", "balanced", "cameras"]


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
    """Neighbours, the image itself included, that make an image a core of a cluster (at least
    1)."""
    neighbours: NeighbourRule = "nearest"
    """How neighbours are chosen: nearest takes the k1 most similar images; balanced k1/2 visible
    and k1/2 infrared ones and averages k2 of each (in mixed alone, k1 at least 2); cameras at most
    an even share of the k1 of each camera, the most similar of 3 k1 images (nearest where no image
    says its camera)."""

    def problems(self, where: str) -> list[str]:
        """List a message for each value that cannot be.

        Args:
            where: what the settings belong to, for the messages.

        Returns:
            The messages.
        """
        found = [
            *outside(where, self, FROM_ONE, "k1", "k2", "min_samples"),
            *outside(where, self, INSIDE, "eps"),
        ]
        if self.neighbours not in get_args(NeighbourRule):
            known = ", ".join(get_args(NeighbourRule))
            found.append(f"{where}neighbours is {self.neighbours}; expected one of {known}")
        if self.neighbours == BALANCED and self.k1 == 1:
            found.append(f"{where}k1 is 1; expected at least 2 of balanced neighbours")
        return found


def cluster_rows(
    vectors: Float, config: ClusteringConfig, near: Neighbours, modality: Int | None = None
) -> Int:
    """Cluster rows by their neighbours: k-reciprocal Jaccard distance and DBSCAN.

    Args:
        vectors: [N, D] rows of unit length.
        config: neighbours and DBSCAN.
        near: at least k1 neighbours of each row, as ``cluster.nearest_neighbours`` returns them;
            balanced ones as ``cluster.balanced_neighbours`` does.
        modality: [N] 0 visible, 1 infrared, for modality-aware query expansion; balanced
            neighbours need it.

    Returns:
        [N] cluster labels, -1 for noise.
    """
    from vireid.cluster import dbscan, jaccard_distance

    distance = jaccard_distance(
        vectors,
        k1=config.k1,
        k2=config.k2,
        modality=modality,
        balanced=config.neighbours == BALANCED,
        max_distance=config.eps,
        neighbours=near,
    )
    return dbscan(distance, eps=config.eps, min_samples=config.min_samples)


def with_nearest(config: ClusteringConfig) -> ClusteringConfig:
    """Return the settings for images whose cameras nobody knows.

    Args:
        config: settings of a clustering.

    Returns:
        The same with the nearest neighbours where those of the cameras are asked for.
    """
    return replace(config, neighbours="nearest") if config.neighbours == CAMERAS else config


def closed_up(labels: Int) -> Int:
    """Number clusters anew where some have lost all their images.

    Args:
        labels: [N] cluster numbers in any order, -1 for noise.

    Returns:
        [N] 0..C-1 in the order of the old numbers, -1 for noise.

    >>> closed_up(np.array([4, -1, 2, 4])).tolist()
    [1, -1, 0, 1]
    """
    return np.searchsorted(np.setdiff1d(labels, NOISE), labels) - (labels == NOISE)
