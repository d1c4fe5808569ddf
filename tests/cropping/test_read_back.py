"""Crops of drawn recordings are read with track, camera, box and a time that clocks agree on."""

import csv

import numpy as np
import pytest

import vireid
from tests.cropping.drawn import listed
from vireid.cli.main import main
from vireid.synthetic import SceneSettings, film
from vireid.types import Modality

CAMERAS = {"cam1": "visible", "cam2": "visible", "cam3": "infrared", "cam4": "infrared"}
SETTINGS = SceneSettings(identities=5, test_identities=3, seed=1, width=320, height=180)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Return the folder in which a recording is drawn and cut out by the command."""
    root = tmp_path_factory.mktemp("walk")
    film(root / "scenes", SETTINGS, processes=1)
    scene = root / "scenes" / "day1"
    words = ["crop", scene / "frames", "--boxes", scene / "boxes.csv", "--recording", "first",
             "--out", root / "day1", "--modality", *(f"{k}={v}" for k, v in CAMERAS.items()),
             "--clock", *(f"{k}={v}" for k, v in seconds_to_add(scene).items())]  # fmt: skip
    assert main([str(word) for word in words]) == 0
    return root


def read(path):
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def seconds_to_add(scene):
    """Return how far each camera's clock is off."""
    return {row["camera"]: row["seconds_to_add"] for row in read(scene / "clocks.csv")}


def test_crops_reach_the_library_with_track_time_and_box(walked):
    rows = listed(walked / "day1")
    images = vireid.open_data(walked / "day1").train
    assert len(images.paths) == len(rows) > 0
    root, by_path = walked / "day1", {row["path"]: row for row in rows}
    for place, path in enumerate(images.paths):
        row = by_path[path.removeprefix(f"{root}/")]
        assert images.tracks[images.track[place]] == row["track"]
        assert images.camera_name(images.camera[place]) == row["camera"]
        assert Modality(images.modality[place]).name.lower() == CAMERAS[row["camera"]]
        np.testing.assert_allclose(images.box[place], [float(n) for n in row["box"].split()])
    assert np.isfinite(images.time).all()
    begin = {name: images.time[images.camera == k].min() for k, name in cameras(images).items()}
    assert max(begin.values()) - min(begin.values()) < 20  # clocks are off by up to 45 s


def cameras(images):
    """Return the names of cameras by number."""
    return {int(number): images.camera_name(number) for number in np.unique(images.camera)}
