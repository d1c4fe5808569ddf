"""Votes of pairs of images, on a device."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vireid.matching.blocks import Block
from vireid.types import Int


def pooled_there(
    rows: Tensor, one: Block, other: Block, threshold: float
) -> tuple[Int, NDArray[np.float64]]:
    """Compare two blocks of images, as ``count_votes`` does.

    Rows are pooled in their order, without atomic additions.

    Args:
        rows: [N, D] on any device.
        one: visible images.
        other: infrared images.
        threshold: least similarity of a pair that votes.

    Returns:
        [c, c'] votes and largest similarities of the pairs of their clusters.
    """
    left, right = (
        rows[torch.tensor(block.rows, device=rows.device)].double() for block in (one, other)
    )
    similarity = left @ right.T
    pooled = []
    for values, how in ((similarity >= threshold, "sum"), (similarity, "max")):
        columns = _by_cluster(values.double().T.contiguous(), other, how)
        pooled.append(_by_cluster(columns.T.contiguous(), one, how).cpu().numpy())
    return pooled[0].astype(np.int64), pooled[1]


def _by_cluster(values: Tensor, block: Block, how: str) -> Tensor:
    """Return the sums or the largest [c, n] of the rows [b, n] of each cluster."""
    sizes = torch.tensor(np.diff(block.starts, append=len(block.rows)), device=values.device)
    return torch.segment_reduce(values, how, lengths=sizes)
