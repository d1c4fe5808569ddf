"""Peak memory of a row's training."""

from mmap import mmap

import pytest

from vireid.errors import DataError, Stopped
from vireid.studies import memory
from vireid.studies.memory import NOTE, noting, read_note


def test_a_peak_is_that_of_its_own_time(tmp_path):
    with noting(tmp_path, "cpu", 0.0), mmap(-1, 320_000_000) as block:
        for start in range(0, len(block), 4096):  # no heap, which may keep what is freed
            block[start] = 1
    large = read_note(tmp_path / NOTE)
    with noting(tmp_path, "cpu", 0.0):
        pass
    assert read_note(tmp_path / NOTE) < large - 200, "320 MB were there before, and are not now"


def test_earlier_parts_count(tmp_path):
    with noting(tmp_path, "cpu", 1e9):
        assert not (tmp_path / NOTE).exists(), "a training that is killed leaves no note"
    assert read_note(tmp_path / NOTE) == 1e9


def test_what_is_not_known_is_not_noted(tmp_path, monkeypatch):
    with noting(tmp_path, "cpu", None) as peak:
        assert peak.now() is None
    assert read_note(tmp_path / NOTE) is None
    monkeypatch.setattr(memory, "CLEAR", tmp_path / "gone" / "clear_refs")
    with noting(tmp_path, "cpu", 0.0) as peak:
        assert peak.now() is None, "no peak of this row alone can be told"


def test_a_peak_is_noted_also_where_a_training_stops(tmp_path):
    with pytest.raises(KeyboardInterrupt), noting(tmp_path, "cpu", 0.0):
        raise KeyboardInterrupt
    assert read_note(tmp_path / NOTE) > 0


def test_what_ends_a_training_is_told_also_where_no_note_can_be_written(tmp_path, monkeypatch):
    def full(*_):
        raise DataError("the disk is full")

    monkeypatch.setattr(memory, "write_note", full)
    with pytest.raises(Stopped, match="saved"), noting(tmp_path, "cpu", 0.0):
        raise Stopped("saved", 130)
    with pytest.raises(DataError, match="the disk is full"), noting(tmp_path, "cpu", 0.0):
        pass
