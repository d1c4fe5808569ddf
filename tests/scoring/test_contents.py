"""What test images hold: digests, copies, and a text of all."""

from dataclasses import replace

import numpy as np
import pytest

from tests.people import person
from vireid.data import DataFolder, load_pixels
from vireid.data.folder import no_images
from vireid.scoring import Draw
from vireid.scoring.contents import copies, describe_images, file_digests, pixel_digests
from vireid.types import Images, Truth


@pytest.fixture
def data(tmp_path):
    """Return four images, the last of which is the first under another name and format."""
    for name, number in (("a.png", 0), ("b.png", 1), ("c.png", 2), ("d.bmp", 0)):
        person(number, 0, infrared=False).save(tmp_path / name)
    images = Images(tmp_path, ("a.png", "b.png", "c.png", "d.bmp"), [0, 0, 1, 1], [1, 2, 3, 3])
    truth = Truth([1, 2, 3, 1])
    return DataFolder("mine", no_images(tmp_path), images, test_truth=truth, roles=("both",) * 4)


def test_the_text_rests_on_what_files_hold(data, tmp_path):
    def text(of=data):
        return describe_images(of, file_digests(of.test))

    first = text()
    assert first.startswith("images 4, contents ")
    assert text() == first
    file, whole = tmp_path / "b.png", (tmp_path / "b.png").read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert text() != first, "another content of the same size"
    file.write_bytes(whole)
    assert text() == first
    assert text(replace(data, test_truth=Truth([1, 2, 3, 4]))) != first
    assert text(replace(data, roles=("query", *["gallery"] * 3))) != first
    assert text(replace(data, test=replace(data.test, camera=[1, 2, 3, 4]))) != first
    assert text(replace(data, test=replace(data.test, modality=[0, 0, 1, 0]))) != first
    named = Truth([1, 2, 3, 1], {1: "anna"})
    assert text(replace(data, test_truth=named)) != first


def test_images_without_files_have_no_digests():
    images = Images.of([0, 1])
    data = DataFolder("x", no_images("."), images, test_truth=Truth([1, 1]))
    assert file_digests(images) is None
    assert describe_images(data, None).startswith("images 2, without files ")


def test_copies_are_those_of_pixels_whatever_the_format(data):
    pixels = pixel_digests(load_pixels(data.test, (64, 32)))
    files = file_digests(data.test)
    every = Draw(np.arange(4), np.arange(4))
    assert (copies([every], pixels).found, copies([every], files).found) == (2, 0)
    assert copies([every], None).found == 0
    group = np.array([5, 6, 7, 5])
    ruled = Draw(np.arange(4), np.arange(4), group, group)
    assert vars(copies([ruled], pixels)) == {"found": 0, "ignored": 2}
    assert vars(copies([ruled, every], pixels)) == {"found": 2, "ignored": 0}
    assert copies([Draw(np.array([0]), np.array([1, 2]))], pixels).found == 0
    assert copies([Draw(np.array([0]), np.array([1, 3]))], pixels).found == 1


def test_pictures_of_one_colour_are_no_copies_of_each_other():
    flat = np.zeros((3, 4, 4, 3), dtype=np.uint8)
    flat[2] = 9
    assert pixel_digests(flat) == (None,) * 3
