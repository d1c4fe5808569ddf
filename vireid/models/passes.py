"""How a batch passes through stems and trunk: in parts, and in a precision."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from vireid.models.network import CrossModalNetwork, Output
from vireid.models.sending import sent
from vireid.types import Int


def dealt(modality: Tensor, count: int) -> list[Tensor]:
    """Deal the rows of a batch out to several hands, each modality evenly.

    Args:
        modality: [B] 0 visible, 1 infrared.
        count: hands.

    Returns:
        The rows of each hand, visible ones first.
    """
    order = torch.argsort(modality, stable=True)
    return [order[i::count] for i in range(count)]


class Pooling(nn.Module):
    """The part of a network that works on each image by itself, but for batch statistics.

    With several parts the activations of only one part are held at a time: the backward pass
    computes them again (gradient checkpointing), so that the loss may still compare all images
    of the batch with each other.

    Args:
        network: whose base, stems, trunk and pooling.
        parts: how many.
        precision: what the layers compute in, float32 sums apart; the weights' own where None.
    """

    def __init__(
        self, network: CrossModalNetwork, *, parts: int = 1, precision: torch.dtype | None = None
    ) -> None:
        super().__init__()
        self.network = network
        self.parts = parts
        self.precision = precision

    def forward(self, pixels: Tensor, modality: Tensor) -> Tensor:
        """Pool B images.

        Args:
            pixels: [B, 3, height, width] normalised.
            modality: [B] int64, 0 visible, 1 infrared.

        Returns:
            Pooled features [B, D] in the weights' own precision.
        """
        parts = min(self.parts, len(modality))
        if parts == 1 or not torch.is_grad_enabled():
            return self._pool(pixels, modality)
        modality = modality.cpu()
        hands = dealt(modality, parts)
        pooled = [
            checkpoint(
                self._pool,
                pixels[sent(rows, pixels.device)],
                modality[rows],
                use_reentrant=False,
                context_fn=self._contexts,
            )
            for rows in hands
        ]
        back = torch.argsort(torch.cat(hands))
        return torch.cat(pooled)[sent(back, pixels.device)]

    def _pool(self, pixels: Tensor, modality: Tensor) -> Tensor:
        with torch.autocast(pixels.device.type, self.precision, enabled=self.precision is not None):
            maps = self.network.frozen_maps(pixels.to(self.network.mean.dtype))
            pooled = self.network.pool(maps, modality)
        return pooled.to(self.network.mean.dtype)

    def _contexts(self) -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), kept_statistics(self.network)


@contextmanager
def kept_statistics(network: nn.Module) -> Iterator[None]:
    """Let batch norms leave their running statistics alone, still using those of the batch.

    Args:
        network: whose batch norms.

    Yields:
        Nothing.
    """
    norms: list[Any] = [m for m in network.modules() if hasattr(m, "num_batches_tracked")]
    momenta = [norm.momentum for norm in norms]
    counts = [norm.num_batches_tracked for norm in norms]
    for norm, count in zip(norms, counts, strict=True):
        norm.momentum = 0.0
        norm.num_batches_tracked = None if count is None else count.clone()
    try:
        yield
    finally:
        for norm, momentum, count in zip(norms, momenta, counts, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count


class Passes:
    """Embeds a batch like the network itself, in parts and in a precision.

    Args:
        network: gets gradients.
        pooling: how it is pooled; as the network itself does where not given.
    """

    def __init__(self, network: CrossModalNetwork, pooling: Pooling | None = None) -> None:
        self.network = network
        self.pooling = pooling or Pooling(network)

    def share(self, modality: Int) -> Int:
        """Return the rows of a batch that this process passes through: all.

        Args:
            modality: [B] 0 visible, 1 infrared.

        Returns:
            0..B-1.
        """
        return np.arange(len(modality))

    def __call__(self, pixels: Tensor, modality: Tensor) -> Output:
        """Embed a batch.

        Args:
            pixels: [B, 3, height, width] normalised.
            modality: [B] 0 visible, 1 infrared.

        Returns:
            Pooled features and unit embeddings [B, D], float32.
        """
        pooled = self.pooling(pixels, modality)
        return whole_output(self.network, pooled, modality)


def whole_output(network: CrossModalNetwork, pooled: Tensor, modality: Tensor) -> Output:
    """Turn the pooled features of a whole batch into what the losses take.

    Args:
        network: whose neck.
        pooled: [B, D] in the precision of the weights.
        modality: [B] 0 visible, 1 infrared.

    Returns:
        Pooled features and unit embeddings [B, D], float32.
    """
    return Output(*(rows.float() for rows in network.finish(pooled, modality)))
