"""Recipes with classes from outside the package, and what tests do with them."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vireid.cli.main import main
from vireid.runs import Run, train_run
from vireid.runs.checkpoint import load_checkpoint
from vireid.training import Stepped

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
FOREIGN = """
height: 32
width: 16
network: {backbone: test_efficientnet, weights: none}
labelling: {class_path: camera_centred.CameraCentred, init_args: {clusters: 6}}
augmentation: {padding: 1, exposure: 0.1}
batch_labels: 4
batch_images: 2
stages:
- name: joint
  epochs: 1
  iterations: 2
  learning_rate: 0.0001
  terms:
    visible: {loss: cluster_nce, labels: visible}
    infrared: {loss: cluster_nce, labels: infrared}
- name: aligned
  epochs: 2
  iterations: 2
  learning_rate: 0.0001
  sample_by: mixed
  terms:
    mine: {class_path: hybrid_memory.HybridMemory, init_args: {labels: mixed, weight: 0.5}}
    triplet: {loss: triplet, labels: mixed}
"""
"""A tiny recipe whose labeller and one of whose terms lie outside the package."""


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Let no module that a recipe or a test has brought stay for the next test."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        beside = file is not None and Path(file).parent in (EXAMPLES, HERE)
        if beside or hasattr(sys.modules[name], "_vireid_recipe"):
            del sys.modules[name]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Return the file of the tiny recipe, in a folder with the modules that it names."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("camera_centred.py", "hybrid_memory.py"):
        shutil.copy(EXAMPLES / name, folder)
    file = folder / "mine.yaml"
    file.write_text(FOREIGN)
    return file


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command and gives back what it printed, or complained of."""

    def run(*words: object, code: int = 0) -> str:
        capsys.readouterr()
        found = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert found == code, err
        return err if code else out

    return run


@pytest.fixture
def stop_after(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return a function that lets the next training get a SIGTERM after some steps."""

    def arrange(steps: int) -> None:
        fit = train_run.fit

        def stopped(*arguments: Any, **settings: Any) -> Iterator[Any]:
            taken = 0
            for event in fit(*arguments, **settings):
                taken += isinstance(event, Stepped)
                if taken == steps and isinstance(event, Stepped):
                    os.kill(os.getpid(), signal.SIGTERM)
                yield event

        monkeypatch.setattr(train_run, "fit", stopped)

    yield arrange
    monkeypatch.undo()


@pytest.fixture
def same_run() -> Callable[[Path, Path], None]:
    """Return a function that demands equal logs, seconds apart, and bit-equal weights."""

    def log(folder: Path) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in Run(folder).log_file.read_text().splitlines()]
        return [{name: line[name] for name in line if name != "seconds"} for line in lines]

    def compare(one: Path, other: Path) -> None:
        assert log(one) == log(other)
        assert Run(one).stages() == Run(other).stages()
        for stage in Run(one).stages():
            files = [Run(run).checkpoint_file(stage) for run in (one, other)]
            mine, theirs = map(load_checkpoint, files)
            assert mine[1] == theirs[1]
            for name, value in mine[0].items():
                assert value.numpy().tobytes() == theirs[0][name].numpy().tobytes(), (stage, name)

    return compare
