"""The folder that is written: layout, determinism, and what it refuses."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vireid.errors import ConfigError, DataError
from vireid.synthetic import SyntheticSettings, apart, synthesise, write_contact_sheet
from vireid.synthetic.camera import view_of
from vireid.synthetic.settings import CAMERAS

SETTINGS = SyntheticSettings(
    identities=3, test_identities=2, visible_images=1, infrared_images=2, height=64, width=32
)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise(tmp_path_factory.mktemp("one") / "data", SETTINGS, processes=1)


def test_the_layout_is_that_of_sysu(written: Path) -> None:
    for camera in CAMERAS:
        expected = 2 if camera in (3, 6) else 1
        for identity in range(1, 6):
            names = sorted(p.name for p in (written / f"cam{camera}" / f"{identity:04d}").iterdir())
            assert names == [f"{n:04d}.jpg" for n in range(1, expected + 1)]
    with Image.open(written / "cam1" / "0001" / "0001.jpg") as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (32, 64), "RGB")
    with Image.open(written / "contact-sheet.png") as image:
        assert image.size == (6 * 3 * 32 + 5 * 6, 5 * 64)


def test_the_lists_split_the_identities(written: Path) -> None:
    lists = {
        name: [int(k) for k in (written / "exp" / f"{name}_id.txt").read_text().split(",")]
        for name in ("train", "val", "test")
    }
    assert lists == {"train": [1, 2], "val": [3], "test": [4, 5]}


def test_the_factors_describe_every_image(written: Path) -> None:
    with (written / "factors.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"] for row in rows] == sorted(
        (p.relative_to(written).as_posix() for p in written.glob("cam*/*/*.jpg")),
        key=lambda path: (path.split("/")[1], path),
    )
    assert len(rows) == SETTINGS.total_images
    for row in rows:
        assert row["view"] == view_of(float(row["yaw"]))
        assert row["modality"] == ("infrared" if row["camera"] in "36" else "visible")


def test_infrared_files_have_three_equal_channels(written: Path) -> None:
    with Image.open(written / "cam6" / "0002" / "0001.jpg") as image:
        pixels = np.asarray(image).astype(int)
    assert np.ptp(pixels, axis=2).max() == 0


def test_two_processes_write_the_same_bytes(written: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    other = synthesise(
        tmp_path / "two", SETTINGS, processes=2, progress=lambda *call: calls.append(call)
    )
    assert digests(other) == digests(written)
    assert calls[-1] == (SETTINGS.total_images, SETTINGS.total_images)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_another_seed_writes_other_images(written: Path, tmp_path: Path) -> None:
    settings = SyntheticSettings(**{**SETTINGS.as_dict(), "seed": 1})
    other = digests(synthesise(tmp_path / "other", settings, processes=1))
    image = "cam2/0001/0001.jpg"
    assert other[image] != digests(written)[image]


def test_a_complete_data_set_is_left_alone(written: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in written.rglob("*")}
    assert synthesise(written, SETTINGS) == written
    assert {path: path.stat().st_mtime_ns for path in written.rglob("*")} == before
    assert json.loads((written / "synthetic.json").read_text())["settings"]["identities"] == 3


def test_other_settings_are_refused(written: Path) -> None:
    settings = SyntheticSettings(**{**SETTINGS.as_dict(), "seed": 7})
    with pytest.raises(DataError, match="other settings"):
        synthesise(written, settings)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("mine")
    with pytest.raises(DataError, match="other files"):
        synthesise(tmp_path, SETTINGS)
    assert letter.read_text() == "mine"
    with pytest.raises(ConfigError, match="processes is 0; expected at least 1"):
        synthesise(tmp_path / "none", SETTINGS, processes=0)
    with pytest.raises(DataError, match="is a file"):
        synthesise(letter, SETTINGS)


def test_an_interrupted_run_is_done_again(written: Path, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done > SETTINGS.total_images // 2:
            raise StopError

    bigger = SyntheticSettings(**{**SETTINGS.as_dict(), "visible_images": 3})
    out = tmp_path / "data"
    with pytest.raises(StopError):
        synthesise(out, bigger, processes=1, progress=stop)
    assert not (out / "synthetic.json").exists()
    (out / "cam1" / "0001" / "0001.jpg").write_bytes(b"half")
    (out / "notes.txt").write_text("mine")
    synthesise(out, SETTINGS, processes=1)
    assert (out / "notes.txt").read_text() == "mine"
    assert digests(out) == {
        **digests(written), "notes.txt": hashlib.sha256(b"mine").hexdigest()
    }  # fmt: skip


def test_a_dead_process_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_one_thread", _die)
    with pytest.raises(DataError, match="ended unexpectedly"):
        synthesise(tmp_path / "data", SETTINGS, processes=2)


def _die() -> None:
    raise SystemExit(1)


def test_a_contact_sheet_needs_images(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no images"):
        write_contact_sheet(tmp_path, tmp_path / "sheet.png", [[[], []]])


def test_a_data_set_that_has_lost_images_is_refused(tmp_path: Path) -> None:
    out = synthesise(tmp_path / "data", SETTINGS, processes=1)
    before = digests(out)
    (out / "cam1" / "0002" / "0001.jpg").unlink()
    (out / "cam6" / "0005" / "0002.jpg").unlink()
    with pytest.raises(DataError, match=r"lacks 2 of 40 images, first cam1/0002/0001\.jpg; delete"):
        synthesise(out, SETTINGS, processes=1)
    assert len(digests(out)) == len(before) - 2
    (out / "factors.csv").unlink()
    with pytest.raises(DataError, match=r"factors\.csv is missing or damaged; delete the folder"):
        synthesise(out, SETTINGS, processes=1)
