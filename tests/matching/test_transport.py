"""Transport plans against RPNR's released code and a slow computation."""

import warnings

import numpy as np
import pytest

from vireid.cluster import joined_rows, normalise_rows
from vireid.errors import ConfigError, DataError
from vireid.matching import centre_cost, match_by_transport, match_clusters, transport_plan

CASES = ("more", "fewer", "equal")
SHAPES = [(4, 3), (3, 7), (5, 5), (1, 4), (4, 1), (1, 1)]


def costs(arrays, case):
    """Return the cost of a case."""
    return centre_cost(*(arrays[f"{case}_centres_{side}"] for side in ("vis", "ir")))


@pytest.mark.parametrize("case", CASES)
def test_plans_and_partners_are_those_of_the_released_code(golden, case) -> None:
    arrays = golden("rpnr_matching")
    cost, strength = costs(arrays, case), float(arrays[f"{case}_reg"])
    plan = transport_plan(cost, strength)
    assert plan == pytest.approx(arrays[f"{case}_plan"], rel=1e-6, abs=0)
    found = match_by_transport(cost, strength)
    assert np.array_equal(found.partner, arrays[f"{case}_r2i"])
    assert np.array_equal(found.to_visible, arrays[f"{case}_i2r"])
    assert np.array_equal(cost.argmin(axis=1), arrays[f"{case}_nearest_vis"])
    assert np.array_equal(cost.argmin(axis=0), arrays[f"{case}_nearest_ir"])


@pytest.mark.parametrize("case", CASES)
def test_pair_centres_are_half_of_each_and_emptied_clusters_have_none(golden, case) -> None:
    arrays = golden("rpnr_matching")
    visible, infrared = (arrays[f"{case}_centres_{side}"] for side in ("vis", "ir"))
    found = match_by_transport(costs(arrays, case), float(arrays[f"{case}_reg"]))
    pairs = joined_rows(infrared, visible, found.to_visible, 0.5)
    after = arrays[f"{case}_labels_ir_after"]
    kept = np.unique(after[after >= 0])
    emptied = np.setdiff1d(np.arange(len(pairs)), kept)
    theirs = arrays[f"{case}_pair_centres"]
    assert np.abs(pairs[kept] - theirs[kept]).max() < 1e-5
    assert not theirs[emptied].any()
    for memory in np.split(arrays[f"{case}_pair_memory"], 2):
        assert np.abs(normalise_rows(pairs[kept]) - memory[kept]).max() < 1e-5
        assert not memory[emptied].any(), "the released row of an emptied cluster is zero"


def slow(cost, strength, times=3000):
    """Scale rows and columns by turns, number by number."""
    rows, columns = cost.shape
    plan = [[np.exp(-cost[p, q] / strength) for q in range(columns)] for p in range(rows)]
    for _ in range(times):
        for p in range(rows):
            total = sum(plan[p])
            plan[p] = [value / total / rows for value in plan[p]]
        for q in range(columns):
            total = sum(plan[p][q] for p in range(rows))
            for p in range(rows):
                plan[p][q] = plan[p][q] / total / columns
    return np.array(plan)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [5.0, 0.3])
def test_plans_are_those_of_a_slow_scaling(shape, strength) -> None:
    cost = np.random.default_rng(sum(shape)).uniform(0.4, 1.5, shape)
    before = cost.copy()
    plan = transport_plan(cost, strength)
    assert np.array_equal(cost, before)
    expected = slow(cost, strength, times=300)
    assert plan == pytest.approx(expected, rel=1e-8)
    assert plan.sum(axis=0) == pytest.approx(np.full(shape[1], 1 / shape[1]), rel=1e-9)
    assert plan.sum(axis=1) == pytest.approx(np.full(shape[0], 1 / shape[0]), rel=1e-9)
    found = match_by_transport(cost, strength)
    for p in range(shape[0]):
        assert expected[p, found.partner[p]] == pytest.approx(max(expected[p]), rel=1e-8)
        assert found.cost[p] == np.float32(cost[p, found.partner[p]])
    for q in range(shape[1]):
        back = found.to_visible[q]
        assert expected[back, q] == pytest.approx(max(expected[:, q]), rel=1e-8)
        assert found.visible_partner[q] == (-1 if q in found.partner else back)


def test_a_plan_with_little_entropy_is_nearly_one_to_one() -> None:
    cost = np.array([[0.4, 2.0, 1.9], [1.5, 0.6, 2.0], [2.0, 1.0, 0.4]])
    plan = transport_plan(cost, 0.0004)  # exp(-cost / 0.0004) is 0 in double precision
    best = match_clusters(cost, "hungarian").partner
    assert plan == pytest.approx(np.eye(3)[best] / 3, abs=1e-12)


def test_a_plan_that_does_not_converge_is_said_to() -> None:
    cost = np.random.default_rng(0).uniform(0.4, 1.5, (30, 20))
    with pytest.warns(UserWarning, match=r"still changes .* above 0.001 converges faster"):
        plan = transport_plan(cost, 0.001)
    assert np.isfinite(plan).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        transport_plan(cost, 5.0)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_no_clusters_have_no_partners(shape) -> None:
    found = match_by_transport(np.empty(shape))
    assert found.partner.tolist() == [-1] * shape[0]
    assert found.to_visible.tolist() == [-1] * shape[1]


def test_wrong_arguments_are_refused() -> None:
    for cost in (np.ones(3), np.full((2, 2), np.nan)):
        with pytest.raises(DataError, match="cannot be matched"):
            transport_plan(cost)
    for strength in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ConfigError, match="regularisation is"):
            transport_plan(np.ones((2, 2)), strength)
