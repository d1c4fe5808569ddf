"""Prices of pairs, looked up one by one."""

import numpy as np
import pytest

from vireid.matching import pair_prices


@pytest.mark.parametrize("shape", [(5, 4), (3, 1), (4, 2), (0, 3), (3, 0)])
def test_prices_are_looked_up(shape) -> None:
    generator = np.random.default_rng(0)
    cost = generator.random(shape)
    partner = generator.integers(-1, shape[1], shape[0])
    before = cost.copy()
    paid, following = pair_prices(cost, partner)
    assert np.array_equal(cost, before)
    for p, q in enumerate(partner):
        others = [cost[p, other] for other in range(shape[1]) if other != q]
        expected = (np.nan, np.nan) if q < 0 else (cost[p, q], min(others, default=np.nan))
        assert (paid[p], following[p]) == pytest.approx(expected, nan_ok=True)
