"""Values that must be the same on every process."""

from collections.abc import Callable
from typing import TypeVar

import torch
import torch.distributed as dist

from vireid.parallel.process import share

Value = TypeVar("Value")


def from_first(value: Value) -> Value:
    """Return the value of the first process.

    Args:
        value: anything that can be pickled.

    Returns:
        Rank 0's; the value itself where there is only one process.
    """
    if share()[1] == 1:
        return value
    box = [value]
    dist.broadcast_object_list(box, 0)
    return box[0]


def any_of(ask: Callable[[], bool], device: torch.device | str = "cpu") -> Callable[[], bool]:
    """Return a question that all processes answer alike: yes if any of them says yes.

    Args:
        ask: this process's answer.
        device: of the process group's backend.

    Returns:
        To be called by all processes at the same moments.
    """

    def together() -> bool:
        if share()[1] == 1:
            return ask()
        answer = torch.tensor([int(ask())], device=device)
        dist.all_reduce(answer, op=dist.ReduceOp.MAX)
        return bool(answer.item())

    return together
