"""Groups of images as rows of their own."""

import numpy as np
import pytest
import torch

from vireid.cluster import group_rows, normalise_rows, track_groups


def scene(seed, count=40):
    generator = np.random.default_rng(seed)
    modality, camera = generator.integers(0, 2, count), generator.integers(0, 3, count)
    return modality, camera, generator.integers(-1, 5, count)


def slow_groups(modality, camera, track):
    """Return a number for each track of each camera, in the order in which they come."""
    seen, found = {}, []
    for image in range(len(track)):
        key = (modality[image], camera[image], track[image])
        key = ("alone", image) if track[image] == -1 else key
        found.append(seen.setdefault(key, len(seen)))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_tracks_of_each_camera_are_groups(seed):
    modality, camera, track = scene(seed)
    found = track_groups(modality, camera, track)
    assert found.tolist() == slow_groups(modality, camera, track)
    other = np.array([71, 5, 900, 6, 2, -1])[track]  # the last is -1 again
    assert track_groups(modality, camera + 4, other).tolist() == found.tolist()
    everywhere = track_groups(modality, None, track)
    assert everywhere.tolist() == slow_groups(modality, np.zeros(40), track)


def test_no_images_are_no_groups():
    none = np.empty(0, dtype=np.int64)
    assert track_groups(none, none, none).tolist() == []


@pytest.mark.parametrize("seed", range(3))
def test_a_group_is_the_direction_of_its_mean(seed):
    groups = track_groups(*scene(seed))
    rows = normalise_rows(np.random.default_rng(seed).normal(size=(40, 7)))
    found = group_rows(rows, groups)
    for group in range(groups.max() + 1):
        own = [row.astype(float) for row, one in zip(rows, groups, strict=True) if one == group]
        mean = sum(own) / len(own)
        np.testing.assert_allclose(found[group], mean / np.sqrt(mean @ mean), atol=1e-6)
    there = group_rows(rows, groups, resident=torch.from_numpy(rows.copy()))
    np.testing.assert_allclose(there, found, atol=1e-6)
    alone = np.arange(40)
    np.testing.assert_allclose(group_rows(rows, alone), rows, atol=1e-6)


def test_rows_that_cancel_out_are_their_first():
    rows = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    assert group_rows(rows, np.array([0, 0, 1])).tolist() == [[1.0, 0.0], [0.0, 1.0]]
