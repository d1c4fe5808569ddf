"""A trained run, ways to run commands well or badly or to stop them, and to compare runs."""

import json
import os
import signal
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from tests.written import only, table
from vireid.cli.main import main
from vireid.runs import BEFORE, Run
from vireid.runs import train_run as command
from vireid.runs.checkpoint import load_checkpoint
from vireid.training import Labelled, Stepped


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

        def stopped(*arguments, **settings):
            left = steps
            for event in fit(*arguments, **settings):
                within = isinstance(event, Stepped) and event.report.step < event.report.iterations
                left -= isinstance(event, Stepped)
                if left == 0 and (within or isinstance(event, Labelled)):
                    left = -1
                    monkeypatch.setattr(command, "fit", fit)
                    os.kill(os.getpid(), number)
                yield event

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

    def told(metadata: Mapping[str, str]) -> dict[str, Any]:
        """Return the head of a checkpoint without where its images lie."""
        cameras = json.loads(metadata.get("cameras", "{}"))
        return dict(metadata) | {"cameras": cameras | {"data": None}}

    def compare(folder: Path, other: Path) -> None:
        assert log(folder) == log(other)
        for stage in Run(other).stages():
            mine, theirs = (
                load_checkpoint(Run(one).checkpoint_file(stage)) for one in (folder, other)
            )
            assert told(mine[1]) == told(theirs[1])
            for name, value in theirs[0].items():
                assert mine[0][name].numpy().tobytes() == value.numpy().tobytes(), (stage, name)

    return compare


@pytest.fixture(scope="session")
def embedded() -> Callable[..., dict[str, np.ndarray]]:
    """Return a function that embeds test images, by path and in double precision."""

    def embed(run: Path, root: Path, file: Path) -> dict[str, np.ndarray]:
        assert main(["embed", str(run), str(root), "--part", "test", "--out", str(file)]) == 0
        with np.load(file) as arrays:
            return dict(zip(arrays["paths"].tolist(), arrays["vectors"].astype(float), strict=True))

    return embed


def score_query(
    query: Any, gallery: Any, ignored: Any, likeness: Any, by_identity: bool
) -> tuple[Any, ...]:
    """Return number of right images, first match, AP, INP and best image of a query."""
    pairs = zip(gallery, likeness, strict=True)
    kept = [(value, image) for image, value in pairs if not ignored(query, image)]
    kept.sort(key=lambda pair: -pair[0])
    identities = [image[1] for _, image in kept]
    hits = [rank for rank, identity in enumerate(identities, 1) if identity == query[1]]
    best = kept[0][1][:2] if kept else (None, None)
    if not hits:
        return 0, None, None, None, *best
    listed = list(dict.fromkeys(identities)) if by_identity else identities
    precision = sum(number / rank for number, rank in enumerate(hits, 1)) / len(hits)
    return len(hits), listed.index(query[1]) + 1, precision, len(hits) / hits[-1], *best


@pytest.fixture(scope="session")
def check_scores() -> Callable[..., None]:
    """Return a function that compares what `vireid evaluate` wrote with a slow oracle.

    It is given queries, gallery and the rule of what is ignored of each draw, images as path,
    identity and camera; and a function of these that says how like each two images are.
    """

    def check(
        folder: Path, draws: Iterable[Any], likeness: Callable[..., Any], *, by_identity: bool
    ) -> None:
        summary = only(folder / "evaluation.json")["stages"][BEFORE]
        rows = iter(pyarrow.parquet.read_table(table(folder)).to_pylist())
        for number, (queries, gallery, ignored) in enumerate(draws):
            values = likeness(queries, gallery, ignored)
            found = [
                score_query(query, gallery, ignored, row, by_identity)
                for query, row in zip(queries, values, strict=True)
            ]
            for query, expected in zip(queries, found, strict=True):
                stage, draw, *facts = next(rows).values()
                assert (stage, draw, *facts[:3]) == (BEFORE, number, *query)
                assert facts[3:] == [
                    pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
                    for value in expected
                ]
            valid = [scores for scores in found if scores[0]]
            assert summary["valid_queries"][number] == len(valid)
            means = [np.mean([scores[1] <= rank for scores in valid]) for rank in (1, 5, 10, 20)]
            means += [np.mean([scores[k] for scores in valid]) for k in (2, 3)]
            scores = [column[number] / 100 for column in summary["draws"].values()]
            assert scores == pytest.approx(means, abs=1e-9)
        assert next(rows, None) is None
        for key, values in summary["draws"].items():
            assert len(values) == number + 1
            assert summary["mean"][key] == pytest.approx(np.mean(values), abs=1e-9)
            if len(values) > 1:
                assert summary["spread"][key] == pytest.approx(np.std(values, ddof=1), abs=1e-9)

    return check
