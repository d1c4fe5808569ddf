"""DBSCAN on sparse distances, against scikit-learn on dense ones."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import DBSCAN

from vireid.cluster import dbscan
from vireid.errors import ConfigError, DataError


def sparse(square: np.ndarray, limit: float = 1.0) -> csr_array:
    rows, columns = np.nonzero(square <= limit)
    return csr_array((square[rows, columns], (rows, columns)), shape=square.shape)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("min_samples", [1, 2, 4, 7])
@pytest.mark.parametrize("eps", [0.05, 0.1, 0.2, 0.6])
def test_labels_equal_scikit_learn(seed: int, min_samples: int, eps: float) -> None:
    generator = np.random.default_rng(seed)
    points = generator.random((60 + 10 * seed, 2))
    points[:5] = points[5]  # distances of exactly 0
    square = np.sqrt(np.square(points[:, None] - points).sum(axis=2)).astype(np.float32)
    expected = DBSCAN(eps=eps, min_samples=min_samples, metric="precomputed").fit(square).labels_
    for limit in (eps, 1.0):
        labels = dbscan(sparse(square, limit), eps=eps, min_samples=min_samples)
        assert labels.dtype == np.int64
        assert np.array_equal(labels, expected)


def test_a_border_sample_joins_the_first_cluster_that_reaches_it() -> None:
    square = np.ones((9, 9))
    square[1:5, 1:5] = square[5:, 5:] = 0.1
    square[0, [0, 1, 5]] = square[[1, 5], 0] = 0.1  # three neighbours with itself: no core
    labels = dbscan(sparse(square), eps=0.2, min_samples=4)
    assert labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert np.array_equal(
        labels, DBSCAN(eps=0.2, min_samples=4, metric="precomputed").fit(square).labels_
    )


def test_the_diagonal_need_not_be_stored() -> None:
    square = np.full((3, 3), 0.2)
    np.fill_diagonal(square, 2)
    assert dbscan(sparse(square), eps=0.3, min_samples=3).tolist() == [0, 0, 0]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_nothing_stored_is_all_noise(count: int) -> None:
    assert dbscan(csr_array((count, count)), eps=0.5).tolist() == [-1] * count


def test_one_giant_cluster() -> None:
    assert not dbscan(sparse(np.zeros((50, 50))), eps=0.5).any()


def test_the_input_is_not_modified() -> None:
    distance = sparse(np.random.default_rng(0).random((9, 9)))
    before = distance.data.copy(), distance.indices.copy(), distance.indptr.copy()
    dbscan(distance, eps=0.5)
    after = distance.data, distance.indices, distance.indptr
    assert all(map(np.array_equal, before, after))


def test_wrong_arguments_are_refused() -> None:
    for options in ({"eps": 0.0}, {"eps": 1.0}, {"eps": 0.5, "min_samples": 0}):
        with pytest.raises(ConfigError, match="expected 0 < eps < 1"):
            dbscan(csr_array((2, 2)), **options)
    with pytest.raises(DataError, match="shape"):
        dbscan(csr_array((2, 3)), eps=0.5)
    for value in (np.nan, -0.1):
        with pytest.raises(DataError, match="NaN or negative"):
            dbscan(csr_array(np.full((1, 1), value)), eps=0.5)
