"""Sorting of rows against a stable sort."""

import numpy as np
import pytest

from vireid.metrics.order import descending_order

SPECIAL = (0.0, -0.0, np.inf, -np.inf, 1e-40, -1e-40, 1.0, -1.0, 65504.0)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("seed", range(5))
def test_equal_to_a_stable_sort(kind, seed):
    generator = np.random.default_rng(seed)
    values = np.round(generator.standard_normal((20, 50)), generator.integers(0, 4))
    places = generator.integers(0, 50, (20, len(SPECIAL)))
    np.put_along_axis(values, places, np.array(SPECIAL)[None], axis=1)
    similarity = values.astype(kind)
    before = similarity.copy()
    expected = [sorted(range(50), key=lambda column: -row[column]) for row in similarity]
    assert descending_order(similarity).tolist() == expected
    assert descending_order(np.asfortranarray(similarity)).tolist() == expected
    np.testing.assert_array_equal(similarity, before)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1)])
def test_small_shapes(shape):
    assert descending_order(np.zeros(shape, dtype=np.float32)).shape == shape
