"""Which images statistics of cameras are of, and whether others are of the same cameras."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from vireid.runs.centring import statistics_of
from vireid.runs.centring_data import are_of, data_of, other_cameras_words
from vireid.types import Embeddings, Images


def rig(root, people, cameras=(1, 2, 3), names=None):
    """Write a file for each person in each camera, camera 3 infrared, and return the images."""
    paths = [f"cam{camera}/{person}.jpg" for person in people for camera in cameras]
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(root.name.encode())
    camera = np.tile(cameras, len(people))
    return Images(root, paths, (camera == 3).astype(int), camera, cameras=names or {})


def taken(images, of="training", name=None):
    rows = np.eye(4, dtype=np.float32)[np.arange(len(images)) % 4]
    return statistics_of(Embeddings(rows, images.modality), images, of, data_of(images, name))


@pytest.fixture
def train(tmp_path):
    return rig(tmp_path / "hall", "abcd")


def test_the_cameras_of_other_data_are_not_those_of_the_same_number(train, tmp_path):
    found = taken(train, name="the hall")
    test, other = rig(tmp_path / "hall", "ef"), rig(tmp_path / "street", "ef")
    assert other_cameras_words(found, test) is None
    assert other_cameras_words(found, replace(test, root=tmp_path / "hall" / "cam1")) is None
    told = other_cameras_words(found, other)
    assert "is of cameras of 12 training images of the hall, and nothing but numbers says" in told
    assert "(visible camera 1, visible camera 2, infrared camera 3)" in told
    assert "say --centre own or none" in told
    unknown = other_cameras_words(replace(found, data=None), test)
    assert "cameras of 12 training images of unknown data" in unknown


def test_the_same_data_may_lie_elsewhere(train, tmp_path):
    found = taken(train)
    (tmp_path / "hall").rename(tmp_path / "moved")
    moved = replace(train, root=tmp_path / "moved")
    test = rig(tmp_path / "moved", "ef")
    assert other_cameras_words(found, test) is not None
    assert other_cameras_words(found, test, moved) is None
    assert other_cameras_words(found, moved) is None
    (tmp_path / "moved" / "cam1" / "a.jpg").write_bytes(b"another picture")
    assert other_cameras_words(found, test, moved) is not None


def test_names_say_that_cameras_are_the_same(tmp_path):
    names = {1: "gate", 2: "yard", 3: "night"}
    found = taken(rig(tmp_path / "hall", "abcd", names=names))
    assert other_cameras_words(found, rig(tmp_path / "street", "ef", names=names)) is None
    assert other_cameras_words(found, rig(tmp_path / "street", "ef")) is None  # none of these known


def test_statistics_are_of_their_own_images_alone(train, tmp_path):
    found = taken(train, "own")
    order = np.arange(len(train))[::-1]
    assert are_of(found, train)
    assert are_of(found, train.subset(order))
    assert not are_of(found, train.subset(order[1:]))
    assert not are_of(found, rig(tmp_path / "hall", "efgh"))
    assert not are_of(found, rig(tmp_path / "another", "abcd"))
    former = replace(found, data=None)  # an earlier version counted only
    assert are_of(former, train)
    assert not are_of(former, train.subset(order[1:]))


def test_images_without_files_have_no_place():
    given = Images.of([0, 0, 1, 1], [1, 1, 2, 2])
    assert data_of(given).place == ""
    assert data_of(given).name == "memory"
    assert data_of(given).images == "", "nothing tells them from others of the same cameras"
    own = taken(given, "own")
    assert are_of(own, given)
    assert not are_of(own, Images.of([0, 1], [1, 2]))
    assert other_cameras_words(own, given) is None
    found = taken(given)
    for images in (Images.of([0, 0, 1, 1], [1, 1, 2, 2]), Images.of([0, 1], [1, 2])):
        assert "nothing but numbers" in other_cameras_words(found, images)
        assert "nothing but numbers" in other_cameras_words(found, images, images)


def test_images_whose_files_are_gone_are_known_by_their_counts(train):
    found = taken(train, "own")
    (train.root / train.paths[0]).unlink()
    assert are_of(taken(train, "own"), train), "a file that is missing is no other one"
    assert not are_of(found, train)
    shutil.rmtree(train.root)
    assert data_of(train).images == ""
    assert are_of(found, train)
    assert not are_of(found, train.subset(np.arange(3)))


def test_each_of_two_manifests_in_one_folder_may_have_cameras_of_its_own(tmp_path):
    one, two = rig(tmp_path / "hall", "abcd"), rig(tmp_path / "hall", "efgh")
    found = taken(one)
    assert other_cameras_words(found, two) is None, "perhaps test images of the same data"
    assert "nothing but numbers" in other_cameras_words(found, two, two)
    assert other_cameras_words(found, two, one) is None
