"""Contrast each embedding with images drawn from each cluster, the hardest of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.errors import ABOVE_ZERO, FROM_ONE, outside
from vireid.terms.kept import Kept
from vireid.terms.term import Place, Term
from vireid.types import Embeddings, Int, Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class DynamicPrototypes(Term):
    """Contrast with embeddings of the teacher that are drawn anew at each labelling.

    Of the drawn images of its own cluster the least similar one counts for an image, of those of
    every other cluster the most similar one. They stay as they are until the next labelling. The
    term pulls at the network, as in the paper. In the released code it is computed on embeddings
    of the teacher and reaches no parameter: with ``weight: 0`` it is told in the log and pulls at
    nothing, but of the network's embeddings.

    Source: Shi et al., Learning Commonality, Divergence and Variety for Unsupervised
    Visible-Infrared Person Re-identification (PCLHD), NeurIPS 2024, dynamic prototypes.
    """

    temperature: float = 0.05
    """Divides the similarities to the drawn embeddings (more than 0)."""
    draws: int = 16
    """Images drawn from each cluster, with replacement (at least 1)."""

    @property
    def needs_teacher(self) -> bool:
        """Whether it needs the teacher's embeddings of all training images."""
        return True

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, ABOVE_ZERO, "temperature")
        yield from outside("", self, FROM_ONE, "draws")

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Draw embeddings from each cluster.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images, the teacher's where there is one.
            generator: draws.
            others: what the terms keep that it names; none here.

        Returns:
            ``bank`` [K, C, D] of unit length.
        """
        import torch

        source = embeddings.vectors if embeddings.teacher is None else embeddings.teacher
        chosen = drawn(labelling.spaces[self.labels].labels, self.draws, generator)
        return Kept({"bank": torch.from_numpy(source[chosen])}, others)

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row.

        Args:
            kept: ``bank``.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import prototype_nce

        queries = output.embedding[plan["rows"]]
        return prototype_nce(queries, plan["labels"], kept["bank"], self.temperature)


def drawn(labels: Int, draws: int, generator: np.random.Generator) -> Int:
    """Draw images of each cluster, with replacement.

    Args:
        labels: [N] clusters 0..C-1, -1 for noise.
        draws: K, of each cluster.
        generator: draws.

    Returns:
        [K, C] indices of images.

    >>> drawn(np.array([1, -1, 0]), 2, np.random.default_rng(0)).tolist()
    [[2, 0], [2, 0]]
    """
    from vireid.cluster import cluster_members

    columns = [generator.choice(members, draws) for members in cluster_members(labels)]
    return np.stack(columns, axis=1)
