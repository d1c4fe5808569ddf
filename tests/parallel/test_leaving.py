"""A process that leaves a group takes the group's threads with it before Python ends."""

import os
import socket
import subprocess
import sys

SCRIPT = """
import atexit
from pathlib import Path

from torch import nn
from torch.nn.parallel import DistributedDataParallel

from vireid.parallel import process_group, share


def tell_threads():
    names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    print("threads:", sorted(name for name in names if "gloo" in name))


class Holder:
    pass


def main():
    holder = Holder()
    holder.itself = holder
    with process_group("cpu"):
        assert share()[1] == 2
        holder.network = DistributedDataParallel(nn.Linear(2, 2))
        tell_threads()


atexit.register(tell_threads)
main()
"""


def test_no_thread_of_the_group_is_left_when_python_ends() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meet = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | meet | {"RANK": str(rank), "OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    for process in processes:
        text, _ = process.communicate(timeout=3600)
        assert process.returncode == 0, text
        during, after = [line for line in text.splitlines() if line.startswith("threads:")]
        assert "pt_gloo_runloop" in during
        assert after == "threads: []"
