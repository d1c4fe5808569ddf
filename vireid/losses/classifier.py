"""Tell the labels apart by a linear layer."""

from torch import Tensor
from torch.nn import functional


def classifier(features: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Return the cross-entropy of a linear classifier without bias.

    Source: Luo et al., Bag of Tricks and A Strong Baseline for Deep Person Re-identification
    (identity loss after the neck); the identity loss of MMM's released code.

    Args:
        features: [B, D] after the neck, not normalised.
        labels: [B] int64 labels 0..C-1; noise (-1) must be left out before.
        weights: [C, D] of the layer, one row for each label; takes a gradient.

    Returns:
        [B], not negative.

    Raises:
        IndexError: a label lies outside 0..C-1.

    >>> import torch
    >>> classifier(torch.zeros(1, 3), torch.tensor([1]), torch.ones(2, 3)).exp().round(decimals=3)
    tensor([2.])
    """
    return functional.cross_entropy(features @ weights.T, labels, reduction="none")
