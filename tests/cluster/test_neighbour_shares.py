"""What the nearest images of an image say about its cluster."""

import math

import numpy as np
import pytest

from vireid.cluster import neighbour_shares, neighbour_trust, soft_targets
from vireid.types import NOISE

CASES = [(0, 40, 5, 7), (1, 25, 1, 3), (2, 60, 12, 4), (3, 1, 8, 2), (4, 30, 9, 1)]
"""Seed, images, neighbours and clusters."""


def drawn(seed, count, k, clusters):
    """Return clusters of the nearest images, some of them noise alone, own labels and sizes."""
    generator = np.random.default_rng(seed)
    near = generator.integers(-1, clusters, (count, k))
    near[generator.random(count) < 0.2] = NOISE
    sizes = generator.integers(k, 3 * k, clusters)
    return near, generator.integers(-1, clusters, count), sizes


def naive_votes(row, sizes):
    """Return the share of each cluster that a list of clusters names, in order of appearance."""
    votes = {}
    for cluster in row:
        if cluster != NOISE and cluster not in votes:
            named = sum(1 for other in row if other == cluster)
            votes[cluster] = named / (len(row) - named + sizes[cluster])
    return {cluster: vote / sum(votes.values()) for cluster, vote in votes.items()}


def dense(near, shares, clusters):
    """Return shares [N, C] by cluster."""
    found = np.zeros((len(near), clusters))
    np.add.at(found, (np.arange(len(near))[:, None], near.clip(0)), shares)
    return found


@pytest.mark.parametrize("case", CASES)
def test_shares_are_those_of_plain_loops(case):
    near, _, sizes = drawn(*case)
    found = neighbour_shares(near, sizes)
    assert (found.shape, found.dtype) == (near.shape, np.float32)
    for row, shares in zip(near.tolist(), found, strict=True):
        expected = np.zeros(len(row))
        for cluster, share in naive_votes(row, sizes).items():
            expected[row.index(cluster)] = share
        np.testing.assert_allclose(shares, expected, atol=1e-7)


@pytest.mark.parametrize("sharpness", [0.0, 1.5, 10.0])
@pytest.mark.parametrize("case", CASES)
def test_trust_is_that_of_plain_loops(case, sharpness):
    near, labels, sizes = drawn(*case)
    found = neighbour_trust(near, neighbour_shares(near, sizes), labels, sharpness)
    assert (found.shape, found.dtype) == (labels.shape, np.float32)
    for row, label, trust in zip(near.tolist(), labels, found, strict=True):
        votes = naive_votes(row, sizes)
        away = 1 - votes.get(label, 0)
        expected = math.exp(-sharpness * away**2) if votes and label != NOISE else 0
        assert trust == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("case", CASES)
def test_targets_are_those_of_plain_loops(case, share):
    near, labels, sizes = drawn(*case)
    clusters, targets = soft_targets(near, neighbour_shares(near, sizes), labels, share)
    assert (clusters.dtype, targets.dtype) == (np.int64, np.float32)
    assert clusters.min() >= 0
    found = dense(clusters, targets, len(sizes))
    for row, label, target in zip(near.tolist(), labels, found, strict=True):
        votes = naive_votes(row, sizes)
        expected = np.zeros(len(sizes))
        for cluster, vote in votes.items():
            expected[cluster] = (1 - share) * vote
        if label != NOISE:
            expected[label] += share if votes else 1
        np.testing.assert_allclose(target, expected, atol=1e-6)


def test_noise_takes_a_place_and_gets_nothing():
    near = np.array([[0, 1, 0, NOISE], [0, 1, 0, 1]])
    shares = neighbour_shares(near, np.array([4, 4]))
    # unions of 2 + 4 and 3 + 4 images, against 2 + 4 and 2 + 4
    assert shares[0] == pytest.approx(np.array([2 / 6, 1 / 7, 0, 0]) / (2 / 6 + 1 / 7))
    assert shares[1] == pytest.approx([0.5, 0.5, 0, 0])


def nearest(features, labels, own, k):
    """Return the clusters of the k most cosine-similar rows of each row."""
    units = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (own, features)]
    return labels[np.argsort(-units[0] @ units[1].T, axis=1, kind="stable")[:, :k]]


def of_golden(arrays, side, voters, k, labels):
    """Return clusters of nearest images and shares of a modality, by those of another one."""
    near = nearest(arrays[f"features_{voters}"], labels, arrays[f"features_{side}"], k)
    return near, neighbour_shares(near, np.bincount(labels[labels != NOISE]))


@pytest.mark.parametrize(("side", "other"), [("vis", "ir"), ("ir", "vis")])
def test_golden_shares_and_trust(golden, side, other):
    arrays = golden("nulc_targets")
    k, sharpness = int(arrays["k"]), float(arrays["sharpness"])
    labels, votes = (arrays[f"labels_{name}"] for name in (side, other))
    assert np.array_equal(np.bincount(labels[labels != NOISE]), arrays[f"sizes_{side}"])
    across = np.append(arrays["r2i" if side == "vis" else "i2r"], NOISE)[labels]
    for suffix, voters, voted, own in (
        ("", side, labels, labels), ("_cross", other, votes, across),
    ):  # fmt: skip
        near, shares = of_golden(arrays, side, voters, k, voted)
        expected = arrays[f"prob_{side}{suffix}"]
        np.testing.assert_allclose(dense(near, shares, expected.shape[1]), expected, atol=1e-6)
        trust = neighbour_trust(near, shares, own, sharpness)
        np.testing.assert_allclose(trust, arrays[f"weight_{side}{suffix}"], atol=1e-6)


@pytest.mark.parametrize("case", ["lonely", "lonely_cross"])
def test_images_without_a_vote_count_nothing_where_the_released_code_has_nan(golden, case):
    arrays, sharpness = golden("nulc_targets"), float(golden("nulc_targets")["sharpness"])
    if case == "lonely":
        labels = arrays["lonely_labels_vis"]
        near, shares = of_golden(arrays, "vis", "vis", int(arrays["k"]), labels)
    else:
        across = np.append(arrays["r2i"], NOISE)
        votes, labels = arrays["lonely_cross_labels_ir"], across[arrays["labels_vis"]]
        near, shares = of_golden(arrays, "vis", "ir", int(arrays["lonely_cross_k"]), votes)
    trust = neighbour_trust(near, shares, labels, sharpness)
    prob, weight = (arrays[f"{case}_{name}_vis"] for name in ("prob", "weight"))
    alone = np.isnan(prob).any(axis=1)
    assert alone.any(), "the released shares of such an image are NaN"
    assert np.array_equal(alone, ~shares.any(axis=1))
    assert np.array_equal(alone, (near == NOISE).all(axis=1))
    found = dense(near, shares, prob.shape[1])
    np.testing.assert_allclose(found[~alone], prob[~alone], atol=1e-6)
    # the released weight of a clustered image is NaN too, that of noise is 0
    assert np.array_equal(np.isnan(weight), alone & (labels != NOISE))
    if case == "lonely_cross":
        assert np.isnan(weight[arrays["lonely_cross_row"]])
        assert trust[arrays["lonely_cross_row"]] == 0
    assert np.isnan(weight).any() == (case == "lonely_cross")
    assert (trust[alone] == 0).all()
    np.testing.assert_allclose(trust[~alone], weight[~alone], atol=1e-6)
    clusters, targets = soft_targets(near, shares, labels, share=0.7)
    for row in np.flatnonzero(alone):
        expected = np.eye(prob.shape[1])[labels[row]] * (labels[row] != NOISE)
        assert np.array_equal(dense(clusters, targets, prob.shape[1])[row], expected)
