"""The whole way on drawn recordings: frames, crops, check, training, embeddings, search."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

import vireid
from tests.cropping.drawn import listed
from vireid.cli.main import main
from vireid.synthetic import SceneSettings, film
from vireid.types import Modality

CAMERAS = {"cam1": "visible", "cam2": "visible", "cam3": "infrared", "cam4": "infrared"}
SHORT = [
    f"stages.{stage}.{name}=1"
    for stage in ("intra", "joint", "aligned")
    for name in ("epochs", "iterations")
]
SETTINGS = SceneSettings(identities=5, test_identities=3, seed=1, width=320, height=180)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Return the folder in which both recordings are drawn and cut out by the command."""
    root = tmp_path_factory.mktemp("walk")
    film(root / "scenes", SETTINGS, processes=1)
    for day in ("day1", "day2"):
        scene = root / "scenes" / day
        words = ["crop", scene / "frames", "--boxes", scene / "boxes.csv", "--recording", day,
                 "--out", root / day, "--modality", *(f"{k}={v}" for k, v in CAMERAS.items()),
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


def truth(scene):
    """Return the exact box of a person, by camera, frame and track."""
    rows = [row for row in read(scene / "truth.csv") if row["identity"]]
    sides = ("left", "top", "width", "height")
    return {
        (row["camera"], row["frame"], row["track"]): [float(row[side]) for side in sides]
        for row in rows
    }


def shared(one, other):
    """Return the overlap of two boxes as a share of their union."""
    (a, b, w, h), (c, d, v, g) = one, other
    wide = max(0.0, min(a + w, c + v) - max(a, c))
    high = max(0.0, min(b + h, d + g) - max(b, d))
    return wide * high / (w * h + v * g - wide * high)


@pytest.mark.parametrize("day", ["day1", "day2"])
def test_crops_show_the_people_of_the_truth(walked, day):
    exact = truth(walked / "scenes" / day)
    overlaps = []
    for row in listed(walked / day):
        camera, frame = row["frame"].split("/")
        box = [float(number) for number in row["box"].split()]
        person = exact.get((camera, frame, row["track"].rpartition("/")[2]))
        if person is not None:
            overlaps.append(shared(box, person))
        with Image.open(walked / day / row["path"]) as crop:
            assert abs(crop.width - box[2]) <= 2
            assert abs(crop.height - box[3]) <= 2
    assert len(overlaps) > 0.8 * len(listed(walked / day))
    assert np.median(overlaps) > 0.75
    assert np.mean(np.array(overlaps) > 0.4) > 0.95


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


def test_from_crops_to_a_search(walked, capsys):
    assert main(["check", str(walked / "day1")]) == 0
    assert "training: possible" in capsys.readouterr().out
    run, vectors = walked / "run", walked / "day2.npz"
    words = ["train", walked / "day1", "--recipe", "synthetic", "--out", run, "--set", *SHORT]
    assert main([str(word) for word in words]) == 0
    assert main(["embed", str(run), str(walked / "day2"), "--out", str(vectors)]) == 0
    rows = listed(walked / "day2")
    with np.load(vectors) as found:
        assert found["modality"].shape == (len(rows),)
    query = next(row["path"] for row in rows if row["modality"] == "infrared")
    capsys.readouterr()
    words = ["search", run, walked / "day2" / query, "--modality", "infrared", "--gallery", vectors,
             "--only", "visible", "--top", "3", "--json"]  # fmt: skip
    assert main([str(word) for word in words]) == 0
    text = capsys.readouterr().out
    seen = {row["path"] for row in rows if row["modality"] == "visible"}
    named = [path for path in seen if path in text]
    assert len(named) == 3, json.loads(text)
