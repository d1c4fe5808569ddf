"""What goes from embeddings to pseudo-labels, and what it may be put together from."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vireid.types import (
    Embeddings,
    Float,
    Int,
    Known,
    Labelling,
    LabelSpace,
    Matching,
    Modality,
    PseudoLabels,
)

Neighbours = tuple[Int, Float]
"""Indices and similarities [N, k] of neighbours, nearest first."""


class NeighbourSearch(Protocol):
    """Finds neighbours; ``cluster.modal_neighbours`` is one."""

    def __call__(
        self,
        embeddings: NDArray[np.floating],
        modality: NDArray[np.integer],
        *,
        k: int | None,
        own_k: int | None,
        across: bool = False,
    ) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
        """Find neighbours among all rows, and among the rows of the same modality.

        Args:
            embeddings: [N, D] rows of unit length.
            modality: [N] 0 visible, 1 infrared.
            k: neighbours among all rows, the sample itself included; None: not wanted.
            own_k: neighbours among the rows of the same modality; None: not wanted.
            across: look for these among the rows of the other modality instead.

        Returns:
            Neighbours among all rows, None where not wanted; and those of the rows of each
            modality, as indices into the rows of the modality that they are looked for in.
        """
        ...


@runtime_checkable
class Labeller(Protocol):
    """From embeddings to label spaces. A recipe may name any class that is one.

    Its settings are the fields of a frozen dataclass.
    """

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for, by name."""
        ...

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be; asked before training begins."""
        ...

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Label the images.

        Args:
            embeddings: of N training images.
            known: what is known of the same images; no identities.
            spaces: the label spaces wanted, by name; a mapping also tells what is wanted of each:
                without ``confidence`` nobody looks at its trust.
            generator: source of all randomness.
            search: finds neighbours, in several processes each its share.

        Returns:
            Labels of all N images in each space that was asked for, or more.
        """
        ...


@runtime_checkable
class Refiner(Protocol):
    """From labels to better ones; applied to each clustering before the matching."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be; asked before training begins."""
        ...

    def refine(
        self,
        labels: PseudoLabels,
        embeddings: Embeddings,
        known: Known,
        *,
        generator: np.random.Generator,
    ) -> PseudoLabels:
        """Refine the labels of one label space.

        Args:
            labels: of N images, those outside the label space being noise.
            embeddings: of the same images.
            known: what is known of them.
            generator: source of all randomness.

        Returns:
            New labels of the same images, numbered without gaps.
        """
        ...


@runtime_checkable
class Matcher(Protocol):
    """From the clusters of both modalities to pairs."""

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be; asked before training begins."""
        ...

    def match(
        self,
        embeddings: Embeddings,
        visible: PseudoLabels,
        infrared: PseudoLabels,
        *,
        generator: np.random.Generator,
    ) -> Matching:
        """Match visible to infrared clusters.

        Args:
            embeddings: of N images.
            visible: clusters of the visible images, noise elsewhere.
            infrared: clusters of the infrared images, noise elsewhere.
            generator: source of all randomness.

        Returns:
            The partner of each visible cluster, and the way back.
        """
        ...
