"""Matching cost of clusters."""

import numpy as np
import pytest
import torch

from vireid.errors import ConfigError, DataError
from vireid.matching import cost as cost_module
from vireid.matching import memory_cost


def oracle(visible, infrared, visible_mask, infrared_mask) -> np.ndarray:
    """Return the one-directional cost by its definition."""
    cost = np.empty((len(visible), len(infrared)))
    for p, (ours, valid) in enumerate(zip(visible, visible_mask, strict=True)):
        for q, (theirs, other_valid) in enumerate(zip(infrared, infrared_mask, strict=True)):
            least = [
                min(np.linalg.norm(one - other) for other in theirs[other_valid])
                for one in ours[valid]
            ]
            cost[p, q] = ours.shape[0] * np.mean(least)
    return cost


@pytest.fixture
def sides() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    visible, infrared = generator.normal(size=(7, 4, 6)), generator.normal(size=(5, 3, 6))
    visible_mask = np.arange(4) < generator.integers(1, 5, size=7)[:, None]
    infrared_mask = np.arange(3) < generator.integers(1, 4, size=5)[:, None]
    return visible, infrared, visible_mask, infrared_mask


@pytest.mark.parametrize("case", ["a", "b", "c"])
def test_costs_equal_the_released_codes(golden, case: str) -> None:
    arrays = golden("sub_memories")
    visible, infrared = arrays[f"{case}_centers_vis"], arrays[f"{case}_centers_ir"]
    over_visible = memory_cost(visible, infrared, over="visible")
    over_infrared = memory_cost(visible, infrared, over="infrared")
    assert np.abs(over_visible - arrays[f"{case}_cost_over_vis"]).max() < 1e-4
    assert np.abs(over_infrared - arrays[f"{case}_cost_over_ir"]).max() < 1e-4
    both = (over_visible + over_infrared) / 2
    assert np.abs(memory_cost(visible, infrared) - both).max() < 1e-5


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("chunk", [1, 100, 1 << 20])
def test_costs_equal_the_definition(sides, masked: bool, chunk: int, monkeypatch) -> None:
    monkeypatch.setattr(cost_module, "_CHUNK", chunk)
    visible, infrared, visible_mask, infrared_mask = sides
    if not masked:
        visible_mask, infrared_mask = np.ones((7, 4), bool), np.ones((5, 3), bool)
    masks = {"visible_mask": visible_mask, "infrared_mask": infrared_mask} if masked else {}
    one = oracle(visible, infrared, visible_mask, infrared_mask)
    other = oracle(infrared, visible, infrared_mask, visible_mask).T
    for over, expected in {"visible": one, "infrared": other, "both": (one + other) / 2}.items():
        found = memory_cost(visible, infrared, over=over, **masks)
        assert found.dtype == np.float32
        assert np.allclose(found, expected, atol=1e-5)
        there = memory_cost(visible, infrared, over=over, device=torch.device("cpu"), **masks)
        assert there.dtype == np.float32
        assert np.allclose(there, found, atol=1e-6)
    assert np.array_equal(memory_cost(visible, infrared, **masks), found), "both is the default"


def test_what_is_masked_does_not_matter(sides) -> None:
    visible, infrared, visible_mask, infrared_mask = sides
    masks = {"visible_mask": visible_mask, "infrared_mask": infrared_mask}
    before = memory_cost(visible, infrared, **masks)
    visible[~visible_mask] = np.nan
    infrared[~infrared_mask] = 1e6
    assert np.array_equal(memory_cost(visible, infrared, **masks), before)


def test_a_cluster_costs_nothing_with_itself(sides) -> None:
    visible, _, visible_mask, _ = sides
    cost = memory_cost(visible, visible, visible_mask=visible_mask, infrared_mask=visible_mask)
    assert np.abs(np.diagonal(cost)).max() < 1e-5
    assert np.allclose(cost, cost.T, atol=1e-6)


@pytest.mark.parametrize(("ours", "theirs"), [(0, 3), (3, 0), (0, 0)])
def test_no_clusters_have_no_costs(ours: int, theirs: int) -> None:
    assert memory_cost(np.ones((ours, 4, 2)), np.ones((theirs, 4, 2))).shape == (ours, theirs)


def test_wrong_arguments_are_refused(sides) -> None:
    visible, infrared, visible_mask, infrared_mask = sides
    with pytest.raises(DataError, match="visible memories have shape"):
        memory_cost(visible[0], infrared)
    with pytest.raises(DataError, match="6 dimensions, infrared 5"):
        memory_cost(visible, infrared[..., :5])
    with pytest.raises(DataError, match="infrared mask is bool of shape"):
        memory_cost(visible, infrared, infrared_mask=infrared_mask[1:])
    with pytest.raises(DataError, match="visible mask is int64"):
        memory_cost(visible, infrared, visible_mask=visible_mask.astype(np.int64))
    with pytest.raises(DataError, match="infrared memories hold NaN"):
        memory_cost(visible, np.where(infrared > 1, np.nan, infrared))
    with pytest.raises(ConfigError, match="over is 'all'; expected one of both, visible, infrared"):
        memory_cost(visible, infrared, over="all")
    visible_mask[2] = False
    with pytest.raises(DataError, match="cluster 2 has no memory"):
        memory_cost(visible, infrared, visible_mask=visible_mask)
