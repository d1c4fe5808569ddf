"""Values that must be the same on every process."""

from collections.abc import Callable
from typing import TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor

from vireid.errors import VireidError
from vireid.parallel.lost import exchange
from vireid.parallel.own_share import share

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
    with exchange():
        dist.broadcast_object_list(box, 0)
    return box[0]


def any_of(ask: Callable[[], bool]) -> Callable[[], bool]:
    """Return a question that all processes answer alike: yes if any of them says yes.

    The answers travel by gloo, so that nobody waits for a GPU.

    Args:
        ask: this process's answer.

    Returns:
        To be called by all processes at the same moments.
    """

    def together() -> bool:
        if share()[1] == 1:
            return ask()
        answer = torch.tensor([int(ask())])
        with exchange():
            dist.all_reduce(answer, op=dist.ReduceOp.MAX)
            return bool(answer.item())

    return together


def on_first(act: Callable[[], Value]) -> Value:
    """Let the first process do something while the others wait.

    Args:
        act: what it does; reads or writes what all processes share.

    Returns:
        What it returned, on every process.

    Raises:
        VireidError: it raised one, which every process then raises; likewise an OSError.
    """
    rank, processes = share()
    if processes == 1:
        return act()
    value, problem = None, None
    if rank == 0:
        try:
            value = act()
        except (VireidError, OSError) as error:
            problem = error
    value, problem = from_first((value, problem))
    if problem is not None:
        raise problem
    return cast(Value, value)


def largest(flag: Tensor) -> Tensor:
    """Return the largest flag of all processes, without waiting for a GPU.

    Args:
        flag: a scalar on the device of this process; changed in place.

    Returns:
        The flag.
    """
    if share()[1] > 1:
        with exchange():
            dist.all_reduce(flag, op=dist.ReduceOp.MAX)
    return flag
