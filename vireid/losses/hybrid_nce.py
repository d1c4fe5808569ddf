"""Contrast each embedding with the means and with the hardest samples of all clusters."""

from torch import Tensor

from vireid.losses.cluster_nce import cluster_nce
from vireid.losses.slack import beyond_slack


def hybrid_nce(
    embeddings: Tensor,
    labels: Tensor,
    rows: tuple[Tensor, Tensor],
    shares: Tensor,
    temperature: float = 0.05,
    slack: float = 0.2,
) -> Tensor:
    """Return half the contrast with the hard rows and half of that with the mean rows.

    The contrast with the mean rows counts as far as its mean over a part of the batch is above
    the slack. Source: Shi et al., Learning Commonality, Divergence and Variety for Unsupervised
    Visible-Infrared Person Re-identification, NeurIPS 2024, hybrid memory.

    Args:
        embeddings: [R, D] of unit length.
        labels: [R] int64 clusters 0..C-1; noise (-1) must be left out before.
        rows: mean rows [C, D] and hard rows [C, D] of unit length; take no gradient.
        shares: [P, R] the share of each sample in the mean of each part of the batch.
        temperature: divides the dot products, above 0.
        slack: mean contrast with the mean rows up to which they do not pull, at least 0.

    Returns:
        [R]; a sample may be below 0, the mean of a part may not.

    Raises:
        IndexError: a label lies outside 0..C-1.

    >>> import torch
    >>> rows, whole = torch.eye(2), torch.tensor([[1.0]])
    >>> wrong = hybrid_nce(rows[:1], torch.tensor([1]), (rows, rows), whole, temperature=1.0)
    >>> round(wrong.item(), 3)  # 1.313 - 0.2 / 2
    1.213
    """
    means, hard = (cluster_nce(embeddings, labels, each, temperature) for each in rows)
    return (hard + beyond_slack(means, shares, slack)) / 2
