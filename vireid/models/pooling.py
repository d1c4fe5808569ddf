"""Generalised-mean pooling over the whole feature map or over horizontal stripes."""

import torch
from torch import Tensor, nn


def stripe_bounds(height: int, stripes: int) -> list[tuple[int, int]]:
    """Return the rows of each stripe; they overlap where the height is no multiple of the stripes.

    Args:
        height: rows of the feature map, at least 1.
        stripes: number of stripes, at least 1.

    Returns:
        For each stripe its first row and the row after its last.

    >>> stripe_bounds(6, 4)
    [(0, 2), (1, 3), (3, 5), (4, 6)]
    """
    return [(i * height // stripes, -(-(i + 1) * height // stripes)) for i in range(stripes)]


class GeneralisedMean(nn.Module):
    """Pool each channel to ``(mean(x^p) + 1e-12)^(1/p)``, which lies between mean and maximum.

    Negative inputs, which a trunk that ends in a linear bottleneck has, count as 0: their powers
    are not defined for every p. Source: Radenovic et al., Fine-tuning CNN Image Retrieval with
    No Human Annotation, equation 3.

    Args:
        power: p, above 0; 1 is the mean, large values approach the maximum.
        stripes: 1 pools globally; more pool that many horizontal stripes and concatenate them,
            top first.
        trainable: whether p is learned.
    """

    def __init__(self, power: float = 3.0, stripes: int = 1, trainable: bool = False) -> None:
        super().__init__()
        self.stripes = stripes
        self.power: Tensor | float = nn.Parameter(torch.tensor(power)) if trainable else power

    def forward(self, maps: Tensor) -> Tensor:
        """Pool feature maps.

        Args:
            maps: [B, C, height, width].

        Returns:
            [B, stripes * C], not negative; float32 for maps in half precision, whose cubes are
            often too small for it.
        """
        if maps.dtype in {torch.float16, torch.bfloat16}:
            maps = maps.float()
        powers = maps.clamp(min=0).pow(self.power)
        if self.stripes == 1:
            means = powers.mean((2, 3))
        else:
            rows = powers.mean(3)
            # A number, also where a graph is traced, whose division rounds towards zero.
            bounds = stripe_bounds(int(maps.shape[2]), self.stripes)
            means = torch.cat([rows[:, :, a:b].mean(2) for a, b in bounds], 1)
        return (means + 1e-12).pow(1 / self.power)
