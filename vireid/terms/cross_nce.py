"""Contrast each embedding with the memories of the other modality's clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vireid.terms.cluster_nce import ClusterNCE
from vireid.terms.cross import crossing
from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of
from vireid.terms.other_side import OtherSide
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Term
from vireid.types import Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class CrossNCE(OtherSide, ClusterNCE):
    """ClusterNCE of one modality's rows against the memories of a term on the other one (PGM).

    A row counts where its cluster has a partner, as whose sample it moves the memories too, before
    their own term does. Source: Wu and Ye, Unsupervised Visible-Infrared Person Re-Identification
    via Progressive Graph Matching and Alternate Learning, CVPR 2023.
    """

    memories: ClassVar[type[Term]] = ClusterNCE

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows whose cluster has a partner, and in which turn each moves its memory.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``crossing``, and those of ``turns_of`` for its rows of the batch.
        """
        found = crossing(self, labelling, batch)
        return found | turns_of(found["labels"], found["rows"])

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row against the other term's memories.

        Args:
            kept: ``memory`` of the other term.
            output: of the network for the batch.
            plan: ``rows`` and translated ``labels`` [R].

        Returns:
            [R], not negative.
        """
        return super().values(kept.others[self.against], output, plan)

    def moves(self, kept: Kept, plan: Mapping[str, Tensor]) -> Sequence[Move]:
        """Let the other term's memories follow the rows.

        Args:
            kept: ``memory`` of the other term.
            plan: ``clusters`` and ``turns``.

        Returns:
            One move.
        """
        return super().moves(kept.others[self.against], plan)
