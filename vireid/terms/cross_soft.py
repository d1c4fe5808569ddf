"""Contrast each embedding with what its nearest images in the other modality are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.terms.cluster_nce import ClusterNCE
from vireid.terms.cross import across, against_problems, crossing, matched_problems, translated
from vireid.terms.kept import Kept
from vireid.terms.moves import Move, turns_of
from vireid.terms.seen import Arrays, Batch
from vireid.terms.soft_nce import SoftNCE
from vireid.terms.term import Place
from vireid.types import Embeddings, Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class CrossSoft(SoftNCE):
    """SoftNCE of one modality's rows against the memories of a term on the other one (N-ULC).

    A row counts where its cluster has a partner, whose number is its label; its nearest images are
    those of the other modality. Where all of these are noise, it counts nothing. It moves the
    memory of its label, before the memory's own term does.
    """

    against: str = ""
    """The term whose memories these are, on the other modality's clusters."""
    matched: str = "matched"
    """The label space whose matching says which clusters are partners."""

    def spaces(self) -> tuple[str, ...]:
        """Return the label spaces that it looks at."""
        return self.labels, self.matched

    def others(self) -> tuple[str, ...]:
        """Return the name of the term whose memories it reads and moves."""
        return (self.against,)

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from matched_problems(self, self.matched, place)
        yield from against_problems(self, self.against, ClusterNCE, place)

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
