"""Clusters are paired at the least cost of their centres, in rounds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vireid.errors import FROM_ONE, outside
from vireid.types import Embeddings, Matching, PseudoLabels


@dataclass(frozen=True)
class Rounds:
    """One to one, then again for the clusters left over, as in PGM, N-ULC and PCLHD.

    The clusters of the larger modality are matched in rounds, each over all clusters of the other
    one. The way back to them is that of the first round.

    Source: Wu and Ye, Unsupervised Visible-Infrared Person Re-Identification via Progressive Graph
    Matching, CVPR 2023.
    """

    rounds: int | None = None
    """Rounds at most (at least 1); clusters still left over then have no partner. As many as it
    takes where not given."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        if self.rounds is not None:
            yield from outside("labelling.matcher.", self, FROM_ONE, "rounds")

    def match(
        self,
        embeddings: Embeddings,
        visible: PseudoLabels,
        infrared: PseudoLabels,
        *,
        generator: np.random.Generator,
    ) -> Matching:
        """Match visible to infrared clusters over their centres.

        Args:
            embeddings: of N images.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            generator: not used.

        Returns:
            The partner of each visible cluster, and the way back.
        """
        from vireid.labelling.centre_costs import centre_costs
        from vireid.matching import match_clusters

        del generator
        cost = centre_costs(embeddings, visible, infrared)
        return match_clusters(cost, "progressive", rounds=self.rounds)
