"""`torchrun ... -m vireid train`: several processes train as one, and stop and go on as one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from socket import socket

import pytest

from tests.forked import Command, pair
from vireid.cli.main import main
from vireid.runs import Run
from vireid.runs.states import state_files

pytestmark = pytest.mark.slow


def start(people: Path, tiny_file: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """Start a training by two processes."""
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), *more]
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return subprocess.Popen(
        [sys.executable, *launch, "-m", "vireid", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def log(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def wait_for(done: Callable[[], bool], process: subprocess.Popen[str] | Command) -> None:
    """Wait until a condition holds; fail if the process ends before."""
    while not done():
        assert process.poll() is None, "it ended before"
        time.sleep(0.05)


def train_by_two(people: Path, tiny_file: Path, out: Path, *more: str) -> None:
    """Train by two processes without the launcher's own seconds."""
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), *more]
    both = pair(words, out.parent)
    assert [process.wait() for process in both] == [0, 0], both[0].err + both[1].err


@pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-4), ("fp64", 1e-6)])
def test_two_processes_log_what_one_does(
    people: Path, tiny_file: Path, tmp_path: Path, precision: str, tolerance: float
) -> None:
    """Sums in another order differ by rounding, which Adam blows up in fp32 and less in fp64."""
    setting = f"compute.precision={precision}"
    cache = ("--cache", str(tmp_path / "cache"))
    train_by_two(people, tiny_file, tmp_path / "two", "--set", setting, *cache)
    words = ["train", people, "--recipe", tiny_file, "--out", tmp_path / "one", "--set", setting]
    assert main([str(word) for word in words]) == 0
    one, two = log(tmp_path / "one"), log(tmp_path / "two")
    assert len(one) == len(two) == 3
    for mine, theirs in zip(one, two, strict=True):
        assert theirs["losses"]["total"] == pytest.approx(mine["losses"]["total"], rel=tolerance)
        if precision == "fp64":
            assert theirs["losses"] == pytest.approx(mine["losses"], rel=tolerance)
        for name in ("clusters", "noise", "ari", "images"):
            assert theirs[name] == mine[name], name
    assert Run(tmp_path / "two").stages() == ["before", "joint", "aligned"]
    assert not state_files(Run(tmp_path / "two"))
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_terminated_group_saves_and_one_process_can_go_on(
    people: Path, tiny_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = start(people, tiny_file, out, "--set", "stages.aligned.epochs=200")
    wait_for(lambda: (out / "metrics.jsonl").exists() and len(log(out)) > 1, process)
    process.send_signal(signal.SIGTERM)
    text, _ = process.communicate()
    assert "stopped and saved; go on with: torchrun ... -m vireid train" in text
    before = log(out)
    again = main(["train", str(people), "--out", str(out), "--resume", "--set", "seed=1"])
    assert again == 2  # another recipe is refused
    recipe = Run(out).recipe_file
    recipe.write_text(recipe.read_text().replace("epochs: 200", f"epochs: {len(before) + 1}"))
    assert main(["train", str(people), "--out", str(out), "--resume"]) == 0
    assert log(out)[: len(before)] == before
    assert len(log(out)) == len(before) + 2


def test_the_death_of_one_process_is_told_in_one_line_and_nothing_is_lost(
    people: Path, tiny_file: Path, tmp_path: Path, assert_same_run: Callable[[Path, Path], None]
) -> None:
    out, alone, longer = tmp_path / "run", tmp_path / "alone", "stages.aligned.epochs=12"
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), "--set", longer]
    both = pair(words, tmp_path)
    wait_for(lambda: (out / "metrics.jsonl").exists() and len(log(out)) > 1, both[0])
    both[1].kill()
    assert both[0].wait() == 2
    *notes, line = both[0].err.splitlines()
    assert len(notes) == 1, "of the data, before anything is trained"
    told = (
        "vireid train: another process of this training has ended; see its message, then: torchrun"
    )
    assert line.startswith(told)
    assert state_files(Run(out))
    assert len(log(out)) < 13
    for folder in (out, alone):
        train_by_two(people, tiny_file, folder, "--set", longer, "--resume")
    assert len(log(out)) == 13
    assert_same_run(out, alone)


def test_a_mistake_is_everybodys(people: Path, tiny_file: Path, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(tmp_path / "run")]
    both = pair(words, tmp_path)
    assert [process.wait() for process in both] == [2, 2]
    assert both[0].err.startswith("vireid train: ")
    for process in both:
        assert process.err.endswith("is or lies in a file; choose another --out\n")


def test_tasks_of_srun_train_as_one_and_only_the_first_speaks(
    people: Path, tiny_file: Path, tmp_path: Path
) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        step = {
            "SLURM_STEP_NUM_TASKS": "2",
            "SLURM_STEP_NODELIST": "localhost",
            "MASTER_PORT": str(free.getsockname()[1]),
        }
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(tmp_path / "run")]

    def both(name: str) -> list[Command]:
        """Start two tasks and wait for them."""
        environments = [step | {"SLURM_PROCID": str(rank)} for rank in range(2)]
        tasks = [
            Command(words, tmp_path / f"{name}-{rank}", environment=environment)
            for rank, environment in enumerate(environments)
        ]
        for task in tasks:
            task.wait()
        return tasks

    tasks = both("first")
    assert [task.poll() for task in tasks] == [0, 0], tasks[0].err + tasks[1].err
    assert "next: vireid evaluate" in tasks[0].out
    assert tasks[1].out == ""
    assert len(log(tmp_path / "run")) == 3
    tasks = both("again")
    assert [task.poll() for task in tasks] == [2, 2]
    assert tasks[0].err.startswith("vireid train: ")
    assert tasks[1].err.startswith("vireid train, process 1: ")
