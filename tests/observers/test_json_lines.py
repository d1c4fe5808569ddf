"""The log that every run has."""

import errno
import json
from pathlib import Path

import pytest

from vireid.errors import DataError
from vireid.observers import JsonLines
from vireid.observers.json_lines import read_lines


def told(log, *steps):
    for step in steps:
        log.log_epoch(step, {"epoch": step // 10})


def steps(file):
    return [json.loads(line)["step"] for line in file.read_text().splitlines()]


def test_every_epoch_is_on_the_disk_once_it_was_told(tmp_path):
    file = tmp_path / "metrics.jsonl"
    log = JsonLines(file, 0)
    assert file.read_text() == ""
    for step in (10, 20):
        log.log_step(step - 5, {"total": 1.0})
        told(log, step)
        assert steps(file)[-1] == step
    log.close(finished=True)
    assert read_lines(file) == [{"epoch": 1, "step": 10}, {"epoch": 2, "step": 20}]


@pytest.mark.parametrize(("begun", "kept"), [(0, []), (15, [10]), (20, [10, 20]), (99, [10, 20])])
def test_a_log_ends_where_the_training_goes_on(tmp_path, begun, kept):
    file = tmp_path / "metrics.jsonl"
    told(JsonLines(file, 0), 10, 20)
    with file.open("a") as torn:
        torn.write('{"epoch": 3, "st')
    log = JsonLines(file, begun)
    assert steps(file) == kept
    told(log, 100)
    assert steps(file) == [*kept, 100]


def test_a_log_that_cannot_be_begun_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot write"):
        JsonLines(tmp_path / "file" / "metrics.jsonl", 0)


class FullDisk:
    """Lets a few bytes through, then no more."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        self.file.write(data[:7])
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def disk(monkeypatch):
    """Return a switch: while it holds True the disk is full."""
    state, original = {"full": False}, Path.open

    def open_file(path, mode="r", **named):
        file = original(path, mode, **named)
        return FullDisk(file) if state["full"] and mode == "ab" else file

    monkeypatch.setattr(Path, "open", open_file)
    return state


def test_epochs_wait_while_the_disk_is_full(tmp_path, disk, caplog):
    file = tmp_path / "metrics.jsonl"
    log = JsonLines(file, 0)
    told(log, 10)
    disk["full"] = True
    told(log, 20, 30)
    assert [line["step"] for line in read_lines(file)] == [10]
    disk["full"] = False
    told(log, 40)
    assert steps(file) == [10, 20, 30, 40]
    assert [record.message for record in caplog.records] == [
        f"{file}: No space left on device; trying again after each epoch"
    ], "one warning is enough"


@pytest.mark.parametrize("full", [False, True])
def test_the_end_is_the_last_chance(tmp_path, disk, caplog, full):
    file = tmp_path / "metrics.jsonl"
    log = JsonLines(file, 0)
    disk["full"] = True
    told(log, 10, 20)
    disk["full"] = full
    log.close(finished=False)
    assert [line["step"] for line in read_lines(file)] == ([] if full else [10, 20])
    lost = [record.message for record in caplog.records if "lacks" in record.message]
    assert lost == ([f"{file} lacks its last 2 epochs"] if full else [])
