"""Draw each feature to the centre of its label within its own modality."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from vireid.terms.kept import Kept
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place, Term
from vireid.types import NOISE, Embeddings, Labelling, Modality, PseudoLabels

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class Intra(Term):
    """Intra-modality alignment: the distance to the label's confidence-weighted centre (MMM)."""

    norm: Literal["squared_l2", "l1"] = "squared_l2"
    """Distance to the centre: squared Euclidean (the paper) or absolute (the released code), each
    the mean over the features."""
    features: Literal["pooled", "embedding"] = "pooled"
    """What is compared: features before the neck (the paper) or embeddings."""

    follows: ClassVar[bool] = True

    @property
    def needs_pooled(self) -> bool:
        """Whether it needs features before the neck of all training images."""
        return self.features == "pooled"

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        alike = [
            t for t in place.terms.values() if isinstance(t, Intra) and t.labels == self.labels
        ]
        if self is alike[0] and len({term.features for term in alike}) > 1:
            yield (
                f"features are pooled and embedding in the intra terms on {self.labels}; choose one"
            )

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Compute the centres.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images, with features where these are compared.
            generator: not used.
            others: what the terms keep that it names; none here.

        Returns:
            ``centres`` [2, C, D] of each label in each modality, zero where it has no image there.
        """
        del generator
        return Kept({"centres": self._centres(labelling.spaces[self.labels], embeddings)}, others)

    def renew(self, kept: Kept, labelling: Labelling, embeddings: Embeddings) -> Kept:
        """Compute the centres anew, of features as they are now.

        Args:
            kept: the old ones.
            labelling: the labels in use.
            embeddings: of the N training images, with features where these are compared.

        Returns:
            ``centres`` [2, C, D].
        """
        space = labelling.spaces[self.labels]
        return Kept({"centres": self._centres(space, embeddings)}, kept.others)

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows that are no noise, and the centre of each.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``Term.plan``, and ``centre`` [R], the row of its modality's centre.
        """
        found = super().plan(labelling, batch)
        clusters = labelling.spaces[self.labels].clusters
        return found | {"centre": found["labels"] + found["modality"] * clusters}

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the distance of each row to its centre.

        Args:
            kept: ``centres``.
            output: of the network for the batch.
            plan: ``rows`` and ``centre`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import intra

        compared = getattr(output, self.features)[plan["rows"]]
        return intra(compared, plan["centre"], kept["centres"].flatten(0, 1), self.norm)

    def _centres(self, space: PseudoLabels, embeddings: Embeddings) -> Tensor:
        """Return the confidence-weighted centres [2, C, D] of what is compared."""
        import torch

        from vireid.cluster import centres

        rows = embeddings.features if self.features == "pooled" else embeddings.vectors
        assert rows is not None
        result = np.zeros((2, space.clusters, rows.shape[1]), dtype=np.float32)
        for modality in Modality:
            inside = (space.labels != NOISE) & (embeddings.modality == modality)
            present, labels = np.unique(space.labels[inside], return_inverse=True)
            if len(present):
                weights = np.maximum(np.asarray(space.confidence)[inside], 1e-6)
                result[modality, present] = centres(rows[inside], labels, weights=weights)
        return torch.from_numpy(result)
