"""Contrast each embedding with the memories of all clusters that its nearest images belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.errors import FROM_ONE, FROM_ZERO, SHARE, outside
from vireid.terms.cluster_nce import ClusterNCE
from vireid.terms.cross import side_problems
from vireid.terms.kept import Kept
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place
from vireid.types import NOISE, Embeddings, Int, Labelling, PseudoLabels

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class SoftNCE(ClusterNCE):
    """ClusterNCE whose targets are shared out among the clusters of the nearest images (N-ULC).

    A sample counts as far as its nearest images bear out its label, and its value holds that
    already, so that little trust in all silences the term. Source: Teng et al., Relieving Universal
    Label Noise for Unsupervised Visible-Infrared Person Re-Identification by Inferring from
    Neighbors.
    """

    k: int = 30
    """Nearest images that say what an image may be, itself included within its modality (at
    least 1)."""
    share: float = 0.7
    """What the label of the image keeps of its target, in [0, 1]; its nearest images share out the
    rest."""
    sharpness: float = 10.0
    """How soon a sample counts less where its nearest images are of other clusters (at least 0):
    exp(-sharpness (1 - p)^2) with the share p of its label among them."""

    @property
    def needs_neighbours(self) -> int:
        """How many nearest images of each modality ``begin`` needs, in ``labelling.nearest``."""
        return self.k

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, FROM_ONE, "k")
        yield from outside("", self, SHARE, "share")
        yield from outside("", self, FROM_ZERO, "sharpness")
        if self.focal:
            yield f"focal is {self.focal:g}, which applies to targets of one cluster alone"
        yield from side_problems(self, place)

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Put each memory at its cluster's centre, and share out the target of each image.

        Args:
            labelling: the new labels of the N training images, with their nearest images.
            embeddings: of the same images.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``memory`` [C, D] as of ``ClusterNCE``, and the tensors of ``shared_out``.
        """
        kept = super().begin(labelling, embeddings, generator, others)
        space = labelling.spaces[self.labels]
        return Kept({**kept, **self.shared_out(labelling, space, space.labels)}, others)

    def shared_out(
        self, labelling: Labelling, space: PseudoLabels, labels: Int
    ) -> dict[str, Tensor]:
        """Share out the target of each image among the clusters of its nearest images.

        Args:
            labelling: of N images, with their nearest images.
            space: the clusters of those nearest images, all of one modality.
            labels: [N] the label of each image among these clusters, -1 for none.

        Returns:
            ``clusters`` [N, k + 1] int64 and ``targets`` [N, k + 1] float32 as of
            ``cluster.soft_targets``, and ``trust`` [N] float32 as of ``cluster.neighbour_trust``.
        """
        import torch

        from vireid.cluster import neighbour_shares, neighbour_trust, soft_targets

        assert labelling.nearest is not None
        assert space.modality is not None
        near = space.labels[labelling.nearest[space.modality][:, : self.k]]
        shares = neighbour_shares(near, np.bincount(space.labels[space.labels != NOISE]))
        clusters, targets = soft_targets(near, shares, labels, self.share)
        trust = neighbour_trust(near, shares, labels, self.sharpness)
        arrays = {"clusters": clusters, "targets": targets, "trust": trust}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows that are no noise, and name the image that each shows.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``ClusterNCE.plan``, and ``images`` [R].
        """
        found = super().plan(labelling, batch)
        return found | {"images": batch.indices[found["rows"]]}

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row, as far as it counts.

        Args:
            kept: ``memory``, ``clusters``, ``targets`` and ``trust``.
            output: of the network for the batch.
            plan: ``rows`` and ``images`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import soft_nce

        images = plan["images"]
        queries, clusters = output.embedding[plan["rows"]], kept["clusters"][images]
        targets, memory = kept["targets"][images], kept["memory"]
        return kept["trust"][images] * soft_nce(
            queries, clusters, targets, memory, self.temperature
        )
