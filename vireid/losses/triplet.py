"""Hold the hardest positive closer than the hardest negative."""

import torch
from torch import Tensor

from vireid.losses.distances import squared_distances


def triplet(features: Tensor, labels: Tensor, margin: float = 0.3) -> Tensor:
    """Return the batch-hard triplet loss of each anchor.

    Source: Hermans et al., In Defense of the Triplet Loss for Person Re-Identification,
    equation 5.

    Args:
        features: [B, D] pooled features, not normalised.
        labels: [B] int64 labels; noise (-1) must be left out before.
        margin: how much closer the positive shall be, in the units of the features.

    Returns:
        [B], not negative; 0 for an anchor without another sample of its label or without a
        sample of another label in the batch.
    """
    if len(labels) == 0:
        return features.sum(1)  # no rows, and still differentiable
    same = labels[:, None] == labels[None]
    # those below 1e-6 count as 1e-6 and take no gradient
    distances = squared_distances(features).clamp(min=1e-12).sqrt()
    positive = distances.masked_fill(~same, -torch.inf).amax(1)
    negative = distances.masked_fill(same, torch.inf).amin(1)
    complete = (same.sum(1) > 1) & ~same.all(1)
    return torch.where(complete, (positive - negative + margin).clamp(min=0), 0.0)
