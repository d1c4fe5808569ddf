"""The steps of k-means for many clusters at once, in tensors."""

from typing import NamedTuple

import torch
from torch import Tensor

from vireid.cluster.kmeans import LEAST_GAIN

ROUNDING = 1e-9
"""Relative difference of sums that should be equal, and more."""


class Cloud(NamedTuple):
    """B clusters of up to S rows in double precision, about the mean of their cluster."""

    inside: Tensor
    """[B, S] True where there is a row; the rows of a cluster come first."""
    points: Tensor
    """[B, S, S] dot products of the rows where S is at most D, else the rows [B, S, D]; zero
    outside."""
    lengths: Tensor
    """[B, S] squared lengths."""
    same: Tensor
    """[B, 1, 1] squared distance up to which rows are the same."""
    multiplied: bool
    """Whether points are dot products."""


class Starts(NamedTuple):
    """Rows that k-means starts from."""

    rows: Tensor
    """[B, n_init, K] places 0..S-1; only the first ``groups`` count."""
    groups: Tensor
    """[B] how many rows were chosen, 1..K."""


def cloud(rows: Tensor, inside: Tensor) -> Cloud:
    """Prepare the rows of some clusters.

    Args:
        rows: [B, S, D] float64.
        inside: [B, S] True where there is a row.

    Returns:
        All that distances need.
    """
    kept = rows * inside[..., None]
    same = 1e-12 * kept.square().sum(dim=2).amax(dim=1)
    mean = kept.sum(dim=1) / inside.sum(dim=1)[:, None]
    points = (kept - mean[:, None]) * inside[..., None]
    if points.shape[1] > points.shape[2]:
        return Cloud(inside, points, points.square().sum(dim=2), same[:, None, None], False)
    points = points @ points.mT
    return Cloud(inside, points, points.diagonal(dim1=1, dim2=2), same[:, None, None], True)


def squared_distances(of: Cloud, weights: Tensor) -> Tensor:
    """Return squared distances of rows from weighted means of rows.

    Args:
        of: the rows.
        weights: [B, n, K, S] of each mean, with sum 1.

    Returns:
        [B, n, K, S], not negative.
    """
    flat = weights.flatten(1, 2)
    products = flat @ of.points if of.multiplied else (flat @ of.points) @ of.points.mT
    lengths = (products * flat).sum(dim=2, keepdim=True) + of.lengths[:, None]
    return (lengths - 2 * products).clamp(min=0).reshape(weights.shape)


def chosen_starts(of: Cloud, first: Tensor, draws: Tensor) -> Starts:
    """Choose different rows for each start by greedy k-means++, as ``kmeans`` does.

    Args:
        of: the rows.
        first: [B, n_init] the first row of each start.
        draws: [B, K - 1, n_init, tries] numbers in [0, 1).

    Returns:
        The rows. A cluster has no more of them once each row of it equals one of a start.
    """
    last = of.inside.sum(dim=1)[:, None, None] - 1
    outside = ~of.inside[:, None]
    closest = squared_distances(of, _hot(of, first[..., None]))[:, :, 0]
    closest = closest.masked_fill((closest <= of.same) | outside, 0)
    chosen, going = [first], torch.ones_like(first[:, 0], dtype=torch.bool)
    groups = torch.ones_like(first[:, 0])
    for draw in draws.unbind(dim=1):
        going = going & closest.any(dim=2).all(dim=1)
        total = _running_sums(closest)
        wanted = draw * total[..., -1:]
        candidates = (total[:, :, None] <= wanted[..., None]).sum(dim=3).minimum(last)
        squared = squared_distances(of, _hot(of, candidates))
        same = (squared <= of.same[..., None]) | outside[:, None]
        after = closest[:, :, None].minimum(squared.masked_fill(same, 0))
        best = first_least(after.sum(dim=3))[..., None]
        chosen.append(candidates.gather(2, best)[..., 0])
        left = after.gather(2, best[..., None].expand(-1, -1, -1, after.shape[3]))[:, :, 0]
        closest = torch.where(going[:, None, None], left, closest)
        groups = groups + going
    return Starts(torch.stack(chosen, dim=2), groups)


def start_weights(of: Cloud, starts: Starts) -> Tensor:
    """Return the weights [B, n_init, K, S] of means that are single rows.

    Args:
        of: the rows.
        starts: the single rows.

    Returns:
        1 for the row, 0 elsewhere.
    """
    return _hot(of, starts.rows)


def nearest_groups(of: Cloud, squared: Tensor, real: Tensor) -> Tensor:
    """Put each row into its nearest group; an empty group takes the row farthest from its own.

    Args:
        of: the rows.
        squared: [B, n_init, K, S] squared distances from the groups' means.
        real: [B, K] True where the cluster has that group.

    Returns:
        Groups [B, n_init, S], -1 outside.
    """
    inside = of.inside[:, None]
    squared = squared.masked_fill(~real[:, None, :, None], torch.inf)
    nearest = squared.argmin(dim=2)
    found = nearest.masked_fill(~inside, -1)
    places = torch.arange(found.shape[2], device=found.device)
    for group in range(real.shape[1]):
        sizes = membership(found, real.shape[1]).sum(dim=3)
        own = squared.gather(2, found.clamp(min=0)[:, :, None])[:, :, 0]
        crowded = inside & (sizes.gather(2, found.clamp(min=0)) > 1)
        farthest = own.masked_fill(~crowded, -1).argmax(dim=2, keepdim=True)
        empty = (sizes[..., group] == 0) & real[:, None, group]
        found = found.masked_fill((places == farthest) & empty[..., None], group)
    return found


def best_moves(of: Cloud, squared: Tensor, labels: Tensor, real: Tensor) -> Tensor:
    """Move, in each start, the one row whose change of group lowers the inertia most.

    Args:
        of: the rows.
        squared: [B, n_init, K, S] squared distances from the groups' means.
        labels: [B, n_init, S] groups until now, -1 outside.
        real: [B, K] True where the cluster has that group.

    Returns:
        Groups [B, n_init, S], -1 outside.
    """
    belongs = membership(labels, real.shape[1])
    sizes = belongs.sum(dim=3)
    own = squared.masked_fill(~belongs, 0).sum(dim=2)
    left = sizes.gather(2, labels.clamp(min=0)) - 1  # 0: the row is alone and stays
    saved = own * (1 + 1 / left.clamp(min=1)) * (left > 0)
    paid = squared * (sizes / (sizes + 1))[..., None]
    barred = belongs | ~(real[:, :, None] & of.inside[:, None])[:, None]
    gain = (saved[:, :, None] - paid).masked_fill(barred, -torch.inf).flatten(2)
    most, best = gain.max(dim=2, keepdim=True)
    better = most > LEAST_GAIN * own.sum(dim=2, keepdim=True)
    places = torch.arange(labels.shape[2], device=labels.device)
    moved = better & (places == best % labels.shape[2])
    return torch.where(moved, best // labels.shape[2], labels)


def mean_weights(labels: Tensor, k: int) -> Tensor:
    """Return the weights of the means of groups.

    Args:
        labels: [..., S] groups, -1 outside.
        k: K.

    Returns:
        [..., K, S] float64; zeros for an empty group.
    """
    belongs = membership(labels, k).double()
    return belongs / belongs.sum(dim=-1, keepdim=True).clamp(min=1)


def membership(labels: Tensor, k: int) -> Tensor:
    """Say which group holds which row.

    Args:
        labels: [..., S] groups, -1 outside.
        k: K.

    Returns:
        [..., K, S], True where the group holds the row.
    """
    return labels[..., None, :] == torch.arange(k, device=labels.device)[:, None]


def first_least(values: Tensor) -> Tensor:
    """Return the place of the least value, of those that differ from it by rounding the first.

    Args:
        values: [..., M] not negative.

    Returns:
        [...] places 0..M-1.
    """
    as_good = values <= (1 + ROUNDING) * values.amin(dim=-1, keepdim=True)
    return as_good.int().argmax(dim=-1)


def _hot(of: Cloud, rows: Tensor) -> Tensor:
    """Return [..., S], 1 at the row and 0 elsewhere."""
    places = torch.arange(of.inside.shape[1], device=rows.device)
    return (rows[..., None] == places).double()


def _running_sums(values: Tensor) -> Tensor:
    """Return the sums [..., S] up to each place; ``cumsum`` on CUDA may differ from run to run."""
    step = 1
    while step < values.shape[-1]:
        sums = values[..., step:] + values[..., :-step]
        values = torch.cat([values[..., :step], sums], dim=-1)
        step *= 2
    return values
