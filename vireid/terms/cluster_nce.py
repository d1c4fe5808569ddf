"""Contrast each embedding with the memories of all clusters of its label space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vireid.errors import FROM_ZERO, outside
from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of
from vireid.terms.on_memories import OnMemories
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place
from vireid.types import Embeddings, Float, Labelling, PseudoLabels

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class ClusterNCE(OnMemories):
    """ClusterNCE against one memory for each cluster, which follows the embeddings.

    Source: Dai et al., Cluster Contrast for Unsupervised Person Re-Identification, equations 1, 2.
    """

    memory_update: Literal["every", "hardest"] = "every"
    """Move a memory by every sample of its cluster, one after the other, or by the hardest."""
    focal: float = 0.0
    """Exponent of the factor 1 - p that a sample with the probability p of its cluster gets (at
    least 0): samples that are told apart already count less. 0.5 in the paper of PGM."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, FROM_ZERO, "focal")

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put each memory at its cluster's centre.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``memory`` [C, D] of unit length: the direction of the mean of both modalities' means.
        """
        del generator
        return Kept({"memory": memory_rows(labelling.spaces[self.labels], embeddings)}, others)

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row.

        Args:
            kept: ``memory``.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import cluster_nce

        queries = output.embedding[plan["rows"]]
        return cluster_nce(queries, plan["labels"], kept["memory"], self.temperature, self.focal)

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows that are no noise, and in which turn each moves its memory.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``Term.plan``, and those of ``turns_of`` for its rows of the batch.
        """
        found = super().plan(labelling, batch)
        return found | turns_of(found["labels"], found["rows"])

    def moves(self, kept: Kept, plan: Mapping[str, Tensor]) -> Sequence[Move]:
        """Let the memories of the clusters in the batch follow its embeddings.

        Args:
            kept: ``memory``.
            plan: ``clusters`` and ``turns``.

        Returns:
            One move.
        """
        hardest = self.memory_update == "hardest"
        where = plan["clusters"], plan["turns"]
        return (Move(kept, "memory", *where, momentum=self.momentum, hardest=hardest),)


def memory_rows(space: PseudoLabels, embeddings: Embeddings) -> Tensor:
    """Return the memory of each cluster as a labelling leaves it.

    Args:
        space: labels of N images, of C clusters.
        embeddings: of the same images.

    Returns:
        [C, D] float32 of unit length: the direction of the mean of both modalities' means.
    """
    import torch

    from vireid.cluster import normalise_rows

    return torch.from_numpy(normalise_rows(centre_rows(space, embeddings)))


def centre_rows(space: PseudoLabels, embeddings: Embeddings) -> Float:
    """Return the centre of each cluster.

    Args:
        space: labels of N images, of C clusters.
        embeddings: of the same images.

    Returns:
        [C, D] float32, at most of unit length: the mean of both modalities' means.
    """
    from vireid.cluster import centres

    return centres(
        embeddings.vectors,
        space.labels,
        modality=embeddings.modality,
        resident=embeddings.resident,
    )
