"""Statistics of cameras by the cameras' names."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vireid.cluster import camera_statistics
from vireid.errors import DataError
from vireid.types import ANY, Images, NamedStatistics, StatisticsData
from vireid.types.cameras import EVERY_CAMERA


def images(cameras, first=1):
    """Return images by modality and name of the camera; names are numbered as they come."""
    names = list(dict.fromkeys(name for _, name in cameras if name))
    numbers = [names.index(name) + first if name else 0 for _, name in cameras]
    paths = tuple(str(row) for row in range(len(cameras)))
    kinds = [kind for kind, _ in cameras]
    return Images(Path(), paths, kinds, numbers, cameras=dict(enumerate(names, first)))


KNOWN = [
    (0, "Hof"), (0, "Tür"), (0, "Hof"), (0, "Tür"), (1, "Hof"), (1, "日"), (1, ""), (1, "日"),
    (1, "Hof"), (0, "Hof"),
]  # fmt: skip


def statistics():
    rows = np.random.default_rng(0).normal(size=(len(KNOWN), 4)).astype(np.float32)
    known = images(KNOWN)
    found = camera_statistics(rows, known.modality, known.camera, spread=True)
    return NamedStatistics.named(found, known, "training")


def test_a_camera_has_its_name_its_images_and_a_row_for_each_modality():
    found = statistics()
    rows = zip(found.modality.tolist(), found.camera, found.images.tolist(), strict=True)
    assert sorted(rows) == [
        (0, ANY, 5), (0, "Hof", 3), (0, "Tür", 2), (1, ANY, 5), (1, "Hof", 2), (1, "日", 2),
    ]  # fmt: skip
    assert "4 cameras of training images" in repr(found)


def test_what_is_written_is_read_bit_for_bit():
    given = statistics()
    text = given.to_json()
    assert text.isascii()
    found = NamedStatistics.from_json(text)
    assert found.to_json() == text
    assert (found.of, found.camera) == ("training", given.camera)
    for name in ("modality", "images", "mean", "spread"):
        assert (getattr(found, name) == getattr(given, name)).all()
    assert found.fingerprint == given.fingerprint
    assert replace(given, of="own").fingerprint != given.fingerprint
    assert replace(given, mean=given.mean + 1e-6).fingerprint != given.fingerprint


def test_they_say_which_data_they_are_of_beside_their_fingerprint():
    given = statistics()
    named = replace(given, data=StatisticsData("Größe", "ab", "cd"))
    assert (given.words, named.words) == (
        "cameras of 10 training images", "cameras of 10 training images of Größe",
    )  # fmt: skip
    assert NamedStatistics.from_json(named.to_json()).data == named.data
    assert "data" not in json.loads(given.to_json())
    assert named.fingerprint == given.fingerprint


def test_cameras_are_found_by_name_whatever_their_number():
    others = [(1, "日"), (0, "new"), (0, "Tür"), (1, "Tür"), (0, ""), (0, "Hof")]
    given, other = statistics(), images(others, first=7)
    found = given.numbered(other)
    rows = found.rows_of(other.modality, other.camera)
    keys = list(zip(given.modality.tolist(), given.camera, strict=True))
    for row, (kind, name) in zip(rows.tolist(), others, strict=True):
        expected = keys.index((kind, name) if (kind, name) in keys else (kind, ANY))
        assert (found.mean[row] == given.mean[expected]).all()
    assert set(found.camera.tolist()) == {EVERY_CAMERA, *other.camera[[0, 2, 5]].tolist()}
    assert given.unseen(other) == [
        "1 visible image of an unknown camera", "1 visible image of camera new",
        "1 infrared image of camera Tür",
    ]  # fmt: skip
    assert given.unseen(images(KNOWN[:6])) == []
    assert given.knows(1, "日")
    assert not given.knows(0, "日")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2, this version of vireid reads 1"),
        ({"mean": "%"}, "statistics of cameras cannot be read"),
        ({"mean": ""}, r"spread has shape \(6, 4\); expected \(6, 0\)"),
        ({"cameras": []}, "cannot be read"),
        ({"of": "others"}, "expected training or own"),
        ({"data": ["a", "b"]}, "are not three texts"),
        ({"data": ["a", "b", 3]}, "are no texts"),
    ],
)
def test_what_cannot_be_read_is_said(change, message):
    text = json.dumps(json.loads(statistics().to_json()) | change)
    with pytest.raises(DataError, match=message):
        NamedStatistics.from_json(text)
    with pytest.raises(DataError, match="cannot be read"):
        NamedStatistics.from_json("[1]")
