"""Several processes on one machine share its cores, unless the user has chosen otherwise."""

import os
import subprocess
import sys

import pytest

from vireid.parallel import threads
from vireid.parallel.threads import threads_each

TORCHRUN = {"WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4"}
STEP = {
    "SLURM_STEP_NUM_TASKS": "8",
    "SLURM_PROCID": "5",
    "SLURM_NODEID": "1",
    "SLURM_STEP_TASKS_PER_NODE": "6,2",
}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, None),
        ({"WORLD_SIZE": "1", "LOCAL_WORLD_SIZE": "1"}, None),
        ({"WORLD_SIZE": "8"}, None),  # nobody knows how many are here
        (TORCHRUN, 4),
        (TORCHRUN | {"LOCAL_WORLD_SIZE": "32"}, 1),
        (TORCHRUN | {"OMP_NUM_THREADS": "3"}, None),
        (TORCHRUN | {"OMP_NUM_THREADS": "1"}, None),  # by the user: torchrun is not there
        (STEP, 8),
        (STEP | {"SLURM_CPUS_ON_NODE": "16"}, 8),
        (STEP | {"SLURM_CPUS_ON_NODE": "64"}, 16),  # bound to 16 of 64
        (STEP | {"SLURM_CPUS_PER_TASK": "6"}, 6),
        (STEP | {"SLURM_CPUS_PER_TASK": "60"}, 16),
        (STEP | {"SLURM_NODEID": "x"}, None),
        (STEP | TORCHRUN | {"SLURM_CPUS_PER_TASK": "16"}, 4),  # a torchrun in each task
    ],
)
def test_each_takes_its_share_of_sixteen_cores(monkeypatch, values, expected):
    monkeypatch.setattr(threads, "_cores", lambda: 16)
    assert threads_each(values) == expected


LAUNCHER = """
import os, subprocess, sys
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as torchrun does
os.environ["TORCHELASTIC_RUN_ID"] = "none"
code = "from vireid.parallel.threads import threads_each; print(threads_each())"
subprocess.run([sys.executable, "-c", code], check=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a launcher was started with")
@pytest.mark.parametrize("chosen", [None, "1"])
def test_the_one_thread_that_torchrun_sets_is_no_choice_of_the_user(chosen):
    variables = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    variables |= {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    variables |= {} if chosen is None else {"OMP_NUM_THREADS": chosen}
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER], env=variables, capture_output=True, text=True, check=True
    )
    share = max(1, len(os.sched_getaffinity(0)) // 2)
    assert done.stdout == f"{share if chosen is None else None}\n"
