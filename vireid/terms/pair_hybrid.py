"""Contrast with hybrid memories that begin between the centres of matched clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vireid.terms.by_matching import ByMatching
from vireid.terms.cluster_nce import centre_rows
from vireid.terms.cross import across, partners
from vireid.terms.hybrid_nce import HybridNCE
from vireid.terms.kept import Kept
from vireid.types import Embeddings, Labelling


@dataclass(frozen=True)
class PairHybrid(ByMatching, HybridNCE):
    """HybridNCE whose memories begin at the mean of a cluster's centre and its partner's (RPNR).

    This term's rows are those of its own modality, infrared in RPNR; a ``cross_hybrid`` against it
    brings those of the other one, in turns. Source: Yin et al., Robust Pseudo-label Learning with
    Neighbor Relation for Unsupervised Visible-Infrared Person Re-Identification.
    """

    matched: str = "matched"
    """The label space whose matching says which clusters are partners."""

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put both memories of a cluster between its centre and that of its partner.

        Args:
            labelling: the new labels of the N training images, with a matching.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``mean`` and ``hard`` [C, D] of unit length, equal.
        """
        import torch

        from vireid.cluster import joined_rows, normalise_rows

        del generator
        spaces = labelling.spaces[self.labels], across(labelling, self.labels)
        own, theirs = (centre_rows(space, embeddings) for space in spaces)
        pairs = joined_rows(own, theirs, partners(labelling, self.labels), 0.5)
        rows = torch.from_numpy(normalise_rows(pairs))
        return Kept({"mean": rows, "hard": rows.clone()}, others)
