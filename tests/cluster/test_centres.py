"""Centres of clusters."""

import numpy as np
import pytest
import torch

from vireid.cluster import centres, normalise_rows
from vireid.errors import DataError


@pytest.fixture
def sample() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    labels = generator.integers(-1, 5, size=80)
    modality = generator.integers(0, 2, size=80)
    modality[labels == 2] = 1
    return generator.normal(size=(80, 6)), labels, modality, generator.random(80)


def test_centres_equal_the_released_code(golden) -> None:
    arrays = golden("modality_centers")
    rows, labels, modality = arrays["features"], arrays["labels"], arrays["modality"]
    plain = centres(rows, labels)
    balanced = centres(rows, labels, modality=modality)
    assert len(plain) == arrays["num_clusters"]
    for found, name in (
        (plain, "centers"),
        (balanced, "centers_balanced"),
        (normalise_rows(plain), "memory_init"),
        (normalise_rows(balanced), "memory_init_balanced"),
    ):
        assert np.abs(found - arrays[name]).max() < 1e-5


def on_device(rows: np.ndarray, there: bool) -> torch.Tensor | None:
    return torch.tensor(rows, dtype=torch.float32) if there else None


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("aware", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_centres_equal_the_definition(sample, aware: bool, weighted: bool, there: bool) -> None:
    rows, labels, modality, trust = sample
    found = centres(
        rows,
        labels,
        modality=modality if aware else None,
        weights=trust if weighted else None,
        resident=on_device(rows, there),
    )
    assert found.dtype == np.float32
    for cluster in range(5):
        means = []
        for kind in (0, 1) if aware else (None,):
            chosen = (labels == cluster) & (True if kind is None else modality == kind)
            if chosen.any():
                weights = trust[chosen] if weighted else None
                means.append(np.average(rows[chosen], axis=0, weights=weights))
        assert np.allclose(found[cluster], np.mean(means, axis=0), atol=1e-6)


@pytest.mark.parametrize("there", [False, True])
def test_a_number_that_no_sample_bears_has_no_centre(sample, there: bool) -> None:
    rows, labels, _, _ = sample
    fewer = np.where(labels == 1, -1, labels)
    found = centres(rows, fewer, clusters=7, resident=on_device(rows, there))
    assert np.isnan(found).all(axis=1).tolist() == [False, True, False, False, False, True, True]


@pytest.mark.parametrize("there", [False, True])
def test_weights_of_zero_fall_back_to_the_plain_mean(sample, there: bool) -> None:
    rows, labels, _, _ = sample
    weights = np.where(labels == 3, 0.0, 1.0)
    found = centres(rows, labels, weights=weights, resident=on_device(rows, there))
    assert np.allclose(found, centres(rows, labels), atol=1e-6)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("labels", [np.array([], int), np.full(4, -1)])
def test_noise_alone_has_no_centres(labels: np.ndarray, there: bool) -> None:
    rows = np.ones((len(labels), 3))
    modality = np.zeros_like(labels)
    for kind in (None, modality):
        found = centres(rows, labels, modality=kind, resident=on_device(rows, there))
        assert found.shape == (0, 3)


def test_wrong_arguments_are_refused(sample) -> None:
    rows, labels, modality, trust = sample
    with pytest.raises(DataError, match="labels have shape"):
        centres(rows, labels[:-1])
    with pytest.raises(DataError, match="modality have shape"):
        centres(rows, labels, modality=modality[:-1])
    with pytest.raises(DataError, match="expected 0"):
        centres(rows, labels, modality=modality + 1)
    for value in (-1, np.nan):
        with pytest.raises(DataError, match="weights hold"):
            centres(rows, labels, weights=np.where(trust > 0.5, value, trust))
