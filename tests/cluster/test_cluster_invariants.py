"""What holds for every function of the room that takes embeddings."""

from collections.abc import Callable

import numpy as np
import pytest

from vireid.cluster import (
    centres,
    jaccard_distance,
    kmeans,
    nearest_neighbours,
    normalise_rows,
)
from vireid.errors import DataError
from vireid.matching import sub_memories

LABELS = np.arange(40) % 4 - 1

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "nearest_neighbours": lambda rows: nearest_neighbours(rows, 5)[1],
    "jaccard_distance": lambda rows: jaccard_distance(rows, k1=8, k2=3).toarray(),
    "kmeans": lambda rows: kmeans(rows, 3, generator=np.random.default_rng(0)).centres,
    "centres": lambda rows: centres(rows, LABELS),
    "normalise_rows": normalise_rows,
    "sub_memories": lambda rows: sub_memories(rows, LABELS, generator=np.random.default_rng(0))[0],
}


@pytest.fixture(params=FUNCTIONS)
def function(request: pytest.FixtureRequest) -> Callable[[np.ndarray], np.ndarray]:
    return FUNCTIONS[request.param]


@pytest.fixture
def rows() -> np.ndarray:
    return normalise_rows(np.random.default_rng(0).normal(size=(40, 10)))


def test_the_input_is_not_modified(function, rows: np.ndarray) -> None:
    for given in (rows.copy(), rows.astype(np.float64)):
        before = given.copy()
        function(given)
        assert np.array_equal(given, before)


def test_read_only_and_scattered_memory_give_the_same(function, rows: np.ndarray) -> None:
    frozen = rows.copy()
    frozen.setflags(write=False)
    scattered = np.zeros((80, 20), np.float32)
    scattered[::2, ::2] = rows
    for given in (frozen, scattered[::2, ::2], np.asfortranarray(rows), rows.astype(np.float64)):
        assert np.array_equal(function(given), function(rows))


def test_half_precision_gives_float32(function, rows: np.ndarray) -> None:
    half = rows.astype(np.float16)
    assert function(half).dtype == np.float32
    assert np.array_equal(function(half), function(half.astype(np.float32)))


def test_nan_is_refused(function, rows: np.ndarray) -> None:
    rows[3, 4] = np.nan
    with pytest.raises(DataError, match="NaN"):
        function(rows)
