"""The overlap of neighbours against plain loops."""

import numpy as np
import pytest
import torch

from vireid.errors import DataError
from vireid.metrics import neighbour_overlap


def drawn(people, images, noise, gap=0.0, seed=0):
    """Return embeddings of people in both modalities, which lie a gap apart, and their modality."""
    generator = np.random.default_rng(seed)
    modality = np.tile([0, 1], people * images)
    rows = np.repeat(generator.normal(size=(people, 12)), 2 * images, axis=0)
    rows = rows + gap * modality[:, None] * generator.normal(size=12)
    rows = rows + noise * generator.normal(size=rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), modality


def slow_overlap(rows, modality, k):
    """Ask every image."""
    sides = []
    for side in (0, 1):
        own, other = (np.flatnonzero(modality == which) for which in (side, 1 - side))
        shares = []
        for image in own:
            partner = max(other, key=lambda one: rows[image] @ rows[one])
            near = [
                set(sorted(own, key=lambda one: -(rows[asked] @ rows[one]))[:k])
                for asked in (image, partner)
            ]
            shares.append(len(near[0] & near[1]) / len(near[0]))
        sides.append(np.mean(shares))
    return np.mean(sides)


@pytest.mark.parametrize("k", [1, 4, 50])
def test_it_is_the_mean_share_over_both_modalities(k):
    rows, modality = drawn(6, 4, 0.5, gap=0.5)
    modality[:5] = 0  # of one modality there are more
    copy = rows.copy()
    found = neighbour_overlap(rows, modality, k=k)
    assert found == pytest.approx(slow_overlap(rows, modality, k))
    there = neighbour_overlap(rows, modality, k=k, resident=torch.tensor(rows))
    assert there == pytest.approx(found)
    assert np.array_equal(rows, copy)
    assert (found == 1) == (k == 50), "all images are among the fifty"


def test_it_falls_with_noise_and_with_a_gap_between_modalities():
    found = [
        neighbour_overlap(*drawn(10, 6, noise, gap), k=6)
        for noise, gap in ((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (3.0, 0.0))
    ]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 4
    assert found[0] == 1


def test_a_sample_comes_near_and_is_the_same_each_time():
    rows, modality = drawn(30, 8, 0.6)
    whole, part = (neighbour_overlap(rows, modality, k=8, sample=some) for some in (1000, 80))
    assert part == pytest.approx(whole, abs=0.05)
    assert part == neighbour_overlap(rows, modality, k=8, sample=80) != whole


def test_without_a_modality_there_is_none():
    rows, modality = drawn(3, 2, 0.1)
    for side in (0, 1):
        assert neighbour_overlap(rows, np.full_like(modality, side)) is None
    with pytest.raises(DataError, match=r"shape \(12, 12\) and modality \(3,\)"):
        neighbour_overlap(rows, modality[:3])
