"""The network of one modality, from bytes to unit vectors: what is written as a graph."""

import sys

from torch import Tensor, float32, nn
from torch.nn import functional

from vireid.models import CrossModalNetwork
from vireid.types import Modality


class Side(nn.Module):
    """Embed images of one modality, with scaling and normalising inside.

    Args:
        network: of both modalities, in evaluation mode.
        modality: which of them.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, network: CrossModalNetwork, modality: Modality) -> None:
        super().__init__()
        visible = modality == Modality.VISIBLE
        stem = network.visible_stem if visible else network.infrared_stem
        self.maps = nn.Sequential(network.base, stem, network.trunk, network.pooling)
        self.neck = network.neck
        self.register_buffer("mean", network.mean[:, None, None])
        self.register_buffer("std", network.std[:, None, None])
        # How many rows are visible: all of them, however many there are, or none.
        self._visible = sys.maxsize if visible else 0

    def forward(self, images: Tensor) -> Tensor:
        """Embed images.

        Args:
            images: [B, height, width, 3] uint8, red, green and blue.

        Returns:
            [B, D] of unit length.
        """
        pixels = images.permute(0, 3, 1, 2).to(float32) / 255
        pooled = self.maps((pixels - self.mean) / self.std)
        return functional.normalize(self.neck(pooled, self._visible))
