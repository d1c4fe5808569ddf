"""Exact nearest neighbours."""

import numpy as np
import pytest

from vireid.cluster import nearest_neighbours, normalise_rows
from vireid.errors import ConfigError, DataError


def random_rows(count: int, seed: int = 0, size: int = 16) -> np.ndarray:
    return normalise_rows(np.random.default_rng(seed).normal(size=(count, size)))


@pytest.mark.parametrize("count", [1, 2, 7, 65, 200])
@pytest.mark.parametrize("k", [1, 2, 9, 64])
@pytest.mark.parametrize("block", [1, 7, 1024])
def test_neighbours_equal_a_full_sort(count: int, k: int, block: int) -> None:
    rows = random_rows(count, seed=count)
    indices, similarities = nearest_neighbours(rows, k, block=block)
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)
    np.fill_diagonal(products, 2)
    expected = np.argsort(-products, axis=1)[:, :k]
    assert (indices.dtype, similarities.dtype) == (np.int64, np.float32)
    assert np.array_equal(indices, expected)
    np.fill_diagonal(products, 1)
    assert np.allclose(similarities, np.take_along_axis(products, expected, 1), atol=1e-6)


def test_duplicates_tie_in_the_order_of_their_indices_behind_the_sample_itself() -> None:
    rows = np.repeat(random_rows(5, size=384), 30, axis=0)  # rows 0..29 equal, 30..59 equal, ...
    indices, similarities = nearest_neighbours(rows, 12, block=37)
    for i, found in enumerate(indices):
        first = i // 30 * 30
        others = [j for j in range(first, first + 30) if j != i]
        assert found.tolist() == [i, *others[:11]]
    assert (similarities == similarities[:, :1]).all()


def test_similarities_do_not_depend_on_the_block_or_the_direction() -> None:
    rows = random_rows(90, size=100)
    indices, similarities = nearest_neighbours(rows, 90, block=11)
    other_indices, other_similarities = nearest_neighbours(rows, 90, block=90)
    assert np.array_equal(indices, other_indices)
    assert np.array_equal(similarities, other_similarities)
    square = np.empty((90, 90), np.float32)
    np.put_along_axis(square, indices, similarities, axis=1)
    assert np.array_equal(square, square.T)


def test_no_rows_have_no_neighbours() -> None:
    indices, similarities = nearest_neighbours(np.empty((0, 4)), 5)
    assert indices.shape == similarities.shape == (0, 0)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ConfigError, match="k is 0"):
        nearest_neighbours(random_rows(3), 0)
    with pytest.raises(ConfigError, match="block is 0"):
        nearest_neighbours(random_rows(3), 2, block=0)
    with pytest.raises(DataError, match="unit length"):
        nearest_neighbours(2 * random_rows(3), 2)
