"""Contrast with memories that begin near those of the other modality's matched clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vireid.errors import SHARE, outside
from vireid.terms.by_matching import ByMatching
from vireid.terms.cluster_nce import ClusterNCE, centre_rows
from vireid.terms.cross import across, partners
from vireid.terms.kept import Kept
from vireid.terms.term import Place
from vireid.types import NOISE, Embeddings, Labelling


@dataclass(frozen=True)
class JoinedNCE(ByMatching, ClusterNCE):
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

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, SHARE, "keep")

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
        import torch

        from vireid.cluster import joined_rows, normalise_rows

        del generator
        spaces = labelling.spaces[self.labels], across(labelling, self.labels)
        own, theirs = (normalise_rows(centre_rows(space, embeddings)) for space in spaces)
        found = partners(labelling, self.labels)
        paired = np.flatnonzero(found != NOISE)
        rows = own.copy()
        rows[paired] = normalise_rows(joined_rows(own, theirs, found, self.keep)[paired])
        return Kept({"memory": torch.from_numpy(rows)}, others)
