"""Files are written whole or not at all."""

import errno
import os
import stat
from contextlib import nullcontext

import pytest
import torch

from vireid.errors import CheckpointError, DataError
from vireid.files import lone_writer, whole_file
from vireid.runs.checkpoint import save_checkpoint


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "folder" / "x.txt"
    for text in ("old", "new"):
        with whole_file(path) as whole:
            whole.write_text(text)
            assert path.exists() == (text == "new")
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_ends_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path, problem):
    path = tmp_path / "x.txt"
    path.write_text("old")
    expected = CheckpointError if isinstance(problem, OSError) else KeyboardInterrupt

    def write():
        with whole_file(path, CheckpointError) as whole:
            whole.write_text("half")
            raise problem

    with pytest.raises(expected) as caught:
        write()
    if isinstance(problem, OSError):
        assert str(caught.value) == (
            f"cannot write {path}: No space left on device; free some space or choose another place"
        )
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_nobody_wrote_is_an_error(tmp_path):
    with pytest.raises(DataError, match="No such file"), whole_file(tmp_path / "x.txt"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with (
        pytest.raises(DataError, match="Permission denied; choose another place"),
        whole_file(tmp_path / "closed" / "x.txt") as whole,
    ):
        whole.write_text("x")


def test_a_lone_writer_replaces_the_file_at_the_end(tmp_path):
    path = tmp_path / "folder" / "x.npy"
    for text in (b"old", b"new"):
        with lone_writer(path) as file:
            file.write(text)
            assert path.exists() == (text == b"new")
        assert path.read_bytes() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_lone_writer_who_writes_nothing_leaves_the_file_as_it_is(tmp_path):
    path = tmp_path / "x.npy"
    with lone_writer(path):
        pass
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"old")
    with lone_writer(path):
        pass
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_lone_writer_who_is_stopped_leaves_nothing(tmp_path, problem):
    path = tmp_path / "x.npy"
    path.write_bytes(b"old")
    expected = CheckpointError if isinstance(problem, OSError) else KeyboardInterrupt

    def write():
        with lone_writer(path, CheckpointError) as file:
            file.write(b"half")
            raise problem

    with pytest.raises(expected):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_clearing_leaves_the_unfinished_files_of_living_writers(tmp_path):
    with lone_writer(tmp_path / "a.npy") as first:
        first.write(b"a")
        (tmp_path / ".dead.npy.part").touch()
        with lone_writer(tmp_path / "b.npy") as second:
            second.write(b"b")
            assert not (tmp_path / ".dead.npy.part").exists()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.npy": b"a",
        "b.npy": b"b",
    }


@pytest.fixture
def umask():
    """Return the function that sets the umask, which is set back afterwards."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def private(path):
    """Write like libraries that make their temporary files with ``tempfile``."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("x")


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_who_may_read_a_file_is_what_the_umask_says(tmp_path, umask, mask):
    umask(mask)
    (tmp_path / "plain").touch()
    with whole_file(tmp_path / "whole") as whole:
        whole.write_text("x")
    with whole_file(tmp_path / "private") as whole:
        private(whole)
    save_checkpoint(tmp_path / "checkpoint", {"a": torch.zeros(1)}, {})
    with lone_writer(tmp_path / "lone") as file:
        file.write(b"x")
    assert umask(mask) == mask, "the process keeps its own"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    names = ("plain", "whole", "private", "checkpoint", "lone")
    assert modes == dict.fromkeys(names, 0o666 & ~mask)


@pytest.fixture
def synced(monkeypatch):
    """Return a list of what is brought to the disk: the inode, and whether it is a folder."""
    found, fsync = [], os.fsync

    def note(handle):
        facts = os.fstat(handle)
        found.append((facts.st_ino, stat.S_ISDIR(facts.st_mode)))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    return found


@pytest.mark.parametrize("lone", [False, True])
def test_file_and_name_are_brought_to_the_disk(tmp_path, synced, lone):
    path = tmp_path / "x"
    if lone:
        with lone_writer(path) as file:
            file.write(b"x")
    else:
        with whole_file(path) as whole:
            whole.write_text("x")
    assert synced == [(path.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


@pytest.mark.parametrize(("number", "raised"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_file_system_that_cannot_sync_folders_is_no_error(tmp_path, monkeypatch, number, raised):
    def refuse(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    expected = pytest.raises(DataError, match="Input/output") if raised else nullcontext()
    with expected, whole_file(tmp_path / "x") as whole:
        whole.write_text("x")


def test_what_another_writer_begins_once_a_file_is_whole_stays(tmp_path, monkeypatch):
    """Threads of one process give their unfinished files the same name."""
    begun = []

    def begin(folder):
        begun.append(folder / f".judged.csv.{os.getpid()}")
        begun[0].write_text("of another writer")

    monkeypatch.setattr("vireid.files._persist", begin)
    with whole_file(tmp_path / "judged.csv") as path:
        path.write_text("mine")
    assert begun[0].read_text() == "of another writer"
    assert (tmp_path / "judged.csv").read_text() == "mine"
