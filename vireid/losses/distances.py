"""Euclidean distances between all rows of a batch."""

from torch import Tensor


def squared_distances(features: Tensor) -> Tensor:
    """Return the squared Euclidean distance of each pair of rows, by one product of matrices.

    Args:
        features: [B, D] of any length.

    Returns:
        [B, B], differentiable; up to rounding symmetric, not negative, and 0 on the diagonal.
    """
    centred = features - features.detach().mean(0)  # smaller numbers cancel with less rounding
    squares = centred.square().sum(1)
    return squares[:, None] + squares[None] - 2 * centred @ centred.T
