"""The supervised upper bound: the same training with true identities in place of clusters."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from vireid.labelling import MultiMemoryMatching, NeighbourSearch
from vireid.types import NOISE, Embeddings, Known, Labelling, LabelSpace, PseudoLabels, Truth


@dataclass(frozen=True)
class TrueLabels:
    """A labeller that answers with true identities, whatever the embeddings.

    Nothing trained with it is unsupervised; it only tells what the same network, losses and
    budget could reach.
    """

    truth: Truth
    """Identities of the N training images."""
    offered: Mapping[str, LabelSpace] = field(default_factory=MultiMemoryMatching().spaces)
    """The label spaces of the labeller in whose place it stands."""

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for."""
        return self.offered

    def problems(self) -> Iterator[str]:
        """Yield nothing: there are no settings."""
        yield from ()

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Label the images by their identities.

        Args:
            embeddings: of the N training images; not looked at.
            known: their modalities.
            spaces: the label spaces wanted.
            generator: not used.
            search: not used.

        Returns:
            Identities 0..C-1 in each space, -1 outside its modality.
        """
        del embeddings, generator, search
        found: dict[str, PseudoLabels] = {}
        for name in spaces:
            side = self.offered[name].modality
            inside = slice(None) if side is None else known.modality == side
            labels = np.full(len(known), NOISE, dtype=np.int64)
            labels[inside] = np.unique(self.truth.identities[inside], return_inverse=True)[1]
            found[name] = PseudoLabels(labels, modality=side)
        return Labelling(found, matched=next((n for n in found if self.offered[n].matched), None))
