"""Contrast each embedding with the least like row of its cluster and the most like of others."""

import torch
from torch import Tensor
from torch.nn import functional


def prototype_nce(
    embeddings: Tensor, labels: Tensor, bank: Tensor, temperature: float = 0.05
) -> Tensor:
    """Return the cross-entropy of each embedding's cluster, each scored by one of its K rows.

    The own cluster is scored by the row least similar to the embedding, every other one by the
    most similar. Source: Shi et al., Learning Commonality, Divergence and Variety for Unsupervised
    Visible-Infrared Person Re-identification, NeurIPS 2024, dynamic prototypes.

    Args:
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters 0..C-1; noise (-1) must be left out before.
        bank: [K, C, D] of unit length, K rows for each cluster; takes no gradient.
        temperature: divides the dot products, above 0.

    Returns:
        [R], not negative.

    >>> bank, label = torch.eye(2).expand(2, 2, 2), torch.tensor([0])
    >>> alike = prototype_nce(bank[0, :1], label, bank, temperature=1.0)
    >>> turned = prototype_nce(bank[0, :1], label, torch.stack([bank[0], bank[0].flip(0)]), 1.0)
    >>> round(alike.item(), 3), round(turned.item(), 3)
    (0.313, 1.313)
    """
    draws, clusters = bank.shape[:2]
    scores = embeddings @ bank.detach().flatten(0, 1).T / temperature
    scores = scores.view(len(scores), draws, clusters)
    own = torch.arange(clusters, device=labels.device) == labels[:, None]
    logits = torch.where(own, scores.amin(1), scores.amax(1))
    return functional.cross_entropy(logits, labels, reduction="none")
