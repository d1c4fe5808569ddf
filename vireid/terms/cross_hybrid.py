"""Contrast each embedding with the mean and the hard memories of the other modality's clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vireid.terms.cross import crossing
from vireid.terms.hybrid_nce import HybridNCE
from vireid.terms.kept import Kept
from vireid.terms.other_side import OtherSide
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Term
from vireid.types import Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class CrossHybrid(OtherSide, HybridNCE):
    """HybridNCE of one modality's rows against the memories of a term on the other one (PCLHD).

    A row counts where its cluster has a partner, as whose sample it moves the memories too, before
    their own term does. Against a ``pair_hybrid`` it brings the rows of the modality that this is
    not on (RPNR).
    """

    memories: ClassVar[type[Term]] = HybridNCE

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows whose cluster has a partner, and which memories they move.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``crossing``, and those of ``arranged``.
        """
        return self.arranged(crossing(self, labelling, batch))

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row against the other term's memories.

        Args:
            kept: ``mean`` and ``hard`` of the other term.
            output: of the network for the batch.
            plan: as of ``HybridNCE``, with translated ``labels`` [R].

        Returns:
            [R]; a row may be below 0, the mean may not.
        """
        return super().values(kept.others[self.against], output, plan)

    def update(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> None:
        """Let the other term's memories follow the rows.

        Args:
            kept: ``mean`` and ``hard`` of the other term, which are replaced.
            output: of the step, detached.
            plan: as of ``HybridNCE``.
        """
        super().update(kept.others[self.against], output, plan)
