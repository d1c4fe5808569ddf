"""Rows of all processes in one tensor, with gradients that find their way back."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd import Function

from vireid.parallel.lost import exchange
from vireid.parallel.own_share import share


class _Gather(Function):
    """Concatenates the rows of all processes; hands each its own part of the gradient."""

    @staticmethod
    def forward(context: Any, rows: Tensor, sizes: Sequence[int]) -> Tensor:
        context.sizes = sizes
        longest = max(sizes)
        padded = rows.new_zeros((longest, *rows.shape[1:]))
        padded[: len(rows)] = rows
        parts = [torch.empty_like(padded) for _ in sizes]
        with exchange():
            dist.all_gather(parts, padded)
        return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        rank, sizes = share()[0], context.sizes
        start = sum(sizes[:rank])
        return gradients[0][start : start + sizes[rank]] * len(sizes), None


def gathered(rows: Tensor, sizes: Sequence[int]) -> Tensor:
    """Return the rows of all processes.

    All processes then compute the same loss of all rows. The gradient that a process gets back is
    that of its own rows times the number of processes, so that the mean over processes, which
    DistributedDataParallel takes of the parameters' gradients, is the gradient of one process
    that holds all rows.

    Args:
        rows: [b, ...] of this process.
        sizes: b of each process, by rank; all must give the same.

    Returns:
        [sum of sizes, ...], those of rank 0 first; the rows themselves where there is only one
        process.
    """
    if len(sizes) == 1:
        return rows
    result: Tensor = _Gather.apply(rows, sizes)
    return result
