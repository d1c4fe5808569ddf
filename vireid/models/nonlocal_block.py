"""The non-local block: every position of a feature map sees all the others."""

import torch
from torch import Tensor, nn


class NonLocalBlock(nn.Module):
    """Add to each position a sum over all positions, weighted by dot-product affinity.

    A fresh block is the identity, since its batch normalisation starts at scale 0. The affinity
    is divided by the number of positions and takes no softmax, so the product is formed from the
    right, in time linear in the positions. Source: Wang et al., Non-local Neural Networks,
    section 3.2 (dot product); inner width 1 as in the released AGW code.

    Args:
        channels: channels of the feature map.
        width: inner channels of the affinity and of the values, at least 1.
    """

    def __init__(self, channels: int, width: int = 1) -> None:
        super().__init__()
        self.theta = nn.Conv2d(channels, width, 1)
        self.phi = nn.Conv2d(channels, width, 1)
        self.value = nn.Conv2d(channels, width, 1)
        self.out = nn.Conv2d(width, channels, 1)
        self.norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps with the non-local term added.

        Args:
            maps: [B, C, height, width].

        Returns:
            [B, C, height, width].
        """
        theta = self.theta(maps).flatten(2)  # [B, inner, positions]
        phi = self.phi(maps).flatten(2)
        value = self.value(maps).flatten(2)
        mixing = value @ phi.transpose(1, 2) / phi.shape[2]  # [B, inner, inner]
        mixed = (mixing @ theta).unflatten(2, maps.shape[2:])
        mixed = mixed.contiguous(memory_format=torch.channels_last)
        term: Tensor = self.norm(self.out(mixed))
        return maps + term
