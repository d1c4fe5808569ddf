"""The memories of C clusters, moved by an explicit update after each step."""

import torch
from torch import Tensor
from torch.nn import functional


@torch.no_grad()
def moved_rows(
    rows: Tensor, embeddings: Tensor, labels: Tensor, *, momentum: float, hardest: bool = False
) -> Tensor:
    """Return memories moved towards samples, in batch order, at unit length after each sample.

    A row becomes ``momentum * row + (1 - momentum) * embedding``, normalised. Clusters that the
    samples do not show stay as they are. Source: Dai et al., Cluster Contrast for Unsupervised
    Person Re-Identification, equation 2.

    Args:
        rows: [C, D] memories of unit length; not modified.
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters 0..C-1; samples with -1 (noise) are left out.
        momentum: share of the old value that an update keeps, in [0, 1].
        hardest: take, of each cluster, only the sample least similar to the memory, the first one
            on a tie.

    Returns:
        [C, D].

    >>> moved_rows(torch.eye(2), torch.tensor([[0.6, 0.8]]), torch.tensor([0]), momentum=0.0)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    result, kept = rows.clone(), labels >= 0
    embeddings, labels = embeddings[kept].detach(), labels[kept]
    if hardest:
        chosen = _hardest(result, embeddings, labels)
        _move(result, embeddings[chosen], labels[chosen], momentum)
        return result
    occurrence = (labels[:, None] == labels[None]).tril(-1).sum(1)
    for turn in range(int(occurrence.max()) + 1 if len(labels) else 0):
        now = occurrence == turn  # at most one sample of each cluster
        _move(result, embeddings[now], labels[now], momentum)
    return result


def _move(rows: Tensor, embeddings: Tensor, labels: Tensor, momentum: float) -> None:
    """Move rows, in place, towards embeddings of different clusters."""
    moved = momentum * rows[labels] + (1 - momentum) * embeddings
    rows[labels] = functional.normalize(moved)


def _hardest(rows: Tensor, embeddings: Tensor, labels: Tensor) -> Tensor:
    """Return which samples are the least similar of their cluster, the first one on a tie."""
    similarity = (embeddings * rows[labels]).sum(1)
    order = torch.argsort(similarity, stable=True)
    ordered = labels[order]
    first = (ordered[:, None] == ordered[None]).tril(-1).sum(1) == 0
    return order[first]
