"""A call that was killed goes on; other settings are refused; threads change nothing."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from PIL import Image

from tests.cropping.drawn import Row, frames, held, listed, random_rows, write
from vireid.cropping import CropSettings, part
from vireid.cropping.crop import crop
from vireid.errors import DataError

HOW = CropSettings(modality={"": "visible"}, camera="a", margin=0.1)
BEST = CropSettings(modality={"": "visible"}, camera="a", best=3)


@pytest.fixture
def given(tmp_path):
    """Return frames and boxes."""
    rows = random_rows(3, 40)
    return frames(tmp_path / "frames", 40), write(rows, "mot", tmp_path / "boxes")


@pytest.mark.parametrize("how", [HOW, BEST])
def test_two_threads_equal_one(given, tmp_path, how):
    for workers in (1, 2):
        crop(*given, tmp_path / str(workers), how, workers=workers)
    assert held(tmp_path / "1") == held(tmp_path / "2")
    states = [(tmp_path / name / ".crop/@a/journal.jsonl").read_text() for name in "12"]
    assert states[0] == states[1]


@pytest.mark.parametrize("how", [HOW, BEST])
@pytest.mark.parametrize("moment", [1, 5, 30, 41])
def test_a_call_that_was_killed_goes_on_to_equal_files(given, tmp_path, how, moment):
    crop(*given, tmp_path / "whole", how)
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from vireid.cropping import CropSettings; from vireid.cropping.crop import crop\n"
        f"settings = CropSettings(modality={dict(how.modality)}, camera='a', "
        f"margin={how.margin}, best={how.best})\n"
        "def tell(done, total, seen=[0]):\n"
        "    seen[0] += 1\n"
        f"    if seen[0] == {moment}: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"crop(*sys.argv[1:], settings, workers=2, progress=tell)\n"
    )
    words = [sys.executable, "-c", code, *map(str, given), str(tmp_path / "killed")]
    done = subprocess.run(words, check=False, capture_output=True)
    ended_early = moment <= 40 or how is BEST
    assert done.returncode == (-signal.SIGKILL if ended_early else 0), done.stderr
    half = tmp_path / "killed" / "a" / "1"
    half.mkdir(parents=True, exist_ok=True)
    (half / ".000001.png.4711").write_bytes(b"half of a")
    with (tmp_path / "killed/.crop/@a/journal.jsonl").open("ab") as file:
        file.write(b'{"kind": "made", "frame": "0000')
    again = crop(*given, tmp_path / "killed", how)
    assert held(tmp_path / "killed") == held(tmp_path / "whole")
    rows = [tuple(row.values()) for row in listed(tmp_path / "killed")]
    assert len(set(rows)) == len(rows) == again.crops


def test_the_same_call_again_does_nothing(given, tmp_path):
    crop(*given, tmp_path / "out", HOW)
    files = list((tmp_path / "out" / "a").rglob("*.png"))
    before = {file: file.stat().st_mtime_ns for file in files}
    done = crop(*given, tmp_path / "out", HOW)
    assert "40 frames had been done before" in done.notes
    assert {file: file.stat().st_mtime_ns for file in files} == before


def test_a_crop_that_is_gone_and_a_frame_that_changed_are_made_again(given, tmp_path):
    crop(*given, tmp_path / "out", HOW)
    whole = held(tmp_path / "out")
    first = listed(tmp_path / "out")[0]
    (tmp_path / "out" / first["path"]).unlink()
    frame = given[0] / "000020.png"
    size = frame.stat().st_size
    frame.write_bytes((given[0] / "000021.png").read_bytes().ljust(size, b"\0")[:size])
    changed = frames(tmp_path / "other", 1, first=20) / "000020.png"
    other = frame.read_bytes()
    done = crop(*given, tmp_path / "out", HOW)
    assert "38 frames had been done before" in done.notes
    assert "1 frame with other bytes than before, cut again" in done.notes
    frame.write_bytes(changed.read_bytes())
    crop(*given, tmp_path / "out", HOW)
    assert other != changed.read_bytes()
    assert held(tmp_path / "out") == whole


def test_other_settings_boxes_or_frames_are_refused(given, tmp_path):
    crop(*given, tmp_path / "out", HOW)
    before = held(tmp_path / "out")
    with pytest.raises(DataError, match=r"margin was 0\.1 and is 0\.0; choose another folder"):
        crop(*given, tmp_path / "out", CropSettings(modality={"": "visible"}, camera="a"))
    fewer = write(random_rows(4, 40), "mot", tmp_path / "fewer")
    with pytest.raises(DataError, match="the boxes are others"):
        crop(given[0], fewer, tmp_path / "out", HOW)
    frames(given[0], 1, first=41)
    with pytest.raises(DataError, match="there are other frames"):
        crop(*given, tmp_path / "out", HOW)
    assert held(tmp_path / "out") == before


def test_one_call_a_camera_adds_to_one_manifest(given, tmp_path):
    both = {}
    for camera in "ba":
        how = CropSettings(modality={"": "visible"}, camera=camera)
        crop(*given, tmp_path / "out", how)
        both[camera] = crop(*given, tmp_path / camera, how).crops
    rows = listed(tmp_path / "out")
    assert len(rows) == sum(both.values())
    assert [row["camera"] for row in rows] == sorted(row["camera"] for row in rows)
    assert len({row["path"] for row in rows}) == len(rows)
    crop(*given, tmp_path / "out", CropSettings(modality={"": "visible"}, camera="a"))
    assert listed(tmp_path / "out") == rows


def test_a_second_recording_of_a_camera_needs_a_name(given, tmp_path):
    crop(*given, tmp_path / "out", HOW)
    other = frames(tmp_path / "evening")
    boxes = write([Row(1, 1, 10, 10, 20, 30)], "mot", tmp_path / "evening boxes")
    sub = tmp_path / "folders"
    sub.mkdir()
    (sub / "a").symlink_to(other)
    with pytest.raises(DataError, match="say --recording NAME"):
        crop(sub, boxes, tmp_path / "out", CropSettings(modality={"": "visible"}))
    evening = CropSettings(modality={"": "visible"}, camera="a", recording="evening")
    crop(other, boxes, tmp_path / "out", evening)
    tracks = {row["track"] for row in listed(tmp_path / "out")}
    assert {"a/1", "a/evening/1"} <= tracks


@pytest.mark.parametrize("how", [HOW, BEST])
@pytest.mark.parametrize("ended", [1, 40])
def test_a_second_recording_of_equal_names_and_sizes_replaces_nothing(given, tmp_path, how, ended):
    """Cameras begin to count anew with each recording, and trackers with each file."""

    def stop(done, _total):
        if done == ended < 40:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        crop(*given, tmp_path / "out", how, workers=1, progress=stop)
    before = held(tmp_path / "out")
    other = tmp_path / "evening"
    other.mkdir()
    for number, file in enumerate(sorted(given[0].iterdir())):
        Image.open(file).rotate(180).save(other / file.name)
        if number % 3 == 0 and ended == 40:  # some frames are equal, of an empty room
            (other / file.name).write_bytes(file.read_bytes())
    with pytest.raises(DataError, match=r"other frames of these names: .*; say --recording NAME"):
        crop(other, given[1], tmp_path / "out", how)
    assert held(tmp_path / "out") == before
    evening = replace(how, recording="evening")
    crop(other, given[1], tmp_path / "out", evening)
    now = held(tmp_path / "out")
    assert all(now[name] == before[name] for name in before if name != "manifest.csv")


def test_two_processes_at_once_are_told(given, tmp_path):
    held_by_another = part.Part.claimed(tmp_path / "out", HOW, ["a"], {"x": 1})
    said = pytest.raises(DataError, match="another process is cropping to")
    with held_by_another, said:
        crop(*given, tmp_path / "out", HOW)


def test_a_damaged_state_is_told(given, tmp_path):
    crop(*given, tmp_path / "out", HOW)
    file = tmp_path / "out/.crop/@a/part.json"
    for content in ("", "[]", "{}", json.dumps({"version": 99})):
        file.write_text(content)
        with pytest.raises(DataError, match="is damaged or of another version"):
            crop(*given, tmp_path / "out", HOW)


def test_a_full_disk_is_one_line_and_leaves_nothing_half(given, tmp_path, monkeypatch):
    from vireid.cropping import writing

    def full(_image, draft, **_):
        draft.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.Image.Image, "save", full)
    with pytest.raises(DataError, match="No space left on device; free some space"):
        crop(*given, tmp_path / "out", HOW)
    monkeypatch.undo()
    assert not list((tmp_path / "out").rglob("*.png*"))
    crop(*given, tmp_path / "out", HOW)
    crop(*given, tmp_path / "whole", HOW)
    assert held(tmp_path / "out") == held(tmp_path / "whole")
