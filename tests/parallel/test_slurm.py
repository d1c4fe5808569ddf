"""Tasks of `srun` meet by SLURM's own variables."""

import os
import socket
import subprocess
import sys

import pytest

from vireid.parallel.environment import told
from vireid.parallel.slurm import FIRST_PORT, PORTS, first_host, tasks_here

SCRIPT = """
import torch.distributed as dist
from vireid.parallel import any_of, from_first, process_group, share

for time in range(2):
    with process_group("cpu") as device:
        rank, processes = share()
        said = [device, processes, from_first(rank), any_of(lambda: rank == 1)()]
print(*said, rank)
"""


@pytest.mark.parametrize(
    ("hosts", "first"),
    [
        ("a1", "a1"),
        ("a1,a2", "a1"),
        ("gpu[03-05,9]", "gpu03"),
        ("gpu[7,9-12],cpu1", "gpu7"),
        ("rack[1-2]n[01-10],b3", "rack1n01"),
        ("n[1-2].cluster.org", "n1.cluster.org"),
        ("login-2,n[1-2]", "login-2"),
    ],
)
def test_the_first_host_of_a_list(hosts, first):
    assert first_host(hosts) == first


@pytest.mark.parametrize(
    ("text", "node", "tasks"),
    [("8", "0", 8), ("4(x2),3", "1", 4), ("4(x2),3", "2", 3), ("4", "1", None), ("", "0", None)],
)
def test_tasks_of_a_node(text, node, tasks):
    assert tasks_here({"SLURM_STEP_TASKS_PER_NODE": text, "SLURM_NODEID": node}) == tasks
    assert tasks_here({"SLURM_STEP_TASKS_PER_NODE": text}) is None


def step(rank, job="4711"):
    """Return the variables of one task of two."""
    return {
        "SLURM_STEP_NUM_TASKS": "2",
        "SLURM_PROCID": str(rank),
        "SLURM_LOCALID": str(rank),
        "SLURM_STEP_NODELIST": "localhost",
        "SLURM_JOB_NODELIST": "gpu[01-02]",
        "SLURM_JOB_ID": job,
        "SLURM_STEP_ID": "3",
    }


def test_what_torchrun_would_have_said():
    found = told(step(1))
    assert [found[name] for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK", "MASTER_ADDR")] == [
        "2", "1", "1", "localhost",
    ]  # fmt: skip
    ports = {int(told(step(0, str(job)))["MASTER_PORT"]) for job in range(9000, 9100)}
    assert len(ports) == 100
    assert all(FIRST_PORT <= port < FIRST_PORT + PORTS <= 32768 for port in ports)


def test_what_is_given_counts():
    given = {"MASTER_ADDR": "elsewhere", "MASTER_PORT": "5"}
    found = told(step(1) | given)
    assert given.items() <= found.items()
    assert found["RANK"] == "1"
    of_torchrun = {"WORLD_SIZE": "16", "RANK": "9", "LOCAL_RANK": "1"} | given
    assert told(step(1) | of_torchrun) == step(1) | of_torchrun


def test_the_nodes_of_the_job_do_where_those_of_the_step_lack():
    variables = {name: value for name, value in step(0).items() if "STEP_NODELIST" not in name}
    assert told(variables)["MASTER_ADDR"] == "gpu01"


def test_two_tasks_meet_and_meet_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = {"MASTER_PORT": str(free.getsockname()[1])}
    clean = {name: value for name, value in os.environ.items() if name not in told(step(0))}
    tasks = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean | step(rank) | port | {"OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    said = [task.communicate(timeout=300)[0] for task in tasks]
    # which task leaves first is chance; torch may warn of a connection that the other one closed
    told_by = [[line for line in one.splitlines() if line.startswith("cpu")] for one in said]
    assert told_by == [["cpu 2 0 True 0"], ["cpu 2 0 True 1"]], said
    assert [task.returncode for task in tasks] == [0, 0], said
