"""Whether images are held out of a training."""

import json
import warnings

import numpy as np
import pytest

from vireid.data import open_data
from vireid.data.find_images import find_images
from vireid.errors import ConfigError, DataError
from vireid.runs import Run
from vireid.runs.fingerprints import files_fingerprint
from vireid.runs.held_out import check_held_out, refuse_own
from vireid.types import Images


@pytest.fixture
def run(people, tmp_path):
    """Return a folder that says that it was trained on the fake people, and has no network."""
    found = Run(tmp_path / "run")
    found.folder.mkdir()
    told = {"name": "people", "fold": None, "images": files_fingerprint(open_data(people).train)}
    found.data_file.write_text(json.dumps(told))
    return found


def of(people, kind):
    """Return images of the training that came by some way, and their path where it is known."""
    data = open_data(people)
    return {
        "part": (data.train, people),
        "everything": (data.train.plus(data.test), people),
        "one modality": (find_images(people, "infrared", "train"), people),
        "a few": (data.train.plus(data.test).subset([3, -1]), None),
        "a folder": (find_images(people / "cam1", "visible"), people / "cam1"),
        "the test part": (data.test, people),
        "held out": (data.test.subset([1, 2]), None),
    }[kind]


@pytest.mark.parametrize("kind", ["part", "everything", "one modality", "a few", "a folder"])
def test_training_images_are_refused_however_they_come(run, people, kind):
    with pytest.raises(DataError, match=r"was trained on [0-9]+ of these"):
        check_held_out(run, *of(people, kind), named=True)


@pytest.mark.parametrize("kind", ["the test part", "held out"])
def test_others_of_the_same_data_pass_without_a_word(run, people, kind):
    images = of(people, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_held_out(run, *images)


def test_the_number_is_told(run, people):
    images, _ = of(people, "a few")
    with pytest.raises(DataError, match="trained on 1 of these 2 images"):
        check_held_out(run, images)


def test_a_copy_of_the_data_is_known_by_what_it_holds(run, draw, tmp_path):
    images, path = of(draw(tmp_path / "copy"), "a few")
    with pytest.raises(DataError, match="trained on 1 of"):
        check_held_out(run, images, path)


def test_where_nothing_is_known_one_warning_says_so(run, people, tmp_path):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    elsewhere = Images(tmp_path, ("a.jpg", "b.jpg"), np.array([0, 1]), np.array([1, 2]))
    gone = Images(tmp_path / "gone", ("a.jpg",), np.array([0]), np.array([1]))
    silent = Run(tmp_path / "silent")
    for where, images in ((run, elsewhere), (run, gone), (silent, of(people, "part")[0])):
        with pytest.warns(UserWarning, match="nothing tells whether") as told:
            check_held_out(where, images)
        assert len(told) == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_held_out(where, images, named=True)


def test_own_centres_are_refused():
    with pytest.raises(ConfigError, match="no gallery could use"):
        refuse_own("own")
    refuse_own("training")
