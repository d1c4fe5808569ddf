"""Two rows for each cluster: one follows the mean of its samples, one the hardest of them."""

import torch
from torch import Tensor
from torch.nn import functional


@torch.no_grad()
def moved_hybrid(
    rows: tuple[Tensor, Tensor],
    embeddings: Tensor,
    clusters: Tensor,
    turns: Tensor,
    momentum: float,
) -> tuple[Tensor, Tensor]:
    """Return mean rows and hard rows of clusters, each moved once by the samples of a batch.

    A mean row becomes ``momentum * row + (1 - momentum) * mean of the samples``, a hard row
    ``momentum * row + (1 - momentum) * hardest sample``, both normalised. The mean of the samples
    is not normalised before; the hardest sample is that of the least dot product with the mean
    row as it was, the first on a tie. Clusters without a sample stay as they are. Source: Shi et
    al., Learning Commonality, Divergence and Variety, NeurIPS 2024, hybrid memory.

    Args:
        rows: mean rows [C, D] and hard rows [C, D] of unit length; not modified.
        embeddings: [B, D] of unit length.
        clusters: [M] int64 different rows, those that may move.
        turns: [T, M] int64 the rows of the batch that belong to each of them, -1 for none.
        momentum: share of the old value that a row keeps, in [0, 1].

    Returns:
        Mean rows and hard rows [C, D].

    >>> corner, samples = torch.eye(2), torch.tensor([[0.6, 0.8], [1.0, 0.0]])
    >>> own, both = torch.tensor([0]), torch.tensor([[0], [1]])
    >>> moved_hybrid((corner, corner), samples, own, both, 0.0)[1][0]
    tensor([0.6000, 0.8000])
    """
    before = [each[clusters] for each in rows]
    there = turns >= 0
    samples = embeddings[turns.clamp(min=0)]
    near = (samples * before[0]).sum(2).masked_fill(~there, torch.inf)
    hardest = turns.gather(0, near.argmin(0, keepdim=True))[0].clamp(min=0)
    count = there.sum(0)[:, None]
    mean = torch.where(there[..., None], samples, 0.0).sum(0) / count.clamp(min=1)
    after = [
        torch.where(count > 0, functional.normalize(momentum * old + (1 - momentum) * target), old)
        for old, target in zip(before, (mean, embeddings[hardest]), strict=True)
    ]
    means, hard = (each.index_copy(0, clusters, new) for each, new in zip(rows, after, strict=True))
    return means, hard
