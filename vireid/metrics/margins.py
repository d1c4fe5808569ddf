"""How clearly labels and partners are chosen: signals that need no identities."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import DataError
from vireid.types import NOISE, Int, Matching

if TYPE_CHECKING:
    from torch import Tensor


def centre_margin(
    embeddings: NDArray[np.floating],
    labels: ArrayLike,
    centres: NDArray[np.floating],
    *,
    chunk: int = 4096,
    resident: "Tensor | None" = None,
) -> float | None:
    """Average how much nearer samples are to their own cluster's centre than to any other.

    Like the simplified silhouette (Hruschka et al. 2004), on dot products: similarity to the own
    centre minus the best similarity to another one. A sample is part of its own centre, so small
    clusters look a little better than they are. Takes O(N C D) time and O(N + chunk C) memory.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        labels: [N] cluster numbers below C, -1 for noise, which is left out.
        centres: [C, D] centres of unit length.
        chunk: samples compared at a time, at least 1.
        resident: [N, D] the same embeddings, on the device that is to compare them.

    Returns:
        The mean over the clustered samples, in [-2, 2], higher is clearer; None where there are
        fewer than two clusters or no clustered sample.

    Raises:
        DataError: shapes that do not fit, or a label that is not below C.

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> round(centre_margin(rows, [0, 1, 1], np.eye(2)), 3)
    0.733
    """
    found = np.asarray(labels)
    if found.shape != embeddings.shape[:1] or embeddings.shape[1:] != centres.shape[1:]:
        raise DataError(
            f"embeddings have shape {embeddings.shape}, labels {found.shape} and centres "
            f"{centres.shape}; expected (N, D), (N,) and (C, D)"
        )
    rows = np.flatnonzero(found != NOISE)
    if len(centres) < 2 or not rows.size:
        return None
    if found[rows].min() < 0 or found[rows].max() >= len(centres):
        raise DataError(f"labels must lie in -1..{len(centres) - 1}, as there are centres")
    if resident is not None:
        return _margins_there(resident, rows, found[rows], centres, chunk) / len(rows)
    total = 0.0
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        similarity = embeddings[part] @ centres.T
        own = (np.arange(len(part)), found[part])
        nearest = similarity[own]
        similarity[own] = -np.inf
        total += float(np.sum(nearest - similarity.max(axis=1), dtype=np.float64))
    return total / len(rows)


def _margins_there(
    resident: "Tensor", rows: Int, labels: Int, centres: NDArray[np.floating], chunk: int
) -> float:
    """Return the sum of the margins of some rows; products in double precision."""
    import torch

    middles = torch.tensor(centres, device=resident.device).double().T
    every, own = (torch.tensor(array, device=resident.device) for array in (rows, labels))
    total = torch.zeros((), dtype=torch.float64, device=resident.device)
    for start in range(0, len(rows), chunk):
        part = slice(start, start + chunk)
        similarity = resident[every[part]].double() @ middles
        nearest = similarity.gather(1, own[part, None])
        others = similarity.scatter(1, own[part, None], -torch.inf)
        total += (nearest - others.amax(dim=1, keepdim=True)).sum()
    return float(total)


def matching_margin(matching: Matching) -> float | None:
    """Average how much cheaper partners are than the next best infrared cluster.

    Args:
        matching: with the costs of the pairs and of the next best.

    Returns:
        The mean of 1 - cost / next cost over the matched visible clusters, at most 1; below 0
        where cheaper partners were given to others. None where no cluster has a next best.

    >>> matching = Matching([1, 0], 3, [0.5, 0.9], next_cost=[1.0, 1.0])
    >>> round(matching_margin(matching), 3)
    0.3
    """
    assert matching.next_cost is not None
    known = matching.next_cost > 0  # neither NaN nor 0
    if not known.any():
        return None
    margins = 1 - matching.cost[known].astype(np.float64) / matching.next_cost[known]
    return float(margins.mean())
