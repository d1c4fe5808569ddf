"""A matcher: visible and infrared clusters as masses, moved to each other at the least cost."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster import centres, normalise_rows
from vireid.errors import ABOVE_ZERO, outside
from vireid.types import Matching


@dataclass(frozen=True)
class Transport:
    """Entropic optimal transport (Sinkhorn) between the centres of clusters, as in RPNR.

    Source: Yin et al., Robust Pseudo-label Learning with Neighbor Relation, ACM MM 2024.
    """

    regularisation: float = 5.0
    """Weight of the entropy; the more, the more even the plan."""
    rounds: int = 100
    """How often rows and columns are scaled."""

    def problems(self):
        """Yield what is wrong with the settings."""
        yield from outside("labelling.matcher.", self, ABOVE_ZERO, "regularisation", "rounds")

    def match(self, embeddings, visible, infrared, *, generator):
        """Return for each cluster that of the other modality which gets most of its mass."""
        sides = [
            normalise_rows(centres(embeddings.vectors, side.labels)) for side in (visible, infrared)
        ]
        cost = 1 / np.exp(sides[0] @ sides[1].T)
        plan = self.plan(cost)
        partner = plan.argmax(axis=1)
        price = cost[np.arange(len(cost)), partner]
        return Matching(partner, cost.shape[1], price, to_visible=plan.argmax(axis=0))

    def plan(self, cost):
        """Return how much mass [Cv, Cr] goes where; each row and each column has an equal share."""
        kernel = np.exp(-cost.astype(np.float64) / self.regularisation)
        rows, columns = kernel.shape
        right = np.ones(columns)
        for _ in range(self.rounds):
            left = 1 / rows / (kernel @ right)
            right = 1 / columns / (kernel.T @ left)
        return left[:, None] * kernel * right
