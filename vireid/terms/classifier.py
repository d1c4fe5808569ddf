"""Tell the labels apart by a linear layer that is learned with the stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from vireid.terms.kept import Kept
from vireid.terms.term import Place, Term
from vireid.types import Embeddings, Labelling

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output

DEVIATION = 0.001
"""Standard deviation of a new layer's weights, as in the released code of MMM."""


@dataclass(frozen=True)
class Classifier(Term):
    """Cross-entropy of a linear layer without bias, for labels that stay: with relabel_every 0.

    Source: Luo et al., Bag of Tricks and A Strong Baseline for Deep Person Re-identification.
    """

    trained: ClassVar[tuple[str, ...]] = ("layer",)

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        if place.relabel_every:
            yield (
                "a classifier learns labels that stay, but relabel_every of the stage is "
                f"{place.relabel_every}; set it to 0"
            )

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Draw the weights of a new layer.

        Args:
            labelling: the new labels of the N training images.
            embeddings: of the same images.
            generator: source of the weights.
            others: what the terms keep that it names; none here.

        Returns:
            ``layer`` [C, D], which the optimiser moves.
        """
        import torch

        shape = labelling.spaces[self.labels].clusters, embeddings.vectors.shape[1]
        weights = generator.normal(0, DEVIATION, shape).astype(np.float32)
        return Kept({"layer": torch.from_numpy(weights)}, others)

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the cross-entropy of each row.

        Args:
            kept: ``layer``, which takes a gradient.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import classifier

        return classifier(output.neck[plan["rows"]], plan["labels"], kept["layer"])
