"""SIGHUP, which a terminal sends when it is closed, ends a training like SIGTERM."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time

import pytest

from vireid.cli.main import main
from vireid.runs import Run
from vireid.runs.states import state_files
from vireid.runs.stopping import stop_requests


@pytest.fixture(autouse=True)
def heard():
    """Let SIGHUP have its usual effect here and in new processes, even under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def test_a_hang_up_saves_and_says_how_to_go_on(
    people, tiny_file, trained, tmp_path, capsys, stopping, monkeypatch, assert_same_run
):
    out = tmp_path / "run"
    before = signal.getsignal(signal.SIGHUP)
    stopping(3, signal.SIGHUP)
    assert main(["train", str(people), "--recipe", str(tiny_file), "--out", str(out)]) == 129
    assert signal.getsignal(signal.SIGHUP) is before
    line = capsys.readouterr().err.splitlines()[-1]
    expected = f"vireid train {people} --out {out} --resume"
    assert line == f"vireid train: stopped and saved; go on with: {expected}"
    monkeypatch.undo()
    assert main(expected.split()[1:]) == 0
    assert_same_run(out, trained)


@pytest.mark.parametrize("ignored", [False, True])
def test_a_hang_up_that_is_ignored_stays_ignored(ignored):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        with stop_requests() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop() is not ignored
    finally:
        signal.signal(signal.SIGHUP, before)


def own_terminal():
    """Make the terminal at the standard input the one whose end is told by SIGHUP."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_training_outlives_its_terminal_long_enough_to_save(people, tiny_file, tmp_path):
    out = tmp_path / "run"
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out)]
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "vireid", *words, "--set", "stages.aligned.epochs=500"],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=own_terminal,
    )  # fmt: skip
    os.close(theirs)
    while not state_files(Run(out)) and process.poll() is None:
        if select.select([ours], [], [], 0.05)[0]:
            os.read(ours, 1 << 16)
    closed = time.time()
    os.close(ours)
    assert process.wait() == 129
    assert state_files(Run(out))[0].stat().st_mtime > closed - 0.1


def test_output_that_nobody_reads_is_no_error():
    program = (
        "import os, signal, sys\n"
        "from vireid.runs.stopping import stop_requests\n"
        "with stop_requests() as stop:\n"
        "    sys.stdin.readline()\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    print('lost', flush=True)\n"
        "    sys.exit(7 if stop() else 8)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for stream in (process.stdout, process.stderr):
        stream.close()
    process.stdin.write(b"\n")
    process.stdin.close()
    assert process.wait() == 7
