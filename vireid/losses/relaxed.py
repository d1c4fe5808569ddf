"""Draw near neighbours of a batch together and push all others apart, by distance alone."""

import torch
from torch import Tensor

from vireid.losses.distances import squared_distances

EQUAL = 2e-6
"""Share of their squared lengths, about the mean of the batch, up to which the squared distance of
two rows is what rounding leaves of equal rows: at most 5e-7 was seen, at 2 to 2048 dimensions."""


def relaxed(features: Tensor) -> Tensor:
    """Return the relaxed contrast of each row with all others of the batch; no labels are needed.

    With the distance d of a pair, the same in units of the row's mean distance, s, and the weight
    w = exp(-d^2), which takes no gradient, the value of row i is the mean over all other rows of
    w s^2 + (1 - w) max(0, 1 - s)^2. The mean distance counts the row itself, at distance 0. The
    mean of the values is the loss of the released code. Source: Yin et al., Robust Pseudo-label
    Learning with Neighbor Relation (RPNR), neighbour relation learning.

    The weights depend on the scale: of rows of unit length w is at least exp(-4), so that near
    rows pull; of rows as long as a neck's outputs it is 0, and all that is left is the push.

    Args:
        features: [B, D] of any length.

    Returns:
        [B], not negative; 0 for a row that equals all others, or is alone.
    """
    count = len(features)
    if count < 2:
        return features.sum(1) * 0  # still differentiable
    squared = squared_distances(features)
    sizes = (features - features.mean(0)).detach().square().sum(1)
    apart = squared.detach() > EQUAL * (sizes[:, None] + sizes)
    apart.fill_diagonal_(fill_value=False)
    distance = torch.where(apart, torch.where(apart, squared, 1.0).sqrt(), 0.0)
    weight = (-distance.detach().square()).exp()
    mean = distance.mean(1, keepdim=True)
    scaled = distance / torch.where(mean > 0, mean, 1.0)
    pull, push = scaled.square(), (1 - scaled).clamp(min=0).square()
    pairs = weight * pull + (1 - weight) * push
    return pairs.sum(1) / (count - 1)
