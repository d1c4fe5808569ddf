"""Neighbour lists in which no camera has more than its share."""

import math

import numpy as np
import pytest

from vireid.cluster import camera_lists, nearest_neighbours, normalise_rows


def slow_list(indices, place, k1):
    """Choose by the definition, entry by entry."""
    quota = math.ceil(k1 / len(set(place.tolist()) - {0}))
    taken, left = [], []
    for position, row in enumerate(indices):
        same = sum(place[indices[p]] == place[row] for p in taken + left)
        (taken if place[row] == 0 or same < quota else left).append(position)
    chosen = sorted((taken + left)[:k1])
    return [indices[p] for p in chosen]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k1", [1, 4, 7])
def test_lists_are_those_of_a_slow_choice(seed, k1):
    generator = np.random.default_rng(seed)
    place = generator.choice([0, 1, 2, 5, 6], 60, p=[0.1, 0.5, 0.2, 0.1, 0.1])
    rows = normalise_rows(generator.normal(size=(60, 5)))
    near = nearest_neighbours(rows, 3 * k1)
    indices, similarities = camera_lists(near, place, k1)
    expected = [slow_list(one.tolist(), place, k1) for one in near[0]]
    assert indices.tolist() == expected
    assert (indices[:, 0] == np.arange(60)).all(), "itself first"
    assert (np.diff(similarities, axis=1) <= 1e-6).all()
    products = np.einsum("nd,nkd->nk", rows, rows[indices])
    np.testing.assert_allclose(similarities, products, atol=1e-6)


def test_where_no_camera_is_known_or_one_alone_the_nearest_stay():
    rows = normalise_rows(np.random.default_rng(0).normal(size=(20, 4)))
    near = nearest_neighbours(rows, 12)
    for place in (np.zeros(20, int), np.full(20, 3)):
        assert camera_lists(near, place, 5)[0].tolist() == near[0][:, :5].tolist()
    short = camera_lists(near, np.arange(20) % 3, 15)
    assert short[0].tolist() == near[0].tolist(), "no more than there are"
