"""Embeddings without what their cameras have in common."""

import math

import numpy as np
import pytest
import torch

from vireid.cluster import camera_statistics, centred, normalise_rows, uncentred
from vireid.cluster.centring import camera_groups
from vireid.cluster.centring_there import centred_there
from vireid.errors import DataError


def scene(seed, count=60, size=6):
    """Return unit rows with a shift for each camera, modality and camera, 0 among them."""
    generator = np.random.default_rng(seed)
    modality = generator.integers(0, 2, count)
    camera = generator.integers(0, 4, count)
    camera[:2], modality[:2] = 9, (0, 1)  # a camera of a single image in each modality
    shift = generator.normal(size=(10, 2, size))[camera, modality]
    return normalise_rows(generator.normal(size=(count, size)) + shift), modality, camera


def slow_row(rows, modality, camera, one, spread, shrink):
    """Centre a single row by the definition, with plain numbers."""
    size, kin = rows.shape[1], [i for i in range(len(rows)) if modality[i] == modality[one]]
    own = [i for i in kin if camera[i] == camera[one] and camera[one] != 0]
    own = own if len(own) > 1 else kin
    share = 1.0 if own == kin else len(own) / (len(own) + shrink)

    def moments(some, d):
        mean = math.fsum(float(rows[i, d]) for i in some) / len(some)
        return mean, math.fsum((float(rows[i, d]) - mean) ** 2 for i in some) / len(some)

    moved = []
    for d in range(size):
        (mean, variance), (whole, other) = moments(own, d), moments(kin, d)
        value = float(rows[one, d]) - (share * mean + (1 - share) * whole)
        deviation = math.sqrt(share * variance + (1 - share) * other)
        moved.append(value / max(deviation, 1e-6) if spread else value)
    length = math.sqrt(math.fsum(x * x for x in moved))
    return np.array(moved) / length


def both_ways(rows, modality, camera, **settings):
    found = camera_statistics(rows, modality, camera, **settings)
    here = centred(rows, modality, camera, found)
    there = centred_there(torch.from_numpy(rows.copy()), modality, camera, **settings)
    np.testing.assert_allclose(there.numpy(), here, atol=2e-6)
    assert there.dtype == torch.float32
    return here


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("shrink", [0.0, 7.5])
def test_rows_are_centred_as_a_slow_definition_says(seed, spread, shrink):
    rows, modality, camera = scene(seed)
    found = both_ways(rows, modality, camera, spread=spread, shrink=shrink)
    expected = [slow_row(rows, modality, camera, one, spread, shrink) for one in range(len(rows))]
    np.testing.assert_allclose(found, expected, atol=2e-6)
    alone = [slow_row(rows, modality, np.zeros(60), one, spread, shrink) for one in range(60)]
    np.testing.assert_allclose(both_ways(rows, modality, None, spread=spread), alone, atol=2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_shift_of_one_camera_says_nothing(seed):
    rows, modality, camera = scene(seed)
    chosen = (camera == 2) & (modality == 0)
    moved = rows.copy()
    moved[chosen] += np.random.default_rng(seed).normal(size=rows.shape[1]).astype(np.float32)
    before, after = (both_ways(one, modality, camera) for one in (rows, moved))
    np.testing.assert_allclose(after[chosen], before[chosen], atol=2e-6)
    np.testing.assert_allclose(after[modality == 1], before[modality == 1], atol=2e-6)
    unknown = (camera == 0) & (modality == 0)
    assert np.abs(after[unknown] - before[unknown]).max() > 0.01, "the modality's mean has moved"


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_cameras_say_nothing(seed):
    rows, modality, camera = scene(seed)
    other = np.array([0, 31, 4, 17, *range(40, 45), 2])[camera]
    for settings in ({}, {"spread": True, "shrink": 3.0}):
        np.testing.assert_array_equal(
            both_ways(rows, modality, other, **settings),
            both_ways(rows, modality, camera, **settings),
        )


def test_a_camera_of_both_modalities_is_two():
    rows, modality, _ = scene(0)
    camera = np.full(len(rows), 5)
    np.testing.assert_allclose(
        both_ways(rows, modality, camera), both_ways(rows, modality, None), atol=1e-6
    )


def test_much_shrinking_leaves_the_modality():
    rows, modality, camera = scene(1)
    found = both_ways(rows, modality, camera, shrink=1e12)
    np.testing.assert_allclose(found, both_ways(rows, modality, None), atol=1e-6)


def test_a_camera_of_other_images_counts_as_its_modality():
    rows, modality, camera = scene(2)
    found = camera_statistics(rows, modality, camera)
    assert 9 not in found.camera, "one image is no mean"
    new = centred(rows[:20], modality[:20], np.full(20, 77), found)
    np.testing.assert_array_equal(new, centred(rows[:20], modality[:20], None, found))
    visible = camera_statistics(rows[modality == 0], modality[modality == 0])
    with pytest.raises(DataError, match="know no infrared images"):
        centred(rows, modality, None, visible)


def test_a_row_that_is_its_cameras_mean_stays():
    rows = normalise_rows(np.array([[3.0, 4.0]] * 3 + [[0.0, 1.0], [1.0, 0.0]]))
    camera = np.array([1, 1, 1, 2, 2])
    found = both_ways(rows, np.zeros(5, int), camera)
    np.testing.assert_allclose(found[:3], rows[:3], atol=1e-6)
    np.testing.assert_allclose(found[3:], np.array([[-1, 1], [1, -1]]) / math.sqrt(2), atol=1e-6)


def test_nothing_and_little_can_be_centred():
    none, no = np.empty((0, 4), np.float32), np.empty(0, int)
    assert both_ways(none, no, no).shape == (0, 4)
    assert camera_groups(no, None) == []
    one = normalise_rows(np.array([[1.0, 2.0]]))
    found = both_ways(one, np.zeros(1, int), np.ones(1, int))
    np.testing.assert_allclose(found, one, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("spread", [False, True])
def test_what_was_taken_off_is_given_back(seed, spread):
    rows, modality, camera = scene(seed)
    for others in (slice(None), slice(30)):  # of these images, or of some of them
        known = camera_statistics(rows[others], modality[others], camera[others], spread=spread)
        moved = centred(rows, modality, camera, known)
        assert np.abs(moved - rows).max() > 0.1
        np.testing.assert_allclose(uncentred(moved, modality, camera, known), rows, atol=2e-6)
    alike = np.ones((2, 6), np.float32) / np.sqrt(6)  # rows that equal their mean
    sides = np.zeros(2, dtype=int)
    known = camera_statistics(alike, sides)
    moved = centred(alike, sides, None, known)
    np.testing.assert_allclose(uncentred(moved, sides, None, known), alike, atol=2e-3)
