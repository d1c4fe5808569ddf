"""Every image goes to the cluster whose densest images it is most like."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vireid.errors import FROM_ONE, outside
from vireid.labelling.clustering import closed_up
from vireid.types import Embeddings, Known, PseudoLabels


@dataclass(frozen=True)
class DensePrototypes:
    """Labels by the nearest prototype, the mean of a cluster's densest images, as in RPNR.

    Source: Yin et al., Robust Pseudo-label Learning with Neighbor Relation, ACM MM 2024.
    """

    top: int = 20
    """Images that make a prototype (at least 1); RPNR has 20 on SYSU-MM01, 5 on RegDB."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        yield from outside("labelling.refiners.", self, FROM_ONE, "top")

    def refine(
        self,
        labels: PseudoLabels,
        embeddings: Embeddings,
        known: Known,
        *,
        generator: np.random.Generator,
    ) -> PseudoLabels:
        """Label each clustered image by the prototype that it is most like.

        Args:
            labels: of N images, those outside the label space being noise.
            embeddings: of the same images.
            known: not used.
            generator: not used.

        Returns:
            New labels; noise stays noise. A cluster that loses all its images is left out, and the
            others close up.
        """
        from vireid.cluster import dense_prototypes, nearest_prototypes

        del known, generator
        prototypes = dense_prototypes(embeddings.vectors, labels.labels, self.top)
        nearest = nearest_prototypes(embeddings.vectors, labels.labels, prototypes)
        return PseudoLabels(closed_up(nearest), modality=labels.modality)
