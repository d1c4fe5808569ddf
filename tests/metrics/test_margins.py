"""Margins against plain loops."""

import numpy as np
import pytest
import torch

from vireid.errors import DataError
from vireid.metrics import centre_margin, matching_margin
from vireid.types import Matching


def unit(generator, *shape):
    rows = generator.normal(size=shape)
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def slow_centre_margin(embeddings, labels, centres):
    margins = []
    for row, label in zip(embeddings, labels, strict=True):
        if label >= 0:
            others = [row @ centre for k, centre in enumerate(centres) if k != label]
            margins.append(row @ centres[label] - max(others))
    return np.mean(margins)


@pytest.mark.parametrize("chunk", [1, 3, 4096])
@pytest.mark.parametrize("clusters", [2, 7])
def test_the_centre_margin_is_the_mean_over_clustered_samples(chunk, clusters) -> None:
    generator = np.random.default_rng(clusters)
    embeddings, centres = unit(generator, 20, 5), unit(generator, clusters, 5)
    labels = generator.integers(-1, clusters, 20)
    copies = embeddings.copy(), labels.copy(), centres.copy()
    found = centre_margin(embeddings, labels, centres, chunk=chunk)
    assert found == pytest.approx(slow_centre_margin(embeddings, labels, centres), abs=1e-6)
    there = torch.tensor(embeddings)
    batched = centre_margin(embeddings, labels, centres, chunk=chunk, resident=there)
    assert batched == pytest.approx(found, abs=1e-6)
    for given, copy in zip((embeddings, labels, centres), copies, strict=True):
        assert np.array_equal(given, copy)


def test_clear_clusters_have_the_larger_margin() -> None:
    generator = np.random.default_rng(0)
    centres = np.eye(4, 6, dtype=np.float32)
    labels = np.repeat(np.arange(4), 10)
    found = []
    for noise in (0.01, 0.2, 1.0):
        rows = centres[labels] + generator.normal(0, noise, (40, 6))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        found.append(centre_margin(rows, labels, centres))
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("labels", "clusters"), [([0, 0], 1), ([-1, -1], 2), ([-1, -1], 0), ([], 3)]
)
def test_there_is_no_margin_without_samples_and_other_clusters(labels, clusters) -> None:
    assert centre_margin(np.ones((len(labels), 3)), labels, np.ones((clusters, 3))) is None


@pytest.mark.parametrize(
    ("labels", "centres"),
    [([0, 1], np.ones((2, 3))), ([0, 1, 0], np.ones((2, 4))), ([0, 1, 2], np.ones((2, 3)))],
)
def test_what_does_not_fit_is_refused(labels, centres) -> None:
    with pytest.raises(DataError, match=r"expected|must lie"):
        centre_margin(np.ones((3, 3)), labels, centres)


def test_the_matching_margin_is_relative_and_over_matched_clusters_only() -> None:
    nan = float("nan")
    matching = Matching([2, -1, 0, 1], 3, [1.0, nan, 3.0, 0.0], next_cost=[4.0, nan, 2.0, 0.0])
    assert matching_margin(matching) == pytest.approx((0.75 - 0.5) / 2)


@pytest.mark.parametrize(
    "matching",
    [
        Matching([], 0, []),
        Matching([-1], 2, [np.nan], next_cost=[np.nan]),
        Matching([0], 1, [0.5], next_cost=[np.nan]),
        Matching([0], 1, [0.5]),
    ],
)
def test_without_a_next_best_there_is_no_matching_margin(matching) -> None:
    assert matching_margin(matching) is None
