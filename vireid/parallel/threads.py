"""How many threads of the CPU each of several processes on one machine takes."""

import os
from collections.abc import Mapping
from pathlib import Path

from vireid.parallel.environment import is_several
from vireid.parallel.slurm import is_one_of_several, tasks_here

CHOICE = "OMP_NUM_THREADS"
"""The variable by which a user chooses a number of threads."""


def threads_each(environment: Mapping[str, str] | None = None) -> int | None:
    """Return how many threads this process should take.

    Args:
        environment: variables by name; those of this process where not given.

    Returns:
        Its share of the cores of this machine, at least 1; None, which leaves everything as it
        is, where it is alone, where OMP_NUM_THREADS says what the user wants, or where nothing
        says how many processes run on this machine.
    """
    given = os.environ if environment is None else environment
    if not is_several(given) or _is_chosen(given):
        return None
    cores, local = _cores(), given.get("LOCAL_WORLD_SIZE", "")
    if local.isdecimal():
        return max(1, cores // max(1, int(local)))
    if not is_one_of_several(given):
        return None
    asked, of_node = given.get("SLURM_CPUS_PER_TASK", ""), given.get("SLURM_CPUS_ON_NODE", "")
    if asked.isdecimal():
        return max(1, min(int(asked), cores))
    if of_node.isdecimal() and cores < int(of_node):  # srun has bound the task to its share
        return cores
    processes = tasks_here(given)
    return max(1, cores // processes) if processes else None


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_chosen(given: Mapping[str, str]) -> bool:
    """Tell whether the user has chosen a number of threads.

    torchrun sets one thread where nothing was chosen. Whether it did is seen in the environment
    that torchrun itself was started with.
    """
    if CHOICE not in given:
        return False
    if "TORCHELASTIC_RUN_ID" not in given or given[CHOICE] != "1":
        return True
    try:
        first = Path(f"/proc/{os.getppid()}/environ").read_bytes()
    except OSError:
        return True
    return any(line.startswith(f"{CHOICE}=".encode()) for line in first.split(b"\0"))
