"""Contrast each embedding with the memories of all clusters."""

import torch
from torch import Tensor
from torch.nn import functional


def cluster_nce(
    embeddings: Tensor,
    labels: Tensor,
    memories: Tensor,
    temperature: float = 0.05,
    focal: float = 0.0,
) -> Tensor:
    """Return the cross-entropy of each embedding's cluster among all clusters.

    With the probability p of its cluster that is -log p, or -(1 - p)^focal log p, in which samples
    that are told apart already count less. Source: Dai et al., Cluster Contrast for Unsupervised
    Person Re-Identification, equation 1; Wu and Ye, Unsupervised Visible-Infrared Person
    Re-Identification via Progressive Graph Matching (the focal form).

    Args:
        embeddings: [B, D] of unit length.
        labels: [B] int64 clusters 0..C-1; noise (-1) must be left out before.
        memories: [C, D] of unit length, one row for each cluster; takes no gradient.
        temperature: divides the dot products, above 0.
        focal: exponent of 1 - p, at least 0; the factor takes a gradient too.

    Returns:
        [B], not negative.

    Raises:
        IndexError: a label lies outside 0..C-1.

    >>> import torch
    >>> memories = torch.eye(2)
    >>> right, wrong = cluster_nce(memories, torch.tensor([0, 0]), memories, temperature=1.0)
    >>> round(right.item(), 3), round(wrong.item(), 3)
    (0.313, 1.313)
    """
    logits = embeddings @ memories.detach().T / temperature
    values = functional.cross_entropy(logits, labels, reduction="none")
    return _focal(values, focal) if focal else values


def _focal(values: Tensor, power: float) -> Tensor:
    """Return values -log p times (1 - p)^power; 0 without a gradient where p rounds to 1."""
    rest = -(-values).expm1()
    unsure = rest > 0
    return torch.where(unsure, values * torch.where(unsure, rest, 1.0) ** power, 0.0)
