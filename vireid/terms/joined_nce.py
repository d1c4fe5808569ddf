"""Contrast with memories that begin near those of the other modality's matched clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.errors import SHARE, outside
from vireid.terms.cluster_nce import ClusterNCE, memory_rows
from vireid.terms.cross import across, matching_problems, partners
from vireid.terms.kept import Kept
from vireid.terms.term import Place
from vireid.types import NOISE, Embeddings, Int, Labelling

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class JoinedNCE(ClusterNCE):
    """ClusterNCE whose memories begin between the centres of matched clusters (ADCA).

    The rows of the other modality are its clusters' centres, not another term's memories, so that
    the terms of both modalities can be joined at once, as in the paper; the released code joins the
    visible ones alone. Source: Yang et al., Augmented Dual-Contrastive Aggregation Learning for
    Unsupervised Visible-Infrared Person Re-Identification, MM 2022.
    """

    keep: float = 0.1
    """Share of its own centre that a memory begins with, the rest being its partner's, in [0, 1].
    1 joins nothing."""
    matched: str = "matched"
    """The label space whose matching says which clusters are partners."""

    def spaces(self) -> tuple[str, ...]:
        """Return the label spaces that it looks at."""
        return self.labels, self.matched

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside(f"stage {place.stage}: {self.loss} ", self, SHARE, "keep")
        yield from matching_problems(self, self.matched, place)

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put each memory between its cluster's centre and that of the cluster's partner.

        Args:
            labelling: the new labels of the N training images, with a matching.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``memory`` [C, D] of unit length.
        """
        from torch.nn import functional

        kept = super().begin(labelling, embeddings, generator, others)
        found = partners(labelling, self.labels)
        theirs = memory_rows(across(labelling, self.labels), embeddings)
        rows = joined_rows(kept["memory"], theirs, found, self.keep)
        paired = np.flatnonzero(found != NOISE)
        kept["memory"][paired] = functional.normalize(rows[paired])
        return kept


def joined_rows(rows: Tensor, others: Tensor, partner: Int, keep: float) -> Tensor:
    """Return memories of one modality drawn to those of the other.

    Args:
        rows: [C, D] memories of unit length; not modified.
        others: [C', D] those of the other modality.
        partner: [C] which of these each is drawn to, -1 for none.
        keep: share of its own row that a memory keeps, in [0, 1].

    Returns:
        [C, D], shorter than 1 where rows were joined: the released code of ADCA uses them so.
    """
    found, paired = rows.clone(), np.flatnonzero(partner != NOISE)
    found[paired] = keep * rows[paired] + (1 - keep) * others[partner[paired]]
    return found
