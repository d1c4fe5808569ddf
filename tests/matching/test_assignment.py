"""Partners of visible clusters."""

from itertools import permutations

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.matching import match_clusters, memory_cost

METHODS = ("hungarian", "progressive", "nearest")


@pytest.mark.parametrize("case", ["a", "b", "c"])
@pytest.mark.parametrize("direction", ["over_vis", "over_ir"])
def test_partners_equal_the_parity_vectors(golden, case: str, direction: str) -> None:
    arrays = golden("sub_memories")
    cost = arrays[f"{case}_cost_{direction}"]
    nearest = match_clusters(cost, "nearest")
    assert np.array_equal(nearest.partner, arrays[f"{case}_greedy_{direction}"])
    hungarian = match_clusters(cost, "hungarian")
    assert np.array_equal(hungarian.partner, arrays[f"{case}_hungarian_{direction}"])
    total = np.nansum(hungarian.cost)
    assert total == pytest.approx(float(arrays[f"{case}_hungarian_total_{direction}"]), abs=1e-4)


@pytest.mark.parametrize("case", ["a", "b", "c"])
def test_nearest_without_each_last_cluster_gives_the_released_labels(golden, case: str) -> None:
    arrays = golden("sub_memories")
    visible, infrared = arrays[f"{case}_centers_vis"], arrays[f"{case}_centers_ir"]
    cost = memory_cost(visible, infrared, over="infrared")
    partner = match_clusters(cost[:-1, :-1], "nearest").partner  # its loops end one cluster early
    labels = arrays[f"{case}_labels_vis"]
    expected = np.append(partner, [len(cost) - 1, -1])[labels]
    assert np.array_equal(arrays[f"{case}_official_labels_vis_after"], expected)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [(3, 5), (4, 4), (5, 3), (1, 1)])
@pytest.mark.parametrize("max_cost", [None, 0.2, 0.5])
def test_hungarian_equals_a_search_of_all_matchings(seed: int, shape, max_cost) -> None:
    cost = np.random.default_rng(seed).random(shape)
    limit = np.inf if max_cost is None else max_cost
    padding = np.full((shape[0], shape[0]), 9.0 if max_cost is None else max_cost)
    padded = np.hstack([np.where(cost > limit, 99.0, cost), padding])  # a place to stay unmatched
    best = min(
        permutations(range(padded.shape[1]), shape[0]),
        key=lambda columns: padded[range(shape[0]), columns].sum(),
    )
    expected = [column if column < shape[1] else -1 for column in best]
    assert match_clusters(cost, "hungarian", max_cost).partner.tolist() == expected


def test_progressive_repeats_hungarian_on_what_is_left() -> None:
    cost = np.random.default_rng(0).random((11, 4))
    found = match_clusters(cost, "progressive")
    left = np.arange(11)
    while left.size:
        round_ = match_clusters(cost[left], "hungarian").partner
        assert np.array_equal(found.partner[left[round_ >= 0]], round_[round_ >= 0])
        left = left[round_ < 0]
    assert sorted(np.bincount(found.partner).tolist()) == [2, 3, 3, 3]


def test_progressive_is_hungarian_where_infrared_clusters_suffice() -> None:
    cost = np.random.default_rng(0).random((4, 7))
    one, other = (match_clusters(cost, method).partner for method in METHODS[:2])
    assert np.array_equal(one, other)


@pytest.mark.parametrize("shape", [(4, 11), (7, 7), (11, 4), (1, 3), (3, 1)])
@pytest.mark.parametrize("max_cost", [None, 0.5])
def test_progressive_leaves_nobody_of_either_modality_without_partner(shape, max_cost) -> None:
    cost = np.random.default_rng(5).random(shape)
    found = match_clusters(cost, "progressive", max_cost)
    visible, infrared = found.pairs()
    possible = cost <= (np.inf if max_cost is None else max_cost)
    assert set(visible) == set(np.flatnonzero(possible.any(axis=1)))
    assert set(infrared) == set(np.flatnonzero(possible.any(axis=0)))
    assert possible[visible, infrared].all()


def test_infrared_leftovers_are_matched_as_visible_ones_would_be() -> None:
    cost = np.random.default_rng(6).random((4, 11))
    found, turned = (match_clusters(side, "progressive") for side in (cost, cost.T))
    expected = {(p, q) for q, p in zip(*turned.pairs(), strict=True)}
    assert set(zip(*found.pairs(), strict=True)) == expected
    assert (turned.visible_partner == -1).all(), "one direction is enough for more visible ones"
    for method in ("hungarian", "nearest"):
        assert (match_clusters(cost, method).visible_partner == -1).all()


@pytest.mark.parametrize("method", METHODS)
def test_costs_are_those_of_the_pairs_and_the_input_stays(method: str) -> None:
    cost = np.random.default_rng(1).random((6, 4))
    before = cost.copy()
    found = match_clusters(cost, method, max_cost=0.3)
    assert np.array_equal(cost, before)
    assert found.infrared_clusters == 4
    for p, partner in enumerate(found.partner):
        if partner < 0:
            assert np.isnan(found.cost[p])
        else:
            assert found.cost[p] == np.float32(cost[p, partner])
            assert found.cost[p] <= 0.3


@pytest.mark.parametrize("method", METHODS)
def test_the_names_of_the_clusters_do_not_matter(method: str) -> None:
    generator = np.random.default_rng(2)
    cost = generator.random((9, 5))
    rows, columns = generator.permutation(9), generator.permutation(5)
    found = match_clusters(cost[rows][:, columns], method, max_cost=0.6).partner
    expected = match_clusters(cost, method, max_cost=0.6).partner[rows]
    assert np.array_equal(np.where(found < 0, -1, columns[found]), expected)


@pytest.mark.parametrize("method", METHODS)
def test_a_limit_leaves_hopeless_clusters_unmatched(method: str) -> None:
    cost = np.array([[0.1, 9.0], [9.0, 9.0], [0.3, 9.0]])
    partner = match_clusters(cost, method, max_cost=1.0).partner
    assert partner.tolist() == ([0, -1, -1] if method == "hungarian" else [0, -1, 0])


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_at_the_limit_is_made(method: str) -> None:
    assert match_clusters(np.full((2, 1), 0.5), method, max_cost=0.5).partner[0] == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_no_clusters_have_no_partners(method: str, shape: tuple[int, int]) -> None:
    found = match_clusters(np.empty(shape), method)
    assert found.partner.tolist() == [-1] * shape[0]
    assert found.infrared_clusters == shape[1]


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(DataError, match="shape"):
        match_clusters(np.ones(3))
    with pytest.raises(DataError, match="NaN"):
        match_clusters(np.full((2, 2), np.nan))
    with pytest.raises(ConfigError, match="'greedy'; expected hungarian"):
        match_clusters(np.ones((2, 2)), "greedy")
    for limit in (0.0, -1.0, np.nan):
        with pytest.raises(ConfigError, match="max_cost"):
            match_clusters(np.ones((2, 2)), max_cost=limit)
