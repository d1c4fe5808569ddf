"""The cost of pairs of clusters, on a device."""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vireid.types import Bool, Float

Side = tuple[NDArray[np.float64], Bool]
"""Memories [C, n, D] of a modality, and [C, n] True where there is one."""


def costs_there(
    sides: tuple[Side, Side],
    over: Literal["both", "visible", "infrared"],
    device: torch.device,
    step: int,
) -> Float:
    """Compare each visible with each infrared cluster, as ``memory_cost`` does.

    Args:
        sides: visible and infrared memories; zero where there is none.
        over: whose memories each look for their nearest.
        device: where to compare them.
        step: visible clusters compared at a time.

    Returns:
        [Cv, Cr] float32.
    """
    (visible, valid), (infrared, other_valid) = (
        tuple(torch.tensor(array, device=device) for array in side) for side in sides
    )
    found = []
    for start in range(0, len(visible), step):
        part = slice(start, start + step)
        distances = _distances(visible[part], infrared)
        costs = []
        if over != "infrared":
            costs.append(_summed_minima(distances, valid[part], other_valid))
        if over != "visible":
            swapped = distances.permute(2, 3, 0, 1)
            costs.append(_summed_minima(swapped, other_valid, valid[part]).T)
        found.append(torch.stack(costs).mean(dim=0))
    return torch.cat(found).float().cpu().numpy()


def _distances(visible: Tensor, infrared: Tensor) -> Tensor:
    """Return the Euclidean distances [Cv, n, Cr, m] between all memories."""
    one, other = visible.flatten(0, 1), infrared.flatten(0, 1)
    lengths = one.square().sum(dim=1)[:, None] + other.square().sum(dim=1)
    squared = lengths - 2 * (one @ other.T)
    return squared.clamp(min=0).sqrt().reshape(*visible.shape[:2], *infrared.shape[:2])


def _summed_minima(distances: Tensor, valid: Tensor, other_valid: Tensor) -> Tensor:
    """Return n times the mean, over the valid memories of a cluster, of the least distance."""
    least = distances.masked_fill(~other_valid, torch.inf).amin(dim=3)
    total = least.masked_fill(~valid[..., None], 0).sum(dim=1)
    return total * (valid.shape[1] / valid.sum(dim=1))[:, None]
