"""A training on a sample of its data."""

import json

import numpy as np
import pytest

import vireid
from vireid.errors import DataError
from vireid.runs import Run
from vireid.runs.claim import write_settings
from vireid.runs.held_out import check_held_out
from vireid.runs.sampled import kept_sample, sampled

pytestmark = pytest.mark.filterwarnings("ignore:--sample. the data say no tracks")


def test_the_sample_is_drawn_by_the_seed_with_its_identities(people):
    data = vireid.open_data(people)
    one, again, other = (sampled(data, 40, seed, None) for seed in (3, 3, 4))
    assert one.train.paths == again.train.paths != other.train.paths
    assert one.sample == (40, 3)
    where = [data.train.paths.index(path) for path in one.train.paths]
    np.testing.assert_array_equal(one.train_truth.identities, data.train_truth.identities[where])
    assert one.test.paths == data.test.paths
    assert sampled(data, None, 3, None) is data
    assert sampled(data, 10_000, 3, None) is data


def test_data_without_tracks_are_warned_of(people):
    with pytest.warns(UserWarning, match="say no tracks"):
        sampled(vireid.open_data(people), 40, 0, None)


def test_the_folder_remembers_it_and_its_images_are_not_held_out(people, tiny, tmp_path):
    data, run = vireid.open_data(people), Run(tmp_path / "run")
    some = sampled(data, 40, 3, None)
    run.folder.mkdir()
    write_settings(run, some, tiny)
    assert kept_sample(run.beside()) == (40, 3)
    assert sampled(data, None, 3, run).train.paths == some.train.paths
    with pytest.raises(DataError, match="was trained on 40 of these"):
        check_held_out(run, data.train, people)


@pytest.mark.parametrize("text", ["{}", '{"sample": 3}', '{"sample": [1, null]}'])
def test_a_folder_that_does_not_say_has_all(text):
    assert kept_sample(json.loads(text)) is None
