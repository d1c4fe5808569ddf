"""What SLURM tells a task of `srun`, in the variables that torchrun would set."""

import re
from collections.abc import Mapping

FIRST_PORT, PORTS = 10_000, 20_000
"""Where processes meet: below the ports that Linux hands out by itself (32768 and up)."""


def is_one_of_several(environment: Mapping[str, str]) -> bool:
    """Tell whether this is one of several tasks that `srun` started together.

    SLURM_NTASKS would not do: a plain command of a batch script sees it as well.

    Args:
        environment: variables by name.

    Returns:
        True for a task of a step of two or more.
    """
    tasks = environment.get("SLURM_STEP_NUM_TASKS", "")
    return "SLURM_PROCID" in environment and tasks.isdecimal() and int(tasks) > 1


def torchrun_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return how one task of several meets the others.

    Args:
        environment: variables by name, of a task.

    Returns:
        WORLD_SIZE, RANK, LOCAL_RANK, MASTER_ADDR (the host of the first task) and MASTER_PORT (of
        the numbers of job and step), as far as SLURM's variables say them.
    """
    names = {
        "WORLD_SIZE": "SLURM_STEP_NUM_TASKS",
        "RANK": "SLURM_PROCID",
        "LOCAL_RANK": "SLURM_LOCALID",
    }
    found = {name: environment[slurms] for name, slurms in names.items() if slurms in environment}
    hosts = environment.get("SLURM_STEP_NODELIST") or environment.get("SLURM_JOB_NODELIST")
    if hosts:
        found["MASTER_ADDR"] = first_host(hosts)
    job = environment.get("SLURM_JOB_ID", "")
    step = environment.get("SLURM_STEP_ID", "0")
    if job.isdecimal() and step.isdecimal():
        found["MASTER_PORT"] = str(FIRST_PORT + (int(job) * 64 + int(step)) % PORTS)
    return found


def first_host(hosts: str) -> str:
    """Return the first host of a list as SLURM writes it.

    Args:
        hosts: such as ``gpu[03-05,9]``, ``a1,a2`` or ``rack[1-2]n[01-10],b3``.

    Returns:
        Its name: gpu03, a1, rack1n01.
    """
    first = re.match(r"(?:[^,\[]|\[[^\]]*\])*", hosts.strip())
    return re.sub(r"\[([^\],-]*)[^\]]*\]", r"\1", first.group() if first else hosts)


def tasks_here(environment: Mapping[str, str]) -> int | None:
    """Return how many tasks of the step run on this node.

    Args:
        environment: variables by name, of a task.

    Returns:
        The number; None where it is not told.
    """
    text, node = environment.get("SLURM_STEP_TASKS_PER_NODE", ""), environment.get("SLURM_NODEID")
    if node is None or not node.isdecimal():
        return None
    counts: list[int] = []
    for count, times in re.findall(r"(\d+)(?:\(x(\d+)\))?", text):  # 4(x2),3 is 4, 4, 3
        counts += [int(count)] * int(times or 1)
    return counts[int(node)] if int(node) < len(counts) else None
