"""Contrast each embedding with the means and with the hardest samples of all clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.errors import FROM_ZERO, outside
from vireid.terms.cluster_nce import memory_rows
from vireid.terms.kept import Kept
from vireid.terms.on_memories import OnMemories
from vireid.terms.parts import parts_of
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place
from vireid.types import Embeddings, Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class HybridNCE(OnMemories):
    """ClusterNCE against two memories for each cluster: its mean and its hardest sample.

    With ``each_modality``, the slack applies to the mean of each modality, and the visible rows
    move the memories before the infrared ones do, as where one memory is called twice.

    Source: Shi et al., Learning Commonality, Divergence and Variety for Unsupervised
    Visible-Infrared Person Re-identification (PCLHD), NeurIPS 2024, hybrid memory.
    """

    slack: float = 0.2
    """Mean loss against the means up to which these do not pull (at least 0); 0 leaves it out."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, FROM_ZERO, "slack")

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put both memories of a cluster at its centre.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``mean`` and ``hard`` [C, D] of unit length, equal.
        """
        del generator
        rows = memory_rows(labelling.spaces[self.labels], embeddings)
        return Kept({"mean": rows, "hard": rows.clone()}, others)

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows that are no noise, and which memories they move.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``Term.plan`` and of ``arranged``.
        """
        return self.arranged(super().plan(labelling, batch))

    def arranged(self, found: Arrays) -> Arrays:
        """Add to chosen rows what ``values`` and ``update`` look at.

        Args:
            found: ``rows`` and ``labels`` [R], of whatever label space the memories are over;
                ``modality`` and ``weights`` [R] where the term parts or weighs them.

        Returns:
            The same arrays and those of ``parts_of``; the same alone where there are no rows.
        """
        if not len(found["rows"]):
            return found
        return found | parts_of(found, each_modality=self.each_modality)

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row.

        Args:
            kept: ``mean`` and ``hard``.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R], and ``shares`` [P, R].

        Returns:
            [R]; a row may be below 0, the mean may not.
        """
        from vireid.losses import hybrid_nce

        rows = kept["mean"], kept["hard"]
        queries = output.embedding[plan["rows"]]
        return hybrid_nce(
            queries, plan["labels"], rows, plan["shares"], self.temperature, self.slack
        )

    def update(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> None:
        """Move both memories of each cluster in the batch, once for each part of it.

        Args:
            kept: ``mean`` and ``hard``, which are replaced.
            output: of the step, detached.
            plan: ``clusters`` [M] and ``turns`` [P, T, M].
        """
        from vireid.terms.hybrid_rows import moved_hybrid

        rows = kept["mean"], kept["hard"]
        for turns in plan["turns"]:
            rows = moved_hybrid(rows, output.embedding, plan["clusters"], turns, self.momentum)
        kept["mean"], kept["hard"] = rows
