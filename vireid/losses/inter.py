"""Draw the visible and the infrared features of an identity to the same distribution."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Int = NDArray[np.int64]

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

    Labels that lie on a GPU are waited for; ``grouped_inter`` takes what is known of them before.

    Args:
        features: [B, D] pooled features of both modalities, in any order.
        labels: [B] int64 labels that both modalities share, -1 for noise.
        modality: [B] int64, 0 visible, 1 infrared.

    Returns:
        [B], not negative up to rounding; 0 for samples that are not ``paired``.
    """
    groups = identity_groups(labels.cpu().numpy(), modality.cpu().numpy())
    there = {name: torch.from_numpy(value).to(features.device) for name, value in groups.items()}
    return grouped_inter(features, **there)


def identity_groups(labels: Int, modality: Int) -> dict[str, NDArray[Any]]:
    """Put the samples of each identity that both modalities show side by side, on the host.

    Args:
        labels: [B] labels, -1 for noise.
        modality: [B] 0 visible, 1 infrared.

    Returns:
        ``members`` [G, M] the samples of each of G identities, -1 behind the last; ``shares``
        [G, M] float32, 1 / n for its n visible samples, -1 / m for its m infrared ones, 0 behind;
        ``owner`` [B] the group of each sample, G for those of no group.

    >>> found = identity_groups(np.array([5, 7, 5]), np.array([0, 0, 1]))
    >>> found["members"].tolist(), found["shares"].tolist(), found["owner"].tolist()
    ([[0, 2]], [[1.0, -1.0]], [0, 1, 0])
    """
    both = np.intersect1d(labels[modality == 0], labels[modality == 1])
    both = both[both >= 0]
    owner = np.where(np.isin(labels, both), np.searchsorted(both, labels), len(both))
    order = np.flatnonzero(owner < len(both))
    order = order[np.argsort(owner[order], kind="stable")]
    count = np.bincount(owner[order], minlength=len(both))
    column = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    members = np.full((len(both), count.max(initial=0)), -1, dtype=np.int64)
    members[owner[order], column] = order
    side = np.where(members < 0, -1, modality[members])
    seen = [(side == one).sum(axis=1, keepdims=True) for one in (0, 1)]
    shares = (side == 0) / np.maximum(seen[0], 1) - (side == 1) / np.maximum(seen[1], 1)
    return {"members": members, "shares": shares.astype(np.float32), "owner": owner}


def grouped_inter(features: Tensor, members: Tensor, shares: Tensor, owner: Tensor) -> Tensor:
    """Return what ``inter`` does, of samples whose identities are known before.

    All sums run over dense arrays in a fixed order, so that a GPU gives the same bits every time.

    Args:
        features: [B, D] pooled features of both modalities, in any order.
        members: [G, M] as ``identity_groups`` gives them, on the features' device.
        shares: [G, M] likewise.
        owner: [B] likewise.

    Returns:
        [B], not negative up to rounding; 0 for samples of no group.
    """
    real = members >= 0
    points = features[members.clamp(min=0)]
    distances = (points[:, :, None] - points[:, None]).square().sum(3)
    size = real.sum(1)
    total = torch.where(real[:, :, None] & real[:, None], distances.detach(), 0.0).sum((1, 2))
    bandwidth = (total / (size * (size - 1)).clamp(min=1))[:, None, None]
    weights = shares.to(features.dtype)
    terms = weights[:, :, None] * weights[:, None] * _kernel(distances, bandwidth)
    discrepancy = torch.cat([terms.sum((1, 2)), terms.new_zeros(1)])[owner]
    return (discrepancy + discrepancy.detach()) / 2


def _kernel(distances: Tensor, bandwidth: Tensor) -> Tensor:
    """Return the sum of the Gaussians; 0 where the bandwidth is 0, as for equal points."""
    scaled = distances / torch.where(bandwidth > 0, bandwidth, 1.0)
    kernels = torch.stack([torch.exp(-scaled / width) for width in BANDWIDTHS]).sum(0)
    return kernels * (bandwidth > 0)
