"""Contrast each embedding with the memories of all clusters."""

from torch import Tensor
from torch.nn import functional


def cluster_nce(
    embeddings: Tensor, labels: Tensor, memories: Tensor, temperature: float = 0.05
) -> Tensor:
    """Return the cross-entropy of each embedding's cluster among all clusters.

    Source: Dai et al., Cluster Contrast for Unsupervised Person Re-Identification, equation 1.

    Args:
        embeddings: [B, D] of unit length.
        labels: [B] int64 clusters 0..C-1; noise (-1) must be left out before.
        memories: [C, D] of unit length, one row for each cluster; takes no gradient.
        temperature: divides the dot products, above 0.

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
    return functional.cross_entropy(logits, labels, reduction="none")
