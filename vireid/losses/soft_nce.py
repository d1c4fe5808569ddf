"""Contrast each embedding with the memories of all clusters, under targets that are shared out."""

from torch import Tensor
from torch.nn import functional


def soft_nce(
    embeddings: Tensor,
    clusters: Tensor,
    targets: Tensor,
    memories: Tensor,
    temperature: float = 0.05,
) -> Tensor:
    """Return the cross-entropy of each embedding's targets among all clusters.

    That is the sum over its targets t_c of -t_c log p_c; ``cluster_nce`` where one cluster has all.
    Source: Teng et al., Relieving Universal Label Noise for Unsupervised Visible-Infrared Person
    Re-Identification by Inferring from Neighbors (N-ULC).

    Args:
        embeddings: [B, D] of unit length.
        clusters: [B, K] int64 clusters 0..C-1 that have a target; one may stand in several places.
        targets: [B, K] not negative; take no gradient.
        memories: [C, D] of unit length, one row for each cluster; takes no gradient.
        temperature: divides the dot products, above 0.

    Returns:
        [B], not negative.

    Raises:
        RuntimeError: a cluster lies outside 0..C-1.

    >>> import torch
    >>> clusters, targets = torch.tensor([[0, 1]]), torch.tensor([[0.75, 0.25]])
    >>> soft_nce(torch.tensor([[1.0, 0]]), clusters, targets, torch.eye(2), temperature=1.0)
    tensor([0.5633])
    """
    logits = embeddings @ memories.detach().T / temperature
    none = logits.detach().new_zeros(logits.shape)
    dense = none.scatter_add(1, clusters, targets.detach().to(logits.dtype))
    return functional.cross_entropy(logits, dense, reduction="none")
