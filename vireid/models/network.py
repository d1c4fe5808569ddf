"""The network: two stems, one shared trunk, pooling and neck."""

from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from vireid.models.initial import InitialWeights
from vireid.models.neck import Neck
from vireid.models.pooling import GeneralisedMean
from vireid.models.sending import sent
from vireid.types import Modality

CPU_ROWS = 24
"""Rows that pass the frozen base at once on a CPU: larger blocks leave the cache and make the
allocator fetch fresh pages, which took 2 to 3 times longer."""


class Output(NamedTuple):
    """What the network makes of B images."""

    pooled: Tensor
    """[B, D] features before the neck, for triplet and alignment terms."""
    embedding: Tensor
    """[B, D] features after the neck, of unit length, for clustering, memories and retrieval."""
    neck: Tensor
    """[B, D] the same before they are brought to unit length, for a classifier."""


class CrossModalNetwork(nn.Module):
    """Embed visible and infrared images in one space.

    Pixels pass through ``base`` (frozen, one copy for both modalities since frozen copies stay
    equal), the stem of their modality, the shared ``trunk``, pooling and neck. The base stays in
    evaluation mode and keeps no graph, so the backward pass ends above it.

    Args:
        base: the frozen lowest layers; may be empty.
        stem: the layers that each modality gets its own copy of; may be empty.
        trunk: the layers that both share.
        pooling: feature maps to [B, D].
        neck: pooled feature to normalised feature.
        mean: per-channel mean of the pixels that the weights expect, for pixels in [0, 1].
        std: per-channel standard deviation of the same.
    """

    mean: Tensor
    std: Tensor
    initial: InitialWeights
    """What its weights were before any training."""

    def __init__(
        self,
        base: nn.Module,
        stem: nn.Module,
        trunk: nn.Module,
        pooling: GeneralisedMean,
        neck: Neck,
        mean: Sequence[float],
        std: Sequence[float],
    ) -> None:
        super().__init__()
        self.initial = InitialWeights()
        self.base = base.requires_grad_(False).eval()
        self.visible_stem = stem
        self.infrared_stem = deepcopy(stem)
        self.trunk = trunk
        self.pooling = pooling
        self.neck = neck
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32))
        self.to(memory_format=torch.channels_last)

    @property
    def embedding_size(self) -> int:
        """D, the size of the embedding."""
        return len(self.neck.weight)

    @property
    def is_frozen_below(self) -> bool:
        """Whether the lowest layers are frozen, so that what they make of an image stays."""
        return any(True for _ in self.base.parameters())

    def train(self, mode: bool = True) -> "CrossModalNetwork":
        """Switch between training and evaluation; the base always stays in evaluation mode.

        Args:
            mode: whether to train.

        Returns:
            The network itself.
        """
        super().train(mode)
        self.base.eval()
        return self

    def normalise(self, pixels: Tensor) -> Tensor:
        """Return pixels on the scale that the weights expect.

        Args:
            pixels: [B, 3, height, width], uint8 in 0..255 or floating point in [0, 1].

        Returns:
            [B, 3, height, width] floating point, ``(pixels - mean) / std`` per channel, laid out
            channels last.
        """
        if pixels.dtype == torch.uint8:
            pixels = pixels.to(self.mean.dtype) / 255
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        return (pixels - self.mean[:, None, None]) / self.std[:, None, None]

    def forward(self, pixels: Tensor, modality: Tensor) -> Output:
        """Embed B images of either modality, in any order.

        Args:
            pixels: [B, 3, height, width] normalised floating point (see ``normalise``).
            modality: [B] int64, 0 visible, 1 infrared; best on the CPU, since a GPU would be
                waited for.

        Returns:
            Pooled features, unit embeddings and features after the neck [B, D], rows in
            the order of the pixels.
        """
        return self.forward_maps(self.frozen_maps(pixels), modality)

    def frozen_maps(self, pixels: Tensor) -> Tensor:
        """Pass B images through the frozen base, which training never changes.

        Args:
            pixels: [B, 3, height, width] normalised floating point.

        Returns:
            [B, channels, h, w] without a gradient, laid out channels last; the pixels themselves
            where nothing is frozen.
        """
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        rows = CPU_ROWS if pixels.device.type == "cpu" else max(1, len(pixels))
        blocks = pixels.split(rows)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            return torch.cat([self.base(block) for block in blocks])

    def forward_maps(self, maps: Tensor, modality: Tensor) -> Output:
        """Embed what the frozen base made of B images.

        Args:
            maps: [B, channels, h, w] of ``frozen_maps``.
            modality: [B] int64, 0 visible, 1 infrared.

        Returns:
            Pooled features, unit embeddings and features after the neck [B, D], rows in
            the order of the maps.
        """
        return self.finish(self.pool(maps, modality), modality)

    def pool(self, maps: Tensor, modality: Tensor) -> Tensor:
        """Pass maps through stems, trunk and pooling.

        Args:
            maps: [B, channels, h, w] of ``frozen_maps``.
            modality: [B] int64, 0 visible, 1 infrared.

        Returns:
            Pooled features [B, D].
        """
        order, visible = _visible_first(modality)
        maps = _ordered(maps, order)
        sides = ((self.visible_stem, maps[:visible]), (self.infrared_stem, maps[visible:]))
        parts = [stem(side) for stem, side in sides if len(side)]
        pooled: Tensor = self.pooling(self.trunk(parts[0] if len(parts) == 1 else torch.cat(parts)))
        return _restored(pooled, order)

    def finish(self, pooled: Tensor, modality: Tensor) -> Output:
        """Turn pooled features into embeddings; the neck sees them all at once.

        Args:
            pooled: [B, D].
            modality: [B] int64, 0 visible, 1 infrared.

        Returns:
            Pooled features, unit embeddings and features after the neck [B, D].
        """
        order, visible = _visible_first(modality)
        rows = _restored(self.neck(_ordered(pooled, order), visible), order)
        return Output(pooled, functional.normalize(rows), rows)


def _visible_first(modality: Tensor) -> tuple[Tensor | None, int]:
    """Return an order that brings visible rows to the front, None where they are, and their count.

    The order within a modality stays. Decided on the host: a GPU is waited for only where the
    modalities lie on one.
    """
    modality = modality.cpu()
    visible = int((modality == Modality.VISIBLE).sum())
    mixed = bool((modality[:visible] != Modality.VISIBLE).any())
    return torch.argsort(modality, stable=True) if mixed else None, visible


def _ordered(rows: Tensor, order: Tensor | None) -> Tensor:
    """Return rows in an order of the host; as they are where there is none."""
    return rows if order is None else rows[sent(order, rows.device)]


def _restored(rows: Tensor, order: Tensor | None) -> Tensor:
    """Return ordered rows as they were."""
    return rows if order is None else rows[sent(torch.argsort(order), rows.device)]
