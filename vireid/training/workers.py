"""Who passes images through the network: this process alone, or several together."""

from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from vireid.cluster import modal_neighbours
from vireid.labelling import NeighbourSearch
from vireid.models import CrossModalNetwork, Output
from vireid.models.extract import Passing, extract
from vireid.types import Embeddings, Int, Tell


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


@dataclass(frozen=True)
class Workers:
    """Who does the work that several processes can share."""

    forward: Forward | None = None
    """From a batch's normalised pixels and modalities to the output; the network where not given,
    in the recipe's parts and precision."""
    embed: Embed = extract
    """From network and images to embeddings."""
    search: NeighbourSearch = modal_neighbours
    """Finds neighbours for the labeller."""
    agree: Agree = alone
    """Lets all processes skip a step together."""
