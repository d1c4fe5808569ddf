"""A lost process is told from a mistake of one's own, in whatever an error comes up."""

import os
import socket
import subprocess
import sys

import pytest
import torch

from vireid.errors import LostProcess
from vireid.parallel import lost, recognising_lost
from vireid.parallel.lost import Answer, ask, exchange

SCRIPT = """
import os, signal, sys
from datetime import timedelta

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from vireid.errors import LostProcess
from vireid.parallel import any_of, from_first, lost, process_group, recognising_lost, share

lost.PATIENCE = timedelta(seconds=3)


def fail(rank, kind):
    if kind == "everybody's mistake" or rank == 1:
        if kind == "death":
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "leaving":
            sys.exit(3)
        raise RuntimeError("a mistake")


def main(place, kind):
    with process_group("cpu"):
        rank = share()[0]
        layers = DistributedDataParallel(nn.Sequential(nn.Linear(2, 200), nn.BatchNorm1d(200)))
        stop = any_of(lambda: False)
        try:
            with recognising_lost():
                for step in range(4):
                    stop()
                    output = layers(torch.randn(8, 2))
                    if step == 2:
                        fail(rank, kind)
                    if place == "backward":
                        output.sum().backward()
                    else:
                        from_first("a value")
        except LostProcess as error:
            print("lost:", error)
        except RuntimeError as error:
            print("error:", error)


main(*sys.argv[1:])
"""


def outputs(place: str, kind: str, processes: int = 2) -> list[str]:
    """Return what each process printed last."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meet = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, place, kind],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | meet | {"RANK": str(rank), "OMP_NUM_THREADS": "1"},
        )
        for rank in range(processes)
    ]
    return [process.communicate(timeout=300)[0].strip() for process in started]


LOST = "lost: another process of this training has ended; see its message"


@pytest.mark.parametrize("place", ["backward", "collective"])
def test_a_process_that_was_killed_is_lost(place: str) -> None:
    assert outputs(place, "death") == [LOST, ""]


def test_all_others_notice_a_process_that_has_left() -> None:
    assert outputs("backward", "leaving", processes=3) == [LOST, "", LOST]


def test_a_mistake_of_one_process_is_its_own_and_the_others_lose_it() -> None:
    assert outputs("backward", "a mistake") == [LOST, "error: a mistake"]


def test_a_mistake_of_all_processes_is_nobodys_loss() -> None:
    assert outputs("backward", "everybody's mistake") == ["error: a mistake"] * 2


def test_alone_no_process_is_ever_lost() -> None:
    assert ask() is Answer.THERE
    for wrapped in (exchange, recognising_lost):
        with pytest.raises(RuntimeError, match="Connection closed by peer"), wrapped():
            raise RuntimeError("Connection closed by peer")


@pytest.mark.parametrize(
    ("answer", "in_exchange", "elsewhere"),
    [(Answer.THERE, False, False), (Answer.ENDED, True, True), (Answer.SILENT, True, False)],
)
def test_silence_counts_only_where_all_take_part(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, in_exchange: bool, elsewhere: bool
) -> None:
    monkeypatch.setattr(lost, "ask", lambda: answer)
    for wrapped, is_lost in ((exchange, in_exchange), (recognising_lost, elsewhere)):
        with pytest.raises(LostProcess if is_lost else RuntimeError), wrapped():
            raise RuntimeError("something")


def test_memory_that_runs_out_is_no_lost_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "ask", lambda: Answer.SILENT)
    with pytest.raises(torch.OutOfMemoryError), exchange():
        raise torch.OutOfMemoryError("out of memory")
