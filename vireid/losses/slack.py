"""Let a loss go once its mean is small enough."""

import torch
from torch import Tensor


def beyond_slack(values: Tensor, shares: Tensor, slack: float) -> Tensor:
    """Return values of which the mean over each part of the batch is max(0, mean - slack).

    The slack applies to the mean of a part and not to each sample: where the mean is above it,
    each sample gives its value less the slack, which may be below 0; where it is not, all samples
    of the part give 0 and no gradient. Value and gradient of the mean are those of
    max(0, mean - slack). Source: Shi et al., Learning Commonality, Divergence and Variety for
    Unsupervised Visible-Infrared Person Re-identification, NeurIPS 2024 (its released code).

    Args:
        values: [R] of the samples, not negative.
        shares: [P, R] the share of each sample in the mean of each of P parts, 0 outside it; the
            shares of a part add up to 1.
        slack: mean of a part up to which it gives nothing, at least 0; at 0 values that are not
            negative stay as they are.

    Returns:
        [R].

    >>> values, whole = torch.tensor([0.1, 0.5]), torch.tensor([[0.5, 0.5]])
    >>> beyond_slack(values, whole, 0.2), beyond_slack(values, whole, 0.4)
    (tensor([-0.1000,  0.3000]), tensor([0., 0.]))
    """
    means = (shares * values.detach()).sum(1, keepdim=True)
    pulls = ((means > slack) & (shares > 0)).any(0)
    return torch.where(pulls, values - slack, 0.0)
