"""Contrast each embedding with what its nearest images in the other modality are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vireid.terms.cluster_nce import ClusterNCE
from vireid.terms.cross import across, crossing, translated
from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of
from vireid.terms.other_side import OtherSide
from vireid.terms.seen import Arrays, Batch
from vireid.terms.soft_nce import SoftNCE
from vireid.terms.term import Term
from vireid.types import Embeddings, Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class CrossSoft(OtherSide, SoftNCE):
    """SoftNCE of one modality's rows against the memories of a term on the other one (N-ULC).

    A row counts where its cluster has a partner, whose number is its label; its nearest images are
    those of the other modality. Where all of these are noise, it counts nothing. It moves the
    memory of its label, before the memory's own term does.
    """

    memories: ClassVar[type[Term]] = ClusterNCE

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Share out the target of each image among the other modality's clusters.

        Args:
            labelling: the new labels of the N training images, a matching, and nearest images.
            embeddings: of the same images.
            generator: not used.
            others: the term whose memories it uses.

        Returns:
            The tensors of ``shared_out``.
        """
        del generator
        labels = translated(labelling, self.labels, np.arange(len(embeddings)))
        return Kept(self.shared_out(labelling, across(labelling, self.labels), labels), others)

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows whose cluster has a partner, and name the image that each shows.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``crossing``, those of ``turns_of`` for its rows of the batch, and
            ``images`` [R].
        """
        found = crossing(self, labelling, batch)
        turns = turns_of(found["labels"], found["rows"])
        return found | turns | {"images": batch.indices[found["rows"]]}

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row against the other term's memories, as far as it counts.

        Args:
            kept: ``clusters``, ``targets`` and ``trust``, and ``memory`` of the other term.
            output: of the network for the batch.
            plan: ``rows`` and ``images`` [R].

        Returns:
            [R], not negative.
        """
        memory = kept.others[self.against]["memory"]
        return super().values(Kept({**kept, "memory": memory}), output, plan)

    def moves(self, kept: Kept, plan: Mapping[str, Tensor]) -> Sequence[Move]:
        """Let the other term's memories follow the rows.

        Args:
            kept: ``memory`` of the other term.
            plan: ``clusters`` and ``turns``.

        Returns:
            One move.
        """
        return super().moves(kept.others[self.against], plan)
