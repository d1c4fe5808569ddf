"""Draw the visible and the infrared features of an identity to the same distribution."""

import torch
from torch import Tensor

BANDWIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Widths of the five Gaussian kernels, as multiples of the mean squared distance."""


def mmd(source: Tensor, target: Tensor) -> Tensor:
    """Return the squared maximum mean discrepancy of two sets of points.

    The kernel is a sum of five Gaussians around the mean squared distance of all different pairs;
    that bandwidth takes no gradient. The estimator is the biased one, which counts each point's
    pair with itself. Source: Gretton et al., A Kernel Two-Sample Test, equation 5; Long et al.,
    Learning Transferable Features with Deep Adaptation Networks (several bandwidths).

    Args:
        source: [n, D], n at least 1.
        target: [m, D], m at least 1; n and m may differ.

    Returns:
        A scalar, not negative up to rounding; 0 where all points are equal.
    """
    points = torch.cat([source, target])
    weights = torch.cat(
        [
            points.new_full((len(source),), 1 / len(source)),
            points.new_full((len(target),), -1 / len(target)),
        ]
    )
    distances = (points[:, None] - points[None]).square().sum(2)
    bandwidth = distances.detach().sum() / max(len(points) * (len(points) - 1), 1)
    return (weights[:, None] * weights[None] * _kernel(distances, bandwidth)).sum()


def paired(labels: Tensor, modality: Tensor) -> Tensor:
    """Return which samples belong to an identity that the batch shows in both modalities.

    Args:
        labels: [B] int64 labels, -1 for noise.
        modality: [B] int64, 0 visible, 1 infrared.

    Returns:
        [B] bool; False for noise.
    """
    same = labels[:, None] == labels[None]
    visible = modality == 0
    return (same & visible).any(1) & (same & ~visible).any(1) & (labels >= 0)


def inter(features: Tensor, labels: Tensor, modality: Tensor) -> Tensor:
    """Return for each sample the discrepancy of its identity between the modalities.

    The value of an identity is half of D(Fv, sg(Fr)) + D(Fr, sg(Fv)), where D is ``mmd`` and sg
    stops the gradient. Both terms have the value D(Fv, Fr), and their gradients add up to the
    whole gradient of D(Fv, Fr), so D is computed once and half of its gradient is stopped.
    Average over the samples that ``paired`` names: with equally many samples of each identity
    this is the mean over identities, as in the MMM paper.

    Args:
        features: [B, D] pooled features of both modalities, in any order.
        labels: [B] int64 labels that both modalities share, -1 for noise.
        modality: [B] int64, 0 visible, 1 infrared.

    Returns:
        [B], not negative up to rounding; 0 for samples that are not ``paired``.
    """
    identities, group = torch.unique(labels, return_inverse=True)
    counted = paired(labels, modality)
    same = (labels[:, None] == labels[None]) & counted[:, None]
    alike = same & (modality[:, None] == modality[None])
    sign = 1.0 - 2.0 * modality.to(features.dtype)
    weights = sign / alike.sum(1).clamp(min=1)
    first, second = same.nonzero(as_tuple=True)  # the pairs within an identity, both orders
    pairs = features.index_select(0, first) - features.index_select(0, second)
    distances = pairs.square().sum(1)
    owner, zeros = group[first], features.new_zeros(len(identities))
    size = torch.bincount(group, minlength=len(identities))
    total = zeros.index_add(0, owner, distances.detach())
    bandwidth = total / (size * (size - 1)).clamp(min=1)
    terms = weights[first] * weights[second] * _kernel(distances, bandwidth[owner])
    discrepancy = zeros.index_add(0, owner, terms)[group]
    return (discrepancy + discrepancy.detach()) / 2


def _kernel(distances: Tensor, bandwidth: Tensor) -> Tensor:
    """Return the sum of the Gaussians; 0 where the bandwidth is 0, as for equal points."""
    scaled = distances / torch.where(bandwidth > 0, bandwidth, 1.0)
    kernels = torch.stack([torch.exp(-scaled / width) for width in BANDWIDTHS]).sum(0)
    return kernels * (bandwidth > 0)
