"""What a study refuses before it trains, and what it warns of."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.studies.cameras import demand_cameras, warn_of_other_cameras


def test_statistics_of_training_cameras_need_images_that_say_their_cameras(people):
    data = open_data(people)
    unknown = replace(data, train=replace(data.train, camera=np.zeros(len(data.train), dtype=int)))
    demand_cameras({"a": data}, "training")
    demand_cameras({"a": data, "b": unknown}, "own")
    with pytest.raises(ConfigError, match="--centre training: no training image of b says its cam"):
        demand_cameras({"a": data, "b": unknown}, "training")


def told(data, test, centre="training"):
    """Return what a study says of cameras."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_other_cameras(data, test, centre)
    return [str(one.message) for one in caught]


def test_cameras_that_nothing_but_numbers_ties_to_others_are_said_once_for_each_data_set(
    people, draw, tmp_path
):
    data, other = open_data(people), open_data(draw(tmp_path / "street", images=2))
    both = {"a": data, "b": other}
    assert told(both, both) == []
    assert told(both, {"a": other, "b": other}, "own") == []
    found = told(both, {"a": other, "b": other})
    assert [line.partition(":")[0] for line in found] == [
        "trained on a, tested on street (SYSU-MM01 layout)"
    ]
    assert "cameras of 128 training images of people" in found[0]
    assert "nothing but numbers says that the cameras" in found[0]


def test_cameras_without_statistics_are_said(people):
    data = open_data(people)
    few = data.train.subset(np.flatnonzero(data.train.camera != 2))
    data = replace(data, train=few, train_truth=None)
    (line,) = told({"a": data}, {"a": data})
    assert "there are no statistics of 16 visible images of camera 2" in line
