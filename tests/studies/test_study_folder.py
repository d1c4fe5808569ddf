"""The folder of a study: what belongs to it, and who works in it."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from vireid.errors import CheckpointError, ConfigError
from vireid.studies import Result, swept_rows
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.leaving import lighten

DATA = {"a": "12 images, beef"}
RESULT = Result("a", 0, "n=1", 50.0, 40.0, 30.0, 0.5, None, 1.0, 2.0)


@pytest.fixture
def study(tmp_path):
    return StudyFolder(tmp_path / "study")


@pytest.fixture
def rows(tiny):
    return swept_rows(tiny, "n", ["1", "2", "3"])


def some(rows, *names):
    return {name: rows[name] for name in names}


def test_rows_and_data_may_grow_or_be_a_part(study, rows):
    assert study.enter(some(rows, "n=2"), DATA) == ["n=2"]
    assert study.enter(some(rows, "n=1", "n=2"), DATA | {"b": "3"}) == ["n=2", "n=1"]
    assert study.enter(some(rows, "n=1"), {"b": "3"}) == ["n=2", "n=1"]
    plan = json.loads(study.plan_file.read_text())
    assert plan["data"] == DATA | {"b": "3"}


def test_what_belongs_to_another_study_is_refused_and_changes_nothing(study, rows, tiny):
    study.enter(some(rows, "n=1", "n=2"), DATA)
    before = study.plan_file.read_bytes()
    for other, data, message in (
        (some(rows, "n=3"), DATA, "rows are n=3, were n=1, n=2"),
        (some(rows, "n=1"), {"c": "1"}, "data is c, was a"),
        (some(rows, "n=1"), {"a": "11 images"}, "data a is 11 images, was 12 images, beef"),
        ({"n=1": replace(rows["n=1"], weight_decay=0.5)}, DATA, "weight_decay is 0.5, was 0.0005"),
    ):
        with pytest.raises(ConfigError, match="holds another study: ") as caught:
            study.enter(other, data)
        assert message in str(caught.value)
        assert study.plan_file.read_bytes() == before
    assert study.enter({"n=1": replace(rows["n=1"], seed=tiny.seed + 9)}, DATA) == ["n=1", "n=2"]


def test_a_difference_that_all_rows_have_is_said_once(study, rows):
    study.enter(rows, DATA)
    with pytest.raises(ConfigError) as caught:
        study.enter({name: replace(row, weight_decay=0.5) for name, row in rows.items()}, DATA)
    assert str(caught.value).count("weight_decay is 0.5") == 1


def test_results_are_added_at_the_end(study):
    assert study.results() == []
    study.folder.mkdir()
    other = replace(RESULT, seed=1)
    study.add(RESULT)
    study.add(other)
    assert study.results() == [RESULT, other]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"data,seed\n"])
def test_a_damaged_file_is_named_and_not_written_over(study, content):
    study.folder.mkdir()
    study.results_file.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"results\.csv"):
        study.add(RESULT)
    assert study.results_file.read_bytes() == content


def test_every_row_has_a_folder_of_its_own(study):
    names = ["+ MMLM", "MMLM", "a b", "a-b", "a/b", "../..", "n=1", "x" * 300, "x" * 301, "ä", "ö"]
    folders = [study.run("a", 0, name).folder for name in names]
    assert len(set(folders)) == len(names)
    assert {folder.parent for folder in folders} == {study.job("a", 0)}
    assert all(len(folder.name) < 100 for folder in folders)


def test_only_texts_stay_of_a_finished_run(study):
    run = study.run("a", 0, "n=1")
    lighten(run)  # where there is none, there is nothing to do
    for name in ("states/1.safetensors", "checkpoints/x.safetensors", "curve.png", ".lock",
                 "recipe.yaml", "metrics.jsonl"):  # fmt: skip
        file = run.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    lighten(run)
    lighten(run)
    assert {file.name for file in run.folder.iterdir()} == {"recipe.yaml", "metrics.jsonl"}
    for stage in ("before", "joint"):
        run.checkpoint_file(stage).parent.mkdir(exist_ok=True)
        run.checkpoint_file(stage).write_text("")
    lighten(run, keep="joint")
    assert list(run.folder.rglob("*.safetensors")) == [run.checkpoint_file("joint")]


HOLD = """
import sys, time
from pathlib import Path
from vireid.studies.folder import locked
with locked(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(3600)
"""


def test_a_lock_keeps_others_out_until_its_process_dies(tmp_path):
    file = tmp_path / "new" / ".lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, file], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "mine\n"
    with locked(file, wait=False) as mine:
        assert not mine
    holder.kill()
    holder.communicate()
    with locked(file, wait=False) as mine:
        assert mine
