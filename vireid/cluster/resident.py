"""Centres of rows that lie on a device, without atomic additions: the same every time."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vireid.cluster.padded import padded, places_of
from vireid.types import Float, Int

Number = TypeVar("Number", bound=np.generic)


def near_rows(rows: Tensor, array: NDArray[Number]) -> Tensor:
    """Copy an array to the device of some rows.

    Args:
        rows: on that device.
        array: of any shape.

    Returns:
        The copy.
    """
    return torch.tensor(array, device=rows.device)


def centres_there(
    rows: Tensor, members: Sequence[Int], weights: NDArray[np.float64], parts: int
) -> Float:
    """Average rows by group, and then the parts of each cluster.

    Products are in double precision, so no setting of the device makes them coarse.

    Args:
        rows: [N, D] float32 on any device.
        members: the rows of parts 0..P-1 of cluster 0, then those of cluster 1 ...; a part may
            be empty.
        weights: [N] at least 0; rows of a part whose weights are all 0 count alike.
        parts: P.

    Returns:
        [C, D]; NaN where all parts of a cluster are empty.
    """
    blocks = list(padded(members, rows.shape[1]))
    means: list[Tensor] = []
    for block in blocks:
        share = np.where(block.inside, weights[block.rows], 0)
        share = np.where(share.any(axis=1, keepdims=True), share, block.inside)
        there = near_rows(rows, share / share.sum(axis=1, keepdims=True))
        means.append((there[:, None] @ rows[near_rows(rows, block.rows)].double())[:, 0])
    means.append(rows.new_full((1, rows.shape[1]), torch.nan, dtype=torch.float64))
    places = near_rows(rows, places_of(blocks, len(members)))
    shape = (len(members) // parts, parts, rows.shape[1])
    return torch.cat(means)[places].reshape(shape).nanmean(dim=1).float().cpu().numpy()
