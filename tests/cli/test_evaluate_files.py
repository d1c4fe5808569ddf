"""What `vireid evaluate` writes, of runs and of weights by themselves."""

import csv
import importlib.util
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
import torch

from tests.written import only
from tests.written import table as queries
from vireid.cli.main import main
from vireid.errors import DataError
from vireid.runs.checkpoint import save_checkpoint
from vireid.scoring import evaluating, query_table, tasks
from vireid.scoring import networks as scoring
from vireid.scoring import pictures as examples
from vireid.scoring.query_table import COLUMNS

SCORES = ["rank1", "rank5", "rank10", "rank20", "mAP", "mINP"]


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to."""
    return shutil.copytree(trained, tmp_path / "run")


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


def test_scores_of_all_draws_and_queries_are_written(run, people, capsys):
    go(run, people, "--every-stage", "--draws", "3")
    (line,) = [row for row in capsys.readouterr().out.splitlines() if row.startswith("written: ")]
    slug = "sysu-mm01-all-search-single-shot-infrared-to-visible-3-draws"
    names = (
        "metrics.json",
        "evaluation.json",
        f"queries-{slug}.parquet",
        f"ranked-list-{slug}.png",
    )
    assert line.removeprefix("written: ").split(", ") == [str(run / name) for name in names]
    metrics, summary = (only(run / name) for name in ("metrics.json", "evaluation.json"))
    facts = [{**entry, "stages": None} for entry in (metrics, summary)]
    assert facts[0] == facts[1]
    assert summary["draws"] == 3
    metrics = metrics["stages"]
    assert list(summary["stages"]) == ["before", "joint", "aligned"]
    table = pyarrow.parquet.read_table(queries(run)).to_pylist()
    assert tuple(table[0]) == COLUMNS
    assert len(table) == 3 * 3 * summary["queries"] == 3 * 3 * 32
    for stage, scores in summary["stages"].items():
        assert scores["mean"] == metrics[stage]
        assert list(scores["spread"]) == list(scores["draws"]) == SCORES
        assert len(scores["cmc"]) == 20
        assert scores["cmc"][0] == pytest.approx(scores["mean"]["rank1"])
        for draw in range(3):
            rows = [row for row in table if (row["stage"], row["draw"]) == (stage, draw)]
            precision = [row["average_precision"] for row in rows]
            assert 100 * np.mean(precision) == pytest.approx(scores["draws"]["mAP"][draw])
            assert all((people / row["query"]).is_file() for row in rows)


def test_the_page_on_evaluation_names_the_columns():
    page = (Path(__file__).resolve().parents[2] / "docs" / "evaluation.md").read_text()
    table = page.split("| column of `queries` |")[1].split("\n\n")[0]
    assert tuple(re.findall(r"`(\w+)`", table)) == COLUMNS[2:]


def test_without_pyarrow_the_table_is_csv(run, people, monkeypatch):
    go(run, people, "--draws", "2")
    expected = pyarrow.parquet.read_table(queries(run)).to_pylist()
    find = importlib.util.find_spec
    monkeypatch.setattr(
        query_table, "find_spec", lambda name: None if name == "pyarrow" else find(name)
    )
    go(run, people, "--draws", "2")
    with queries(run, "csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [{name: str(value) for name, value in row.items()} for row in expected] == rows


@pytest.mark.parametrize("installed", [True, False])
def test_a_query_that_does_not_count_has_no_scores(
    run, people, tmp_path, monkeypatch, installed, succeed, capsys
):
    data = shutil.copytree(people, tmp_path / "data")
    lines = ["path,modality,camera,identity,split"]
    for camera, identity, split in ((3, 9, "query"), (3, 10, "query"), (1, 9, "gallery")):
        kind = "infrared" if camera == 3 else "visible"
        lines.append(f"cam{camera}/{identity:04d}/0000.jpg,{kind},{camera},{identity},{split}")
    (data / "manifest.csv").write_text("\n".join(lines))
    if not installed:
        monkeypatch.setattr(query_table, "find_spec", lambda _: None)
    succeed("evaluate", run, data)
    out, err = capsys.readouterr()
    (line,) = [row for row in out.splitlines() if row.startswith("aligned")]
    assert line.endswith(" 1 of 2")
    (line,) = err.splitlines()
    assert "1 of 2 queries have no image of their identity in their gallery" in line
    best = "cam1/0009/0000.jpg"
    expected = [[9, 3, 1, 1, 1.0, 1.0, best, 9], [10, 3, 0, None, None, None, best, 9]]
    if installed:
        rows = pyarrow.parquet.read_table(queries(run)).to_pylist()
        assert [list(row.values())[3:] for row in rows] == expected
    else:
        lines = queries(run, "csv").read_text().splitlines()[1:]
        words = [["" if value is None else str(value) for value in row] for row in expected]
        assert [line.split(",")[3:] for line in lines] == words
    scores = only(run / "evaluation.json")["stages"]["aligned"]
    assert scores["valid_queries"] == [1]
    assert scores["spread"] is None


def test_weights_alone_give_the_scores_of_their_run(run, people, tmp_path, capsys):
    go(run, people, "--stage", "joint", "--draws", "2", "--out", tmp_path / "whole")
    expected = json.loads((tmp_path / "whole" / "evaluation.json").read_text())
    assert not (run / "evaluation.json").exists()
    assert only(run / "metrics.json")["stages"]["joint"]
    alone = shutil.copy(run / "checkpoints" / "joint.safetensors", tmp_path / "mine.safetensors")
    shutil.rmtree(run)
    capsys.readouterr()
    go(alone, people, "--draws", "2")
    assert "joint" in capsys.readouterr().out
    beside = tmp_path / "mine-evaluation"
    assert [file.name.split("-")[0] for file in sorted(beside.iterdir())] == [
        "evaluation.json", "queries", "ranked",
    ]  # fmt: skip
    assert json.loads((beside / "evaluation.json").read_text()) == expected
    go(alone, people, "--draws", "2", "--out", tmp_path / "there" / "deep")
    assert queries(tmp_path / "there" / "deep", "png", "ranked-list").is_file()


def test_weights_that_cannot_be_used(run, people, tmp_path, mistake):
    file = run / "checkpoints" / "joint.safetensors"
    for option in (["--stage", "joint"], ["--every-stage"]):
        assert "--stage and --every-stage apply to runs" in mistake(
            "evaluate", file, people, *option
        )
    bare = tmp_path / "bare.safetensors"
    save_checkpoint(bare, {"weight": torch.zeros(1)}, {})
    assert "bare.safetensors holds no recipe" in mistake("evaluate", bare, people)
    bare.write_bytes(b"nothing")
    assert "bare.safetensors is damaged" in mistake("evaluate", bare, people)


@pytest.mark.parametrize("weights", [False, True])
def test_a_place_that_cannot_be_written_to_is_found_first(
    run, people, tmp_path, mistake, monkeypatch, weights
):
    (tmp_path / "file").touch()
    (run / "metrics.json").write_text("{}\n")
    monkeypatch.setattr(scoring, "read_all", lambda *_: pytest.fail("images are read"))
    model = run / "checkpoints" / "joint.safetensors" if weights else run
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        message = f"cannot write to {out}: it is or lies in a file; choose another folder by --out"
        assert message in mistake("evaluate", model, people, "--draws", "1", "--out", out)
    monkeypatch.setattr(tasks.os, "access", lambda place, _: place != tmp_path / "new")
    found = mistake("evaluate", model, people, "--out", tmp_path / "new")
    assert f"cannot write to {tmp_path / 'new'}: permission denied; choose another" in found
    assert (run / "metrics.json").read_text() == "{}\n"


def test_metrics_are_replaced_last(run, people, monkeypatch, mistake):
    go(run, people, "--draws", "1")
    old = (run / "metrics.json").read_bytes()

    def full(*_, **__):
        raise DataError("cannot write: the disk is full")

    monkeypatch.setattr(evaluating, "draw_examples", full)
    mistake("evaluate", run, people, "--draws", "2")
    assert (run / "metrics.json").read_bytes() == old


def test_a_figure_is_written_whole_or_not_at_all(run, people, monkeypatch, mistake):
    go(run, people, "--draws", "1")
    old = queries(run, "png", "ranked-list").read_bytes()

    def interrupted(_rows, _marks, path, _captions):
        path.write_bytes(old[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(examples, "draw_ranked_list", interrupted)
    message = mistake("evaluate", run, people, "--draws", "1")
    assert ".png: No space left on device; free some space" in message
    assert queries(run, "png", "ranked-list").read_bytes() == old
    assert not [file for file in run.iterdir() if file.name.startswith(".ranked")]
