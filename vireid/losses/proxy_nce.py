"""Contrast each embedding with its cluster's rows, several of them, and the hardest others."""

import torch
from torch import Tensor


def proxy_nce(
    embeddings: Tensor,
    labels: Tensor,
    rows: Tensor,
    clusters: Tensor,
    nearest: int = 50,
    temperature: float = 0.05,
) -> Tensor:
    """Return the mean over the rows of each embedding's cluster of -log softmax.

    The softmax runs over the rows of the embedding's own cluster and the most similar of all
    others, ``nearest`` in all; over all rows where there are no more. Source: BMIL (2026),
    memory of proxies, as its released code has it, which counts the positives among ``nearest``.

    Args:
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters, each of at least one row.
        rows: [P, D] of unit length; take no gradient.
        clusters: [P] int64 the cluster of each row, in any order.
        nearest: rows that an embedding is compared with, more than any cluster has.
        temperature: divides the dot products, above 0.

    Returns:
        [R], not negative.

    >>> rows, clusters = torch.eye(3), torch.tensor([0, 0, 1])
    >>> both = proxy_nce(rows[:1], torch.tensor([0]), rows, clusters, nearest=3, temperature=1.0)
    >>> round(both.item(), 3)  # log(e + 2) - (1 + 0) / 2
    1.051
    """
    scores = embeddings @ rows.detach().T / temperature
    own = clusters == labels[:, None]
    count = own.sum(1, keepdim=True)
    others = scores.masked_fill(own, -torch.inf).topk(min(nearest, len(rows)), dim=1).values
    rank = torch.arange(others.shape[1], device=scores.device)
    others = others.masked_fill(rank >= nearest - count, -torch.inf)
    positives = scores.masked_fill(~own, -torch.inf)
    total = torch.cat([positives, others], dim=1).logsumexp(1, keepdim=True)
    return torch.where(own, total - scores, 0.0).sum(1) / count[:, 0]
