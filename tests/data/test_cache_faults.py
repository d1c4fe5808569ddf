"""Packing images under faults: a full disk, a kill at any moment, two at once, bad images."""

import json
import re
import subprocess
import sys
import time
from collections import namedtuple

import numpy as np
import pytest
from PIL import Image

from vireid.data import load_pixels, read_images
from vireid.data.pixels import cache as module
from vireid.errors import DataError
from vireid.types import Images

SIZE = (16, 8)
COUNT = 40
UNREADABLE = ["/3.png cannot be decoded", "/17.png is empty", "/18.png is missing"]


@pytest.fixture
def images(tmp_path):
    root = tmp_path / "people"
    root.mkdir()
    for number in range(COUNT):
        pixels = np.random.default_rng(number).integers(0, 256, (32, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / f"{number}.png")
    zeros = np.zeros(COUNT, dtype=np.int64)
    return Images(root, [f"{number}.png" for number in range(COUNT)], zeros, zeros)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


# --- a full disk -------------------------------------------------------------------------------


def test_too_little_space_is_said_before_anything_is_decoded(images, folder, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 5000, 5000))
    with pytest.raises(DataError, match=r" 0 MB are free; free some space") as caught:
        read_images(images, SIZE, cache=folder, progress=lambda *_: pytest.fail("decoded"))
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing_behind(images, folder, monkeypatch):
    real, left = module.PackedWriter.write, [COUNT // 2]

    def write(self, row):
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        real(self, row)

    with monkeypatch.context() as patch:
        patch.setattr(module.PackedWriter, "write", write)
        with pytest.raises(DataError, match="No space left on device; free some space") as caught:
            read_images(images, SIZE, cache=folder)
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []
    read_images(images, SIZE, cache=folder)


def test_an_interrupt_leaves_nothing_behind(images, folder):
    def interrupt(done, _):
        if done == COUNT // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_images(images, SIZE, cache=folder, progress=interrupt)
    assert list(folder.iterdir()) == []


# --- killed ------------------------------------------------------------------------------------

BEGIN = """
import json, os, signal, sys, time
import numpy as np
from pathlib import Path
from vireid.data import load_pixels, read_images
from vireid.data.pixels import cache
from vireid.types import Images

root, folder, paths = json.loads(sys.argv[1])
images = Images(Path(root), paths, np.zeros(len(paths), int), np.zeros(len(paths), int))
folder = Path(folder)
"""
KILLED = """
calls, limit, real = 0, None, cache.lone_writer

def spy(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
    if calls == limit:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(path):
    sys.setprofile(spy)
    return real(path)

cache.lone_writer = watched
expected = load_pixels(images, (16, 8))
for name in ("first", "first again"):
    calls = 0
    read_images(images, (16, 8), cache=folder / name)
sys.setprofile(None)
moments, states = calls, []
for moment in np.linspace(1, moments - 1, 60).astype(int).tolist():
    if not (child := os.fork()):
        calls, limit = 0, moment
        read_images(images, (16, 8), cache=folder / "second")
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (-signal.SIGKILL, 0)  # threads make a few calls more or less: it may finish
    left = [path.name[0] == "." for path in (folder / "second").glob("*")]
    states.append("nothing" if not left else "part" if all(left) else "whole")
    for path in (folder / "second").glob("[!.]*"):
        assert (np.load(path) == expected).all()
    assert (read_images(images, (16, 8), cache=folder / "second").pixels == expected).all()
    sys.setprofile(None)
    (path,) = (folder / "second").glob("*")
    path.unlink()
print(json.dumps(states))
"""
"""Every Python or C call made by the main thread while a file is packed is a moment to die at."""


def start(script, images, folder):
    words = json.dumps([str(images.root), str(folder), images.paths])
    command = [sys.executable, "-c", BEGIN + script, words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(process):
    out, err = process.communicate()
    assert process.returncode == 0, err
    return json.loads(out)


def test_killed_at_any_moment_the_file_is_absent_or_whole(images, folder):
    states = end(start(KILLED, images.subset(range(5)), folder))
    assert set(states) >= {"part", "whole"}


def test_left_overs_of_dead_processes_are_cleared(images, folder):
    folder.mkdir()
    (folder / ".other-5-2x2-0123.npy.part").write_bytes(b"half")
    (folder / "mine.txt").write_text("stays")
    read_images(images, SIZE, cache=folder)
    assert sorted(path.suffix for path in folder.iterdir()) == [".npy", ".txt"]


# --- several at once ---------------------------------------------------------------------------

SLOWLY = """
decoded = []

def pause(done, _):
    decoded.append(done)
    time.sleep(0.02)

found = read_images(images, (16, 8), cache=folder, progress=pause)
print(json.dumps([len(decoded), int(found.pixels.astype(int).sum())]))
"""


def test_of_several_processes_one_makes_the_file(images, folder):
    found = [end(process) for process in [start(SLOWLY, images, folder) for _ in range(3)]]
    total = int(load_pixels(images, SIZE).astype(int).sum())
    assert sorted(found) == [[0, total], [0, total], [COUNT, total]]
    assert len(list(folder.iterdir())) == 1


def test_when_the_one_that_writes_is_killed_another_one_does(images, folder):
    first = start(SLOWLY, images, folder)
    while not list(folder.glob(".*.part")):
        assert first.poll() is None
        time.sleep(0.005)
    second = start(SLOWLY, images, folder)
    time.sleep(0.2)
    first.kill()
    first.communicate()
    assert end(second) == [COUNT, int(load_pixels(images, SIZE).astype(int).sum())]
    assert len(list(folder.iterdir())) == 1


# --- images that cannot be read ----------------------------------------------------------------


def test_unreadable_images_are_left_out_and_tried_again(images, folder, monkeypatch):
    expected = load_pixels(images, SIZE)
    good = {name: (images.root / name).read_bytes() for name in ("3.png", "17.png", "18.png")}
    (images.root / "3.png").write_bytes(b"\0" * len(good["3.png"]))
    (images.root / "17.png").write_bytes(b"")
    (images.root / "18.png").unlink()
    kept = [number for number in range(COUNT) if number not in {3, 17, 18}]
    for cache in (None, folder, folder):
        found = read_images(images, SIZE, cache=cache)
        assert found.kept.tolist() == kept
        np.testing.assert_array_equal(found.pixels, expected[kept])
        for text, line in zip(UNREADABLE, found.problems, strict=True):
            assert re.search(text, line)
    state = module._state(images)  # a disk error that went away, say: nothing changed
    (images.root / "3.png").write_bytes(good["3.png"])
    monkeypatch.setattr(module, "_state", lambda _: state)
    kept.insert(3, 3)
    found = read_images(images, SIZE, cache=folder)
    assert found.kept.tolist() == kept
    np.testing.assert_array_equal(found.pixels, expected[kept])


def test_all_images_may_be_unreadable(images, folder):
    images = images.subset(range(3))
    for name in images.paths:
        (images.root / name).write_text("no image")
    for cache in (None, folder, folder):
        found = read_images(images, SIZE, cache=cache)
        assert found.pixels.shape == (0, *SIZE, 3)
        assert len(found.problems) == 3
        assert len(found.kept) == 0
