"""k-means of few rows."""

from itertools import product

import numpy as np
import pytest
from sklearn.cluster import KMeans

from vireid.cluster import kmeans
from vireid.errors import ConfigError, DataError


def inertia_of(rows: np.ndarray, labels: np.ndarray) -> float:
    groups = [rows[labels == label] for label in set(labels.tolist())]
    return sum(float(np.square(group - group.mean(axis=0)).sum()) for group in groups)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 2, 3])
def test_few_rows_reach_the_best_of_all_partitions(seed: int, k: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(7, 3))
    best = min(inertia_of(rows, np.array(labels)) for labels in product(range(k), repeat=7))
    found = kmeans(rows, k, generator=np.random.default_rng(seed), n_init=10)
    assert found.inertia == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize(("count", "size", "k"), [(12, 40, 4), (25, 8, 4), (200, 5, 6), (4, 9, 4)])
def test_the_parts_of_a_partition_agree(count: int, size: int, k: int) -> None:
    rows = np.random.default_rng(count).normal(size=(count, size)) + 3
    found = kmeans(rows, k, generator=np.random.default_rng(0))
    assert found.centres.shape == (k, size)
    assert found.centres.dtype == np.float32
    assert set(found.labels.tolist()) == set(range(k))
    for group, centre in enumerate(found.centres):
        assert np.allclose(rows[found.labels == group].mean(axis=0), centre, atol=1e-5)
    assert found.inertia == pytest.approx(inertia_of(rows, found.labels), rel=1e-4, abs=1e-9)


def test_the_partition_is_no_worse_than_that_of_scikit_learn() -> None:
    for seed in range(5):
        rows = np.random.default_rng(seed).normal(size=(30, 20))
        other = KMeans(4, n_init=10, random_state=seed).fit(rows).inertia_
        assert kmeans(rows, 4, generator=np.random.default_rng(seed)).inertia < 1.005 * other


def test_the_same_generator_gives_the_same_partition() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 6))
    one, two = (kmeans(rows, 5, generator=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.centres, two.centres)
    assert np.array_equal(one.labels, two.labels)


@pytest.mark.parametrize(("different", "k"), [(1, 4), (2, 4), (4, 4), (3, 2)])
def test_no_more_groups_than_different_rows(different: int, k: int) -> None:
    rows = np.repeat(np.random.default_rng(0).normal(size=(different, 384)), 6, axis=0)
    found = kmeans(rows, k, generator=np.random.default_rng(0))
    assert len(found.centres) == min(different, k)
    if different <= k:
        assert found.inertia == pytest.approx(0, abs=1e-9)
        assert (found.labels.reshape(-1, 6) == found.labels[::6, None]).all()


def test_wrong_arguments_are_refused() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(ConfigError, match="at least 1"):
        kmeans(np.zeros((3, 2)), 0, generator=generator)
    with pytest.raises(ConfigError, match="at least 1"):
        kmeans(np.zeros((3, 2)), 2, generator=generator, n_init=0)
    with pytest.raises(DataError, match="no rows"):
        kmeans(np.zeros((0, 2)), 2, generator=generator)
    with pytest.raises(DataError, match="NaN"):
        kmeans(np.full((3, 2), np.nan), 2, generator=generator)
