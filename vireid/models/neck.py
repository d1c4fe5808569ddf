"""The batch-normalisation neck between the pooled feature and the embedding."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Neck(nn.Module):
    """Batch normalisation with a trainable scale and no shift.

    Source: Luo et al., Bag of Tricks and A Strong Baseline for Deep Person Re-identification
    (BNNeck).

    Args:
        size: D, the size of the feature.
        split_statistics: whether each modality has a mean and variance of its own; the scale is
            shared either way.
        momentum: share of a batch in the running statistics, in [0, 1].
        epsilon: added to the variance.
    """

    running_mean: Tensor
    running_variance: Tensor

    def __init__(
        self,
        size: int,
        split_statistics: bool = False,
        momentum: float = 0.1,
        epsilon: float = 1e-5,
    ) -> None:
        super().__init__()
        self.split_statistics = split_statistics
        self.momentum = momentum
        self.epsilon = epsilon
        self.weight = nn.Parameter(torch.ones(size))
        sets = 2 if split_statistics else 1
        self.register_buffer("running_mean", torch.zeros(sets, size))
        self.register_buffer("running_variance", torch.ones(sets, size))

    def forward(self, pooled: Tensor, visible: int) -> Tensor:
        """Normalise pooled features.

        Args:
            pooled: [B, D] with the visible rows first.
            visible: number of visible rows, 0..B.

        Returns:
            [B, D] in the same order.
        """
        if not self.split_statistics:
            return self._normalise(pooled, 0)
        blocks = ((0, pooled[:visible]), (1, pooled[visible:]))
        return torch.cat([self._normalise(rows, which) for which, rows in blocks if len(rows)])

    def _normalise(self, rows: Tensor, which: int) -> Tensor:
        return functional.batch_norm(
            rows,
            self.running_mean[which],
            self.running_variance[which],
            self.weight,
            None,
            self.training,
            self.momentum,
            self.epsilon,
        )
