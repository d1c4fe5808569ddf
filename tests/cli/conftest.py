"""A trained run, ways to run commands well or badly or to stop them, and to compare runs."""

import json
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vireid.checkpoint import load_checkpoint
from vireid.cli import training as command
from vireid.cli.main import main
from vireid.runs import Run


@pytest.fixture(scope="session")
def trained(people: Path, tiny_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run on the fake people, to be read only."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    words = ["train", people, "--recipe", tiny_file, "--out", folder, "--weights", "none"]
    assert main([str(word) for word in words]) == 0
    return folder


@pytest.fixture
def mistake(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command and gives back its one line of complaint."""

    def run(*words: object) -> str:
        capsys.readouterr()
        code = main([str(word) for word in words])
        err = capsys.readouterr().err
        assert code == 2, f"exit code {code}"
        assert err.endswith("\n")
        assert err.count("\n") == 1, err
        assert err.startswith(f"vireid {words[0]}: ")
        assert "Traceback" not in err
        return err

    return run


@pytest.fixture
def stopping(monkeypatch):
    """Return a function that lets the next training stop by a signal before some step."""

    def arrange(steps, number=signal.SIGTERM):
        fit = command.fit

        def stopped(*arguments, stop, **settings):
            asked = iter(range(1000))

            def ask():
                if next(asked) == steps:
                    os.kill(os.getpid(), number)
                return stop()

            return fit(*arguments, stop=ask, **settings)

        monkeypatch.setattr(command, "fit", stopped)

    yield arrange
    monkeypatch.undo()


@pytest.fixture
def succeed() -> Callable[..., None]:
    """Return a function that runs a command, whose warnings are printed as outside of tests."""

    def run(*words: object) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            assert main([str(word) for word in words]) == 0

    return run


@pytest.fixture
def train(succeed: Callable[..., None], tiny_file: Path) -> Callable[..., Path]:
    """Return a function that trains by the tiny recipe and returns the run folder."""

    def run(data: Path, out: Path, *more: object) -> Path:
        succeed("train", data, "--recipe", tiny_file, "--out", out, "--weights", "none", *more)
        return out

    return run


@pytest.fixture
def assert_same_run() -> Callable[[Path, Path], None]:
    """Return a function that demands equal logs, seconds apart, and bit-equal weights."""

    def log(folder: Path) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        return [{name: line[name] for name in line if name != "seconds"} for line in lines]

    def compare(folder: Path, other: Path) -> None:
        assert log(folder) == log(other)
        for stage in Run(other).stages():
            mine, theirs = (
                load_checkpoint(Run(one).checkpoint_file(stage)) for one in (folder, other)
            )
            assert mine[1] == theirs[1]
            for name, value in theirs[0].items():
                assert mine[0][name].numpy().tobytes() == value.numpy().tobytes(), (stage, name)

    return compare
