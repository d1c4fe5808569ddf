"""A trained run, and ways to make mistakes and to stop."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from vireid.cli import training as command
from vireid.cli.main import main


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
