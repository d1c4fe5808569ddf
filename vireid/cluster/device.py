"""Products of rows on a GPU (or any device of torch), block by block."""

from typing import TYPE_CHECKING

import numpy as np

from vireid.cluster.candidates import ROUNDING
from vireid.types import Float, Int

if TYPE_CHECKING:
    from torch import Tensor


def rows_on(device: str, rows: Float) -> "Tensor":
    """Copy rows to a device.

    Args:
        device: cpu, cuda, cuda:1 ...
        rows: [N, D].

    Returns:
        [N, D] there.
    """
    import torch  # only who asks for a device pays for it

    return torch.tensor(rows, device=device)


def device_candidates(products: "Tensor", k: int) -> tuple[Int, Int]:
    """List the columns that may be among the k largest of each row.

    Args:
        products: [B, M] dot products, right within rounding.
        k: neighbours wanted, at most M.

    Returns:
        Bounds [B + 1] and columns, ascending for each row, of all products that are at least
        the k-th largest up to rounding.
    """
    lowest = products.topk(k, dim=1, sorted=False).values.min(dim=1, keepdim=True).values
    near = (products >= lowest - ROUNDING).nonzero().cpu().numpy()
    bounds = np.searchsorted(near[:, 0], np.arange(len(products) + 1))
    return bounds, np.ascontiguousarray(near[:, 1])
