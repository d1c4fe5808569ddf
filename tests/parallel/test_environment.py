"""What torchrun says in the environment is checked before processes try to meet."""

import os
import socket
from contextlib import nullcontext
from datetime import timedelta

import pytest
import torch

from vireid.errors import ConfigError, LostProcess, Stopped
from vireid.parallel import own_device, process_group, share
from vireid.parallel.environment import is_several, launcher, own_gpu, told_rank
from vireid.runs.machine import find_device

GOOD = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "29999"}


@pytest.fixture
def environment(monkeypatch):
    """Return a function that sets the variables of torchrun and SLURM to these and no others."""

    def arrange(values):
        for name in [*GOOD, *(name for name in os.environ if name.startswith(("LOCAL_", "SLURM")))]:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return arrange


@pytest.mark.parametrize("values", [{}, {"WORLD_SIZE": "1"}, {"RANK": "x"}])
def test_a_process_alone_meets_nobody(environment, values):
    environment(values)
    with process_group("cpu") as device:
        assert (device, share()) == ("cpu", (0, 1))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"WORLD_SIZE": "2"}, "'2', but the environment lacks RANK, MASTER_PORT, MASTER_ADDR; "),
        ({"WORLD_SIZE": "x"}, "'x', but the environment lacks RANK, MASTER_PORT, MASTER_ADDR; "),
        (GOOD | {"WORLD_SIZE": "x"}, "WORLD_SIZE is 'x'; expected a whole number"),
        (GOOD | {"WORLD_SIZE": ""}, "WORLD_SIZE is ''; expected a whole number"),
        (GOOD | {"WORLD_SIZE": "-2"}, "WORLD_SIZE is '-2'; expected a whole number"),
        (GOOD | {"WORLD_SIZE": "0"}, "RANK is 0 of WORLD_SIZE 0; expected less"),
        (GOOD | {"RANK": "2"}, "RANK is 2 of WORLD_SIZE 2; expected less"),
        (GOOD | {"RANK": "first"}, "RANK is 'first'; expected a whole number"),
        (GOOD | {"MASTER_PORT": "http"}, "MASTER_PORT is 'http'; expected a whole number"),
    ],
)
def test_an_environment_that_cannot_be_used_is_one_line(environment, values, message):
    environment(values)
    with pytest.raises(ConfigError) as caught, process_group("cpu"):
        pass
    assert message in str(caught.value)
    assert "torchrun, or unset WORLD_SIZE" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_others_that_cannot_be_met_are_one_line(environment, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("nobody\nthere")

    environment(GOOD)
    monkeypatch.setattr("vireid.parallel.process.rendezvous", refuse)
    with (
        pytest.raises(ConfigError, match="other processes: nobody there; start all of them with"),
        process_group("cpu"),
    ):
        pass


def test_others_that_never_come_are_not_waited_for_longer_than_said(environment, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        environment(GOOD | {"MASTER_PORT": str(free.getsockname()[1])})
    monkeypatch.setattr("vireid.parallel.process.MEETING", timedelta(seconds=1))
    with (
        pytest.raises(ConfigError, match="cannot meet the other processes: "),
        process_group("cpu"),
    ):
        pass


STEP = {"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "3", "SLURM_LOCALID": "1"}
PLAIN = {"SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0"}
"""What a plain command of a batch script sees."""


@pytest.mark.parametrize(
    ("values", "several", "rank", "words"),
    [
        ({}, False, "0", ""),
        ({"WORLD_SIZE": "1"}, False, "0", "torchrun ... -m "),
        (GOOD | {"RANK": "1"}, True, "1", "torchrun ... -m "),
        (STEP, True, "3", "srun ... "),
        (STEP | {"WORLD_SIZE": "1", "RANK": "0"}, False, "0", "torchrun ... -m "),
        (STEP | {"SLURM_STEP_NUM_TASKS": "1"}, False, "0", ""),
        (PLAIN, False, "0", ""),
    ],
)
def test_who_was_started_with_this_process(environment, values, several, rank, words):
    environment(values)
    assert (is_several(), told_rank(), launcher()) == (several, rank, words)


@pytest.mark.parametrize(
    ("values", "seen", "own"),
    [
        (GOOD | {"LOCAL_RANK": "0"}, 1, 0),
        (GOOD | {"LOCAL_RANK": "3"}, 4, 3),
        (GOOD, 1, 0),  # nothing else it could be
        (STEP, 4, 1),
        (STEP, 1, 0),  # srun gave each task a GPU of its own
        (STEP | GOOD | {"WORLD_SIZE": "4", "RANK": "3"}, 4, 1),
    ],
)
def test_a_process_has_the_gpu_of_its_local_rank(values, seen, own):
    assert own_gpu(seen, values) == own


@pytest.mark.parametrize(
    ("values", "seen", "message"),
    [
        (GOOD, 2, "this process sees 2 GPUs and LOCAL_RANK does not say which is its own; start"),
        (STEP | GOOD, 2, "sees 2 GPUs and LOCAL_RANK"),  # not the processes that SLURM counts
        (
            GOOD | {"LOCAL_RANK": "2"},
            2,
            "no GPU is left for the process of local rank 2: it sees 2",
        ),
        (
            GOOD | {"LOCAL_RANK": "1"},
            1,
            "no GPU is left for the process of local rank 1: it sees 1",
        ),
        (STEP | {"SLURM_LOCALID": "2"}, 2, "no GPU is left for the process of local rank 2"),
        (GOOD | {"LOCAL_RANK": "x"}, 2, "LOCAL_RANK is 'x'; expected a whole number"),
        (GOOD | {"LOCAL_RANK": "0"}, 0, "sees no GPU; give it one, or take --device cpu"),
    ],
)
def test_no_gpu_is_guessed(values, seen, message):
    with pytest.raises(ConfigError, match=message):
        own_gpu(seen, values)


@pytest.fixture
def machine(monkeypatch):
    """Pretend four GPUs; return the devices that were made current, and tensors made on any."""
    current, made = [], []

    def zeros(*_, device):
        made.append(device)
        return torch.ones(1)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", current.append)
    monkeypatch.setattr(torch, "zeros", zeros)
    return current, made


@pytest.mark.parametrize("name", ["auto", "cuda", "cuda:0"])
def test_only_the_own_gpu_is_opened(environment, machine, name):
    environment(GOOD | {"LOCAL_RANK": "2"})
    assert find_device(name) == "cuda:2"
    current, made = machine
    assert current == ["cuda:2"]
    assert made == ([] if name == "auto" else ["cuda:2"])
    assert own_device("cpu") == find_device("cpu") == "cpu"


def test_a_process_by_itself_takes_what_it_is_told(environment, machine):
    environment(PLAIN)
    assert [find_device(name) for name in ("auto", "cuda", "cuda:1")] == ["cuda", "cuda", "cuda:1"]
    assert machine == ([], ["cuda", "cuda:1"])


def test_a_group_on_gpus_keeps_objects_on_the_cpu(environment, machine, monkeypatch):
    """The group cannot be made here; what is asked of torch can be seen."""
    asked = {}

    def begin(backend, **given):
        asked.update(given, backend=backend)
        raise ValueError("enough")

    environment(GOOD | {"LOCAL_RANK": "2"})
    monkeypatch.setattr("vireid.parallel.process.rendezvous", lambda *_, **__: iter([(None, 0, 2)]))
    monkeypatch.setattr("vireid.parallel.process.PrefixStore", lambda *_: None)
    monkeypatch.setattr("torch.distributed.init_process_group", begin)
    with pytest.raises(ConfigError, match="enough"), process_group("cuda"):
        pass
    assert asked["backend"] == "cpu:gloo,cuda:nccl"
    assert asked["device_id"] == torch.device("cuda:2")
    assert asked["timeout"] > timedelta(hours=3)
    assert machine[0] == ["cuda:2"]


@pytest.mark.parametrize(
    ("error", "given_up"), [(LostProcess("x"), True), (Stopped("x", 0), False)]
)
def test_work_on_a_gpu_that_waits_for_a_lost_process_is_given_up(
    environment, machine, monkeypatch, error, given_up
):
    left = []
    environment(GOOD | {"LOCAL_RANK": "1"})
    monkeypatch.setattr("vireid.parallel.process._meet", lambda _: None)
    monkeypatch.setattr("vireid.parallel.process.asking", nullcontext)
    monkeypatch.setattr("vireid.parallel.process._abort", left.append)
    monkeypatch.setattr("torch.distributed.destroy_process_group", lambda: left.append("left"))
    with pytest.raises(type(error)), process_group("cuda"):
        raise error
    assert left == [*([torch.device("cuda:1")] if given_up else []), "left"]
    assert machine[0] == ["cuda:1"]
