"""Clusters are masses that are moved to each other at the least cost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vireid.errors import ABOVE_ZERO, outside
from vireid.types import Embeddings, Matching, PseudoLabels


@dataclass(frozen=True)
class Transport:
    """Entropic optimal transport (Sinkhorn) between the centres of clusters, as in RPNR.

    Both ways are many-to-one, and need not agree.

    Source: Yin et al., Robust Pseudo-label Learning with Neighbor Relation, ACM MM 2024.
    """

    regularisation: float = 5.0
    """Weight of the entropy (more than 0); the more, the more even the plan."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        yield from outside("labelling.matcher.", self, ABOVE_ZERO, "regularisation")

    def match(
        self,
        embeddings: Embeddings,
        visible: PseudoLabels,
        infrared: PseudoLabels,
        *,
        generator: np.random.Generator,
    ) -> Matching:
        """Match each cluster to that of the other modality which gets most of its mass.

        Args:
            embeddings: of N images.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            generator: not used.

        Returns:
            The partner of each visible cluster, and the way back.
        """
        from vireid.labelling.centre_costs import centre_costs
        from vireid.matching import match_by_transport

        del generator
        cost = centre_costs(embeddings, visible, infrared)
        return match_by_transport(cost, self.regularisation)
