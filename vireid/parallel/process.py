"""Which process of how many this is, and how they meet."""

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist

from vireid.errors import ConfigError
from vireid.parallel.lost import asking

NUMBERS = ("WORLD_SIZE", "RANK", "MASTER_PORT")
"""Variables of whole numbers by which torchrun tells a process how to meet the others."""
ADDRESS = "MASTER_ADDR"
"""The variable that says where they meet."""


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

    Raises:
        ConfigError: the environment does not say how to meet, or the others cannot be reached.
    """
    if dist.is_initialized() or _is_alone():
        yield device
        return
    if torch.device(device).type == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    try:
        dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    except (ValueError, dist.DistError) as error:
        raise ConfigError(
            f"cannot meet the other processes: {' '.join(str(error).split())}; start all of them "
            "with torchrun"
        ) from error
    # A group that anything still holds keeps its threads, and one that is busy while Python ends
    # aborts the process (pytorch issue 190489): let go of whatever is left before that.
    atexit.register(gc.collect)
    try:
        with asking():
            yield device
    finally:
        dist.destroy_process_group()


def _is_alone() -> bool:
    """Tell whether this is the only process; check how it is told to meet others if it is not."""
    if os.environ.get("WORLD_SIZE", "1") == "1":
        return True
    advice = "start several processes with torchrun, or unset WORLD_SIZE to train with one"
    missing = [name for name in (*NUMBERS, ADDRESS) if name not in os.environ]
    if missing:
        size = os.environ["WORLD_SIZE"]
        raise ConfigError(
            f"WORLD_SIZE is {size!r}, but the environment lacks {', '.join(missing)}; {advice}"
        )
    for name in NUMBERS:
        if not os.environ[name].isdecimal():
            raise ConfigError(
                f"{name} is {os.environ[name]!r}; expected a whole number of at least 0; {advice}"
            )
    rank, processes = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    if rank >= processes:
        raise ConfigError(f"RANK is {rank} of WORLD_SIZE {processes}; expected less; {advice}")
    return processes == 1
