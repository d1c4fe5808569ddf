"""How images pass through a network to be embedded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from vireid.models.network import CrossModalNetwork

BATCH = 64
"""Images in one pass on a CPU."""
TRIED = 8
"""Images that a network with folded norms is tried on."""


class KeptMaps:
    """What the frozen base of a network makes of the same images, computed once.

    Args:
        limit: bytes to keep at most; batches beyond are computed anew every time.
    """

    def __init__(self, limit: int = 1 << 30) -> None:
        self.left = limit
        self._batches: dict[int, Tensor] = {}

    def get(self, start: int, compute: Callable[[], Tensor]) -> Tensor:
        """Return the maps of a batch.

        Args:
            start: the batch's first image.
            compute: makes the maps where they are not kept.

        Returns:
            [B, channels, h, w].
        """
        found = self._batches.get(start)
        if found is None:
            found = compute()
            size = found.numel() * found.element_size()
            if size <= self.left:
                self._batches[start] = found
                self.left -= size
        return found


class KeptFold:
    """A network with folded norms, folded once: for one that learns no more."""

    def __init__(self) -> None:
        self._found: tuple[CrossModalNetwork, CrossModalNetwork] | None = None

    def get(
        self, network: CrossModalNetwork, compute: Callable[[], CrossModalNetwork]
    ) -> CrossModalNetwork:
        """Return the folded network.

        Args:
            network: that is folded; its weights must be those of the first call.
            compute: folds it.

        Returns:
            What ``compute`` gave for this network first.
        """
        if self._found is None or self._found[0] is not network:
            self._found = network, compute()
        return self._found[1]


@dataclass(frozen=True)
class Passing:
    """How images pass through a network to be embedded."""

    batch: int = BATCH
    """Images in one pass."""
    precision: Literal["fp32", "tf32", "bf16"] = "fp32"
    """Of stems and trunk: fp32, in convolutions and products alike; tf32, on a GPU; bf16."""
    kept: KeptMaps | None = None
    """What the frozen base made of the same images in the same batches, to be used and filled;
    training that embeds its images every epoch saves most of the time with it."""
    resident: Tensor | None = None
    """[N, H, W, 3] the same pixels on the network's device, where they are there."""
    part: tuple[int, int] = (0, 1)
    """(i, n) embeds every n-th batch from the i-th on: one part for each of n processes."""
    fold: bool | KeptFold | None = None
    """Whether batch norms are folded into convolutions; tried on the first images if not given, and
    only once where it is kept."""
