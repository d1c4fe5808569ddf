"""Which process of how many this is, and how they meet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist


def share() -> tuple[int, int]:
    """Return which of how many processes this is: (0, 1) where there is only one."""
    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1


@contextmanager
def process_group(device: str) -> Iterator[str]:
    """Meet the other processes that torchrun started, if it did.

    Args:
        device: cpu, cuda ...; with cuda each process takes the GPU of its local rank.

    Yields:
        The device of this process.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        yield device
        return
    if torch.device(device).type == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()
