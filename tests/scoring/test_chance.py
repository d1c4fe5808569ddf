"""What a random order scores, beside all orders and beside random features."""

from itertools import combinations

import numpy as np
import pytest

from vireid.scoring import leave_one_out, plain, score, sysu
from vireid.scoring.chance import chance, precision_moments
from vireid.types import Images, Truth


@pytest.mark.parametrize("images", range(1, 9))
def test_the_moments_are_those_over_all_orders(images):
    for matches in range(1, images + 1):
        values = [
            np.mean([(number + 1) / rank for number, rank in enumerate(ranks)])
            for ranks in combinations(range(1, images + 1), matches)
        ]
        expected = np.mean(values), np.mean(np.square(values))
        assert precision_moments(matches, images) == pytest.approx(expected, abs=1e-12)


def scene(seed=0):
    generator = np.random.default_rng(seed)
    camera = np.tile([1, 2, 3, 4, 5, 6], 60)
    images = Images.of(np.isin(camera, (3, 6)).astype(int), camera)
    return images, Truth(generator.integers(0, 30, 360)), generator


@pytest.mark.parametrize("ignore", [None, "own-camera", "own-modality", "nothing"])
def test_random_features_score_what_is_expected(ignore):
    images, truth, generator = scene()
    protocol = (
        sysu(images, truth) if ignore is None else leave_one_out(images, truth, ignore=ignore)
    )
    expected = chance(protocol, truth)
    found = [score(generator.normal(size=(360, 16)), truth, protocol).table() for _ in range(40)]
    for name, value in (("rank1", expected.rank1), ("mAP", expected.mAP)):
        values = np.array([one[name] for one in found])
        assert abs(values.mean() - value) < 4 * values.std() / np.sqrt(40)
    values = np.array([one["mAP"] for one in found])
    assert values.std() < expected.spread, "features of which each query has its own order"
    assert all(map(expected.reaches, values.tolist()))


def test_a_collapsed_network_is_at_chance_and_a_good_one_is_not():
    images, truth, generator = scene()
    protocol = sysu(images, truth)
    expected = chance(protocol, truth)
    alike = np.ones((360, 8)) + 1e-4 * generator.normal(size=(360, 8))
    assert expected.reaches(score(alike, truth, protocol).table()["mAP"])
    good = np.eye(30)[truth.identities] + 0.3 * generator.normal(size=(360, 30))
    assert not expected.reaches(score(good, truth, protocol).table()["mAP"])


def test_a_gallery_of_matches_alone_says_nothing():
    images = Images.of([0, 1, 1], camera=[1, 2, 3])
    found = chance(plain(images, [5, 5, 5], ("query", "gallery", "gallery")), Truth([5, 5, 5]))
    assert (found.rank1, found.mAP, found.spread) == (100, 100, 0)
    assert found.reaches(100)
