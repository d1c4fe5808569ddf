"""A refiner: the images at the edge of each cluster are left out as noise."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster import cluster_members
from vireid.errors import BELOW_ONE, outside
from vireid.types import NOISE, PseudoLabels


@dataclass(frozen=True)
class DenseCores:
    """Keep the images of a cluster that are most like the others of it."""

    share: float = 0.1
    """Share of each cluster that is left out, in [0, 1)."""

    def problems(self):
        """Yield what is wrong with the settings."""
        yield from outside("labelling.refiners.", self, BELOW_ONE, "share")

    def refine(self, labels, embeddings, known, *, generator):
        """Return new labels; every cluster keeps an image, so that no number is missing."""
        found = labels.labels.copy()
        for group in cluster_members(labels.labels):
            rows = embeddings.vectors[group]
            density = rows @ rows.mean(axis=0)
            edge = np.argsort(density, kind="stable")[: int(self.share * len(group))]
            found[group[edge]] = NOISE
        return PseudoLabels(found, modality=labels.modality)
