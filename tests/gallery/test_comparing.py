"""The nearest rows, against a full sort."""

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.gallery import Wish
from vireid.gallery.comparing import best, nearest
from vireid.gallery.searching import one_vector
from vireid.gallery.telling import first_of_tracks


@pytest.mark.parametrize("kept", [1.0, 0.5, 0.05, 0.0])
def test_the_nearest_rows_are_those_of_a_full_sort(kept):
    rng = np.random.default_rng(100)
    held = rng.integers(-2, 3, (300, 4)).astype("f4")  # many ties
    queries = rng.integers(-2, 3, (5, 4)).astype("f4")
    allowed = rng.random(300) < kept
    places, values = nearest(queries, held, allowed, 7)
    for query, found, told in zip(queries, places, values, strict=True):
        products = held @ query
        order = sorted(np.flatnonzero(allowed), key=lambda row: (-products[row], row))[:7]
        assert found.tolist() == order
        np.testing.assert_array_equal(told, products[order])


def test_the_best_values_keep_the_order_of_ties():
    assert best(np.array([1, 3, 3, 0, 3], "f4"), 2).tolist() == [1, 2]
    assert best(np.array([1, 3], "f4"), 2).tolist() == [1, 0]


def test_several_images_of_a_person_become_their_mean():
    one, other = np.array([1, 0], "f4"), np.array([0, 1], "f4")
    np.testing.assert_allclose(one_vector(np.stack([one, other])), [0.5**0.5] * 2, rtol=1e-6)
    np.testing.assert_array_equal(one_vector(one[None]), one)
    for given in (np.empty((0, 2), "f4"), np.stack([one, -one])):
        with pytest.raises(DataError):
            one_vector(given)


def test_rows_without_a_track_stand_for_themselves():
    assert first_of_tracks(np.array([2, 2, 0, 1, 0]), ("a", "b", "")).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("given", [{"top": 0}, {"by": "person"}, {"rerank": -1}, {"rerank": 2001}])
def test_wishes_out_of_range_are_refused(given):
    with pytest.raises(ConfigError):
        Wish(**given)
