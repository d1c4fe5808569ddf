"""Who passes images through the network: this process alone, or several together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from vireid.cluster import Neighbours, Search, modal_neighbours
from vireid.labelling import NeighbourSearch
from vireid.models import CrossModalNetwork, Output
from vireid.models.extract import extract
from vireid.models.passing import Passing
from vireid.types import Embeddings, Int, Modality, Tell

Value = TypeVar("Value")


class Forward(Protocol):
    """From a batch to the network's output."""

    def share(self, modality: Int) -> Int:
        """Return the rows of a batch that this process passes through the network.

        Args:
            modality: [B] 0 visible, 1 infrared.

        Returns:
            [b] rows, all of them where there is one process.
        """
        ...

    def __call__(self, pixels: Tensor, modality: Tensor) -> Output:
        """Pass a batch through the network.

        Args:
            pixels: [b, 3, height, width] normalised, of this process's rows.
            modality: [B] 0 visible, 1 infrared, of all rows; on the CPU, so that nobody waits for
                a GPU to know which rows go where.

        Returns:
            The network's output for all B rows.
        """
        ...


class Agree(Protocol):
    """Lets all processes do the same."""

    def __call__(self, flag: Tensor) -> Tensor:
        """Return the largest flag of all processes.

        Args:
            flag: a scalar on the training device; may be changed.

        Returns:
            A scalar there.
        """
        ...


def alone(flag: Tensor) -> Tensor:
    """Agree with nobody: an ``Agree`` of a single process.

    Args:
        flag: a scalar.

    Returns:
        The flag itself.
    """
    return flag


class Embed(Protocol):
    """From network and images to embeddings; ``models.extract.extract`` is one."""

    def __call__(
        self,
        network: CrossModalNetwork,
        pixels: Any,
        modality: Int,
        *,
        with_features: bool = False,
        how: Passing | None = None,
        progress: Tell | None = None,
    ) -> Embeddings:
        """Embed N images.

        Args:
            network: in evaluation mode meanwhile.
            pixels: [N, H, W, 3] uint8, or an array-like that gives such blocks for a slice.
            modality: [N] 0 visible, 1 infrared.
            with_features: also keep the features before the neck.
            how: batch, precision, and what the frozen base made of the same images.
            progress: told of the images done.

        Returns:
            Embeddings [N, D].
        """
        ...


class SearchRows(Protocol):
    """Finds neighbours where and how it is told; ``cluster.modal_neighbours`` is one."""

    def __call__(
        self,
        embeddings: NDArray[np.floating],
        modality: NDArray[np.integer],
        *,
        k: int | None,
        own_k: int | None,
        across: bool = False,
        search: Search | None = None,
    ) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
        """Find neighbours among all rows, and among the rows of the same modality.

        Args:
            embeddings: [N, D] rows of unit length.
            modality: [N] 0 visible, 1 infrared.
            k: neighbours among all rows, the sample itself included; None: not wanted.
            own_k: neighbours among the rows of the same modality; None: not wanted.
            across: look for these among the rows of the other modality instead.
            search: the device, and what lies there.

        Returns:
            Neighbours among all rows, None where not wanted; and those of the rows of each
            modality, as indices into the rows of the modality that they are looked for in.
        """
        ...


class Once(Protocol):
    """Lets one process do what all need the outcome of."""

    def __call__(
        self, act: Callable[[NeighbourSearch], Value], search: NeighbourSearch, known: Embeddings
    ) -> Value:
        """Do it, and return what came of it on every process.

        Args:
            act: what is done; is given a search in which all processes take part.
            search: finds neighbours, each process its share.
            known: embeddings that all processes have already.

        Returns:
            What the act returned.

        Raises:
            VireidError: the act raised one, which every process then raises.
        """
        ...


def by_itself(
    act: Callable[[NeighbourSearch], Value],
    search: NeighbourSearch,
    known: Embeddings,  # noqa: ARG001 - a Once
) -> Value:
    """Do something: a ``Once`` of a single process.

    Args:
        act: what is done.
        search: finds neighbours.
        known: not used.

    Returns:
        What the act returned.
    """
    return act(search)


@dataclass(frozen=True)
class Workers:
    """Who does the work that several processes can share."""

    forward: Forward | None = None
    """From a batch's normalised pixels and modalities to the output; the network where not given,
    in the recipe's parts and precision."""
    embed: Embed = extract
    """From network and images to embeddings."""
    search: SearchRows = modal_neighbours
    """Finds neighbours for the labeller, on the training device."""
    agree: Agree = alone
    """Lets all processes skip a step together."""
    once: Once = by_itself
    """Lets one process label and begin the terms, for all of them."""
