"""Which process of how many this is, and how they meet."""

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from itertools import count

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from vireid.errors import ConfigError, LostProcess
from vireid.parallel.environment import is_several, own_gpu, told
from vireid.parallel.lost import asking

NUMBERS = ("WORLD_SIZE", "RANK", "MASTER_PORT")
"""Variables of whole numbers by which torchrun tells a process how to meet the others."""
ADDRESS = "MASTER_ADDR"
"""The variable that says where they meet."""
MEETING = timedelta(minutes=30)
"""How long a process waits for the others to appear."""
PATIENCE = timedelta(hours=6)
"""How long a process waits for the others once they have met.

The first process alone decodes the images, and a million of them at a hundred a second, as off a
slow network disk, take three hours. Nothing is lost by waiting long: a process that has ended is
noticed by its closed connections, and whatever started the processes ends the others.
"""
_meetings = count()


def own_device(device: str) -> str:
    """Return where this process computes: of several, each has a GPU of its own.

    That GPU becomes the current one, so that nothing opens a context on another.

    Args:
        device: cpu, cuda ...; the number of a GPU only counts for a process by itself.

    Returns:
        The device; of several processes with cuda, that of the local rank.

    Raises:
        ConfigError: nothing says which GPU is its own, or there are more processes than GPUs.
    """
    if torch.device(device).type != "cuda" or not is_several():
        return device
    own = f"cuda:{own_gpu(torch.cuda.device_count())}"
    torch.cuda.set_device(own)
    return own


@contextmanager
def process_group(device: str) -> Iterator[str]:
    """Meet the other processes that torchrun or srun started, if one did.

    Objects and other values of the CPU travel by gloo, so that no process waits for its GPU, and
    none is in a collective of NCCL while the first one reads or writes files.

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
    device = own_device(device)
    # DistributedDataParallel imports this, and what it keeps of a group that is there already
    # stays for good.
    import_module("torch._dynamo")
    try:
        _meet(device)
    except (ValueError, dist.DistError) as error:
        raise ConfigError(
            f"cannot meet the other processes: {' '.join(str(error).split())}; start all of them "
            "with torchrun or srun"
        ) from error
    # A group that anything still holds keeps its threads, and one that is busy while Python ends
    # aborts the process (pytorch issue 190489): let go of whatever is left before that.
    atexit.register(gc.collect)
    try:
        with asking():
            yield device
    except LostProcess:
        if torch.device(device).type == "cuda":
            _abort(torch.device(device))
        raise
    finally:
        dist.destroy_process_group()


def _meet(device: str) -> None:
    """Wait for all processes, and make the group of all of them."""
    variables, where = told(), "env://"
    if not {ADDRESS, "MASTER_PORT"} <= set(os.environ):
        host = variables[ADDRESS]
        host = f"[{host}]" if ":" in host else host
        where = f"tcp://{host}:{variables['MASTER_PORT']}"
    numbers = int(variables["RANK"]), int(variables["WORLD_SIZE"])
    store, rank, processes = next(rendezvous(where, *numbers, timeout=MEETING))
    gpu = torch.device(device) if torch.device(device).type == "cuda" else None
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if gpu else "gloo",
        store=PrefixStore(f"meeting {next(_meetings)}", store),
        rank=rank,
        world_size=processes,
        timeout=PATIENCE,
        device_id=gpu,
    )


def _abort(gpu: torch.device) -> None:
    """Give up what still waits for a lost process on a GPU, as leaving the group would wait too."""
    group = dist.group.WORLD
    if group is not None:
        group._get_backend(gpu).abort()


def _is_alone() -> bool:
    """Tell whether this is the only process; check how it is told to meet others if it is not."""
    if not is_several():
        return True
    variables = told()
    advice = "start several processes with torchrun, or unset WORLD_SIZE to train with one"
    missing = [name for name in (*NUMBERS, ADDRESS) if name not in variables]
    if missing:
        size = variables["WORLD_SIZE"]
        raise ConfigError(
            f"WORLD_SIZE is {size!r}, but the environment lacks {', '.join(missing)}; {advice}"
        )
    for name in NUMBERS:
        if not variables[name].isdecimal():
            raise ConfigError(
                f"{name} is {variables[name]!r}; expected a whole number of at least 0; {advice}"
            )
    rank, processes = int(variables["RANK"]), int(variables["WORLD_SIZE"])
    if rank >= processes:
        raise ConfigError(f"RANK is {rank} of WORLD_SIZE {processes}; expected less; {advice}")
    return processes == 1
