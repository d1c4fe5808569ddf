"""The supervised upper bound: the same training with true identities in place of clusters."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import ConfigError, DataError
from vireid.labelling import Labeller, MultiMemoryMatching, NeighbourSearch
from vireid.types import (
    NOISE,
    Embeddings,
    Known,
    Labelling,
    LabelSpace,
    Matching,
    Modality,
    PseudoLabels,
    Truth,
)


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
            Identities 0..C-1 in each space, -1 outside its modality; where matched labels are
            wanted, clusters of both modalities are paired by their identity.
        """
        del embeddings, generator, search
        found: dict[str, PseudoLabels] = {}
        for name in spaces:
            side = self.offered[name].modality
            inside = slice(None) if side is None else known.modality == side
            labels = np.full(len(known), NOISE, dtype=np.int64)
            labels[inside] = np.unique(self.truth.identities[inside], return_inverse=True)[1]
            found[name] = PseudoLabels(labels, modality=side)
        matched = next((name for name in found if self.offered[name].matched), None)
        matching = None if matched is None else self._pairs(known)
        return Labelling(found, matching, matched=matched)

    def _pairs(self, known: Known) -> Matching:
        """Pair the people seen by both modalities; pairs cost nothing, others have no cost."""
        visible, infrared = (
            np.unique(self.truth.identities[known.modality == side]) for side in Modality
        )
        place = np.searchsorted(infrared, visible).clip(max=len(infrared) - 1)
        partner = np.where(infrared[place] == visible, place, NOISE)
        return Matching(partner, len(infrared), np.where(partner == NOISE, np.nan, 0.0))


@dataclass(frozen=True)
class Identities:
    """Stands in a recipe for the true identities of whatever data it is trained on.

    A study trains such a row with ``TrueLabels``, so that the supervised bound is a row like any
    other, and its recipe tells it apart from all unsupervised ones.
    """

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for: those of multi-memory matching."""
        return MultiMemoryMatching().spaces()

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
        """Refuse: identities are known to a study alone.

        Args:
            embeddings: not looked at.
            known: not looked at.
            spaces: not looked at.
            generator: not used.
            search: not used.

        Raises:
            ConfigError: always.
        """
        del embeddings, known, spaces, generator, search
        raise ConfigError(
            "the recipe takes true identities for labels; train it by `vireid upper-bound` or "
            "`vireid compare --bound`"
        )


def true_labels(data: DataFolder, recipe: Recipe) -> Labeller:
    """Make what labels the training images with their identities: a ``MakeLabeller``.

    Args:
        data: what is trained on.
        recipe: whose label spaces are offered.

    Returns:
        The labeller.

    Raises:
        DataError: the training images have no identities.
    """
    return TrueLabels(training_truth(data), recipe.labelling.spaces())


def training_truth(data: DataFolder) -> Truth:
    """Return the identities of the training images, which have to be known.

    Args:
        data: what is trained on.

    Returns:
        The identities.

    Raises:
        DataError: there are none.
    """
    if data.train_truth is None:
        raise DataError(f"{data.name} has no training identities; the upper bound needs them")
    return data.train_truth
