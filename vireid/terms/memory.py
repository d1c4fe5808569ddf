"""The memories of C clusters, moved by an explicit update after each step."""

import torch
from torch import Tensor
from torch.nn import functional

from vireid.errors import ConfigError, DataError


class ClusterMemory:
    """One unit vector for each cluster, which follows the embeddings of its samples.

    Source: Dai et al., Cluster Contrast for Unsupervised Person Re-Identification, equation 2.

    Args:
        rows: [C, D] of unit length, such as normalised cluster centres; copied.
        momentum: share of the old value that an update keeps, in [0, 1].
        hardest: whether an update takes, of each cluster, only the sample least similar to the
            memory instead of every sample.

    Raises:
        DataError: the rows are not finite or not of unit length.
        ConfigError: the momentum lies outside [0, 1].

    >>> memory = ClusterMemory(torch.eye(2), momentum=0.0)
    >>> memory.update(torch.tensor([[0.6, 0.8]]), torch.tensor([0]))
    >>> memory.rows
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """

    rows: Tensor
    """[C, D] the memories."""

    def __init__(self, rows: Tensor, momentum: float = 0.1, hardest: bool = False) -> None:
        if rows.ndim != 2 or not bool(((rows.norm(dim=1) - 1).abs() < 1e-3).all()):
            raise DataError("memory rows must have shape (C, D), be finite and of unit length")
        if not 0 <= momentum <= 1:
            raise ConfigError(f"momentum is {momentum}; expected a share in [0, 1]")
        self.rows = rows.detach().clone()
        self.momentum = momentum
        self.hardest = hardest

    def __len__(self) -> int:
        return len(self.rows)

    def update(self, embeddings: Tensor, labels: Tensor) -> None:
        """Move each sample's memory towards it; see ``moved_rows``.

        Args:
            embeddings: [B, D] of unit length.
            labels: [B] int64 clusters 0..C-1; samples with -1 (noise) are left out.
        """
        kept = labels >= 0
        self.rows = moved_rows(
            self.rows,
            embeddings[kept],
            labels[kept],
            momentum=self.momentum,
            hardest=self.hardest,
        )

    def state_dict(self) -> dict[str, Tensor]:
        """Return a copy of what an update changes.

        Returns:
            The rows, under ``"rows"``.
        """
        return {"rows": self.rows.clone()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go back to a state, bit for bit.

        Args:
            state: what ``state_dict`` returned; the number of clusters may differ.
        """
        self.rows = state["rows"].to(self.rows.device).clone()


@torch.no_grad()
def moved_rows(
    rows: Tensor, embeddings: Tensor, labels: Tensor, *, momentum: float, hardest: bool = False
) -> Tensor:
    """Return memories moved towards samples, in batch order, at unit length after each sample.

    A row becomes ``momentum * row + (1 - momentum) * embedding``, normalised. Clusters that the
    samples do not show stay as they are.

    Args:
        rows: [C, D] memories of unit length; not modified.
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters 0..C-1.
        momentum: share of the old value that an update keeps, in [0, 1].
        hardest: take, of each cluster, only the sample least similar to the memory, the first one
            on a tie.

    Returns:
        [C, D].
    """
    result, embeddings = rows.clone(), embeddings.detach()
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
