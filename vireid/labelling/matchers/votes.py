"""Clusters are paired by the votes of their images."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vireid.errors import SHARE, outside
from vireid.types import Embeddings, Matching, PseudoLabels


@dataclass(frozen=True)
class Votes:
    """One to one, greedily by falling numbers of similar pairs of images, as in ADCA.

    Source: Yang et al., Augmented Dual-Contrastive Aggregation Learning for Unsupervised
    Visible-Infrared Person Re-Identification, ACM MM 2022.
    """

    threshold: float = 0.5
    """Least cosine of a visible and an infrared image that vote for their clusters (0 to 1)."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        yield from outside("labelling.matcher.", self, SHARE, "threshold")

    def match(
        self,
        embeddings: Embeddings,
        visible: PseudoLabels,
        infrared: PseudoLabels,
        *,
        generator: np.random.Generator,
    ) -> Matching:
        """Match visible to infrared clusters by falling votes; a pair without votes is not made.

        Args:
            embeddings: of N images.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            generator: not used.

        Returns:
            The partner of each visible cluster, and the way back.
        """
        from vireid.matching import count_votes, match_by_votes

        del generator
        votes = count_votes(
            embeddings.vectors,
            visible.labels,
            infrared.labels,
            self.threshold,
            resident=embeddings.resident,
        )
        return match_by_votes(votes)
