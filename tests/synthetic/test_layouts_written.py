"""The four layouts: names, lists, and the same bytes with any number of processes."""

import csv
import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vireid.errors import ConfigError
from vireid.synthetic import DEFAULTS, synthesise
from vireid.synthetic.rig import RIGS
from vireid.types import Modality

SMALL = {
    "identities": 3, "test_identities": 3, "visible_images": 1, "infrared_images": 1,
    "height": 32, "width": 16,
}  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def factors(folder: Path) -> list[dict[str, str]]:
    with (folder / "factors.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("layout", ["regdb", "llcm"])
def test_two_processes_write_the_same_bytes(layout, tmp_path):
    settings = replace(DEFAULTS[layout], **SMALL)
    calls = []
    one = synthesise(tmp_path / "one", settings, processes=1, progress=lambda *c: calls.append(c))
    two = synthesise(tmp_path / "two", settings, processes=2)
    assert digests(one) == digests(two)
    assert calls[-1] == (settings.total_images, settings.total_images)
    rows = factors(one)
    assert len(rows) == settings.total_images
    assert all((one / row["path"]).is_file() for row in rows)
    (one / "synthetic.json").rename(one / "synthetic.unfinished")
    (one / "factors.csv").unlink()
    (one / "contact-sheet.png").unlink()
    assert digests(synthesise(one, settings, processes=1)) == digests(two), "as after a kill"


def test_a_killed_run_leaves_nothing_to_another_layout(tmp_path):
    settings = replace(DEFAULTS["llcm"], **SMALL)
    synthesise(tmp_path / "x", settings, processes=1)
    (tmp_path / "x" / "synthetic.json").rename(tmp_path / "x" / "synthetic.unfinished")
    synthesise(tmp_path / "x", replace(DEFAULTS["regdb"], **SMALL), processes=1)
    assert not list((tmp_path / "x").rglob("*.jpg"))


def test_regdb_has_halves_ten_folds_and_pairs_of_walks(tmp_path):
    assert DEFAULTS["regdb"].identities == DEFAULTS["regdb"].test_identities
    assert (DEFAULTS["regdb"].visible_images, DEFAULTS["regdb"].infrared_images) == (10, 10)
    root = synthesise(tmp_path / "x", replace(DEFAULTS["regdb"], **SMALL), processes=1)
    with Image.open(next(root.glob("Thermal/2/*_t_*_2.bmp"))) as image:
        assert (image.format, image.size, image.mode) == ("BMP", (16, 32), "RGB")
        assert np.ptp(np.asarray(image).astype(int), axis=2).max() == 0
    for fold in range(1, 11):
        labels = {
            f"{part}_{word}": [
                line.split()
                for line in (root / f"idx/{part}_{word}_{fold}.txt").read_text().splitlines()
            ]
            for part in ("train", "test")
            for word in ("visible", "thermal")
        }
        people = {}
        for name, lines in labels.items():
            assert [int(label) for _, label in lines] == [0, 1, 2]
            people[name] = [path.split("/")[1] for path, _ in lines]
        assert people["train_visible"] == people["train_thermal"]
        assert sorted(people["train_visible"] + people["test_thermal"]) == list("123456")
    views = {row["identity"]: set() for row in factors(root)}
    for row in factors(root):
        views[row["identity"]].add(row["reversed"])
    assert all(len(found) == 1 for found in views.values()), "both cameras see the same walk"


def test_llcm_names_state_camera_and_light_and_camera_3_tests_by_day_only(tmp_path):
    settings = replace(DEFAULTS["llcm"], **{**SMALL, "test_identities": 12})
    for identity in settings.people.everybody:
        seen = settings.cameras_of(identity)
        kinds = Counter(settings.rig.mount(number).modality for number in seen)
        assert kinds == {Modality.VISIBLE: 5, Modality.INFRARED: 5}
        assert identity <= 3 or 13 not in seen
    root = synthesise(tmp_path / "x", settings, processes=1)
    for row in factors(root):
        word = "vis" if row["modality"] == "visible" else "nir"
        name = row["path"].rpartition("/")[2]
        assert name.startswith(f"{int(row['identity']):04d}_c{int(row['camera']):02d}_s")
        assert name.endswith(f"_{word}.jpg")
        train = int(row["identity"]) <= 3
        folder = word if train else f"test_{word}/cam{row['camera']}"
        assert row["path"].startswith(f"{folder}/{int(row['identity']):04d}/")
    assert (root / "idx" / "test_id.txt").read_text() == "4,5,6,7,8,9,10,11,12,13,14,15\n"


def test_the_manifest_shows_the_images_of_sysu(tmp_path):
    manifest = synthesise(tmp_path / "m", replace(DEFAULTS["manifest"], **SMALL), processes=1)
    sysu = synthesise(tmp_path / "s", replace(DEFAULTS["sysu"], **SMALL), processes=1)
    assert (manifest / "images/0002/camera3-01.jpg").read_bytes() == (
        sysu / "cam3/0002/0001.jpg"
    ).read_bytes()
    with (manifest / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    splits = Counter((row["split"], row["modality"]) for row in rows)
    assert splits == {
        ("train", "visible"): 12, ("train", "infrared"): 6,
        ("query", "infrared"): 6, ("gallery", "visible"): 12,
    }  # fmt: skip
    assert {row["track"] for row in rows} == {row["track"] for row in factors(manifest)}


def test_unknown_layouts_and_options_that_do_not_apply_are_refused():
    with pytest.raises(ConfigError, match="layout is 'market'; expected sysu, manifest, regdb"):
        replace(DEFAULTS["sysu"], layout="market")
    with pytest.raises(ConfigError, match="unpaired does not apply to RegDB's layout"):
        replace(DEFAULTS["regdb"], unpaired=0.5)


def test_the_files_of_sysu_do_not_tell_their_layout():
    assert "layout" not in DEFAULTS["sysu"].as_dict()
    assert DEFAULTS["llcm"].as_dict()["layout"] == "llcm"


@pytest.mark.parametrize("layout", RIGS)
def test_cameras_of_a_rig_have_numbers_of_their_own(layout):
    numbers = [mount.number for mount in RIGS[layout].mounts]
    assert len(set(numbers)) == len(numbers)
    shown = {(mount.modality, mount.file_number) for mount in RIGS[layout].mounts}
    assert len(shown) == len(numbers)
