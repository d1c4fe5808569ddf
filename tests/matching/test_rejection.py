"""Pairs that are not made."""

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.matching import allowed_pairs, match_clusters

METHODS = ("hungarian", "progressive", "nearest")
RULES = ("none", "mutual", "margin", "adaptive")


def slow_rule(cost, rule):
    """Return the allowed pairs, one by one."""
    rows, columns = cost.shape

    def wrong_lead(lines):
        steps = [sorted(line)[2] - sorted(line)[1] for line in lines if len(line) > 2]
        return 2 * sum(steps) / len(steps) if steps else 0.0

    allowed = np.zeros(cost.shape, dtype=bool)
    for p in range(rows):
        for q in range(columns):
            others = [cost[p, k] for k in range(columns) if k != q]
            rivals = [cost[k, q] for k in range(rows) if k != p]
            leads = (
                min(others, default=np.inf) - cost[p, q],
                min(rivals, default=np.inf) - cost[p, q],
            )
            if rule == "mutual":
                allowed[p, q] = min(leads) >= 0
            else:
                usual = wrong_lead(cost.tolist()), wrong_lead(cost.T.tolist())
                allowed[p, q] = leads[0] > usual[0] and leads[1] > usual[1]
    return allowed


def people(generator, both, visible_only, infrared_only, noise=0.02):
    """Return distances of points in space, and which pairs are of one person."""
    visible = generator.random((both + visible_only, 8))
    infrared = np.vstack([visible[:both], generator.random((infrared_only, 8))])
    infrared = infrared + generator.normal(0, noise, infrared.shape)
    cost = np.linalg.norm(visible[:, None] - infrared, axis=2)
    same = np.zeros(cost.shape, dtype=bool)
    same[range(both), range(both)] = True
    return cost, same


@pytest.mark.parametrize("rule", ["mutual", "margin"])
@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (6, 6), (2, 3), (3, 2), (2, 2), (1, 4), (4, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_rules_equal_a_search_of_all_pairs(rule, shape, seed) -> None:
    cost = np.random.default_rng(seed).random(shape)
    before = cost.copy()
    assert np.array_equal(allowed_pairs(cost, rule), slow_rule(cost, rule))
    assert np.array_equal(allowed_pairs(cost.T, rule), slow_rule(cost, rule).T)
    assert np.array_equal(cost, before)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_without_clusters_there_are_no_pairs(rule, shape) -> None:
    assert allowed_pairs(np.empty(shape), rule).shape == shape
    for method in METHODS:
        assert (
            match_clusters(np.empty(shape), method, reject=rule).partner.tolist() == [-1] * shape[0]
        )


@pytest.mark.parametrize("rule", RULES)
def test_the_only_pair_there_is_is_made(rule) -> None:
    assert allowed_pairs(np.ones((1, 1)), rule).all()


def test_equal_costs_are_nobodys_advantage() -> None:
    cost = np.ones((3, 4))
    assert allowed_pairs(cost, "mutual").all()
    assert not allowed_pairs(cost, "margin").any()


@pytest.mark.parametrize("rule", ["mutual", "margin"])
def test_costs_in_other_units_change_nothing(rule) -> None:
    cost = np.random.default_rng(0).random((9, 6))
    assert np.array_equal(allowed_pairs(cost, rule), allowed_pairs(3 * cost + 5, rule))


@pytest.mark.parametrize("seed", range(5))
def test_a_margin_keeps_people_seen_twice_and_drops_people_seen_once(seed) -> None:
    cost, same = people(np.random.default_rng(seed), both=20, visible_only=15, infrared_only=15)
    found = {rule: allowed_pairs(cost, rule) for rule in ("mutual", "margin")}
    assert (found["margin"] <= found["mutual"]).all(), "stricter"
    precision = {rule: same[pairs].mean() for rule, pairs in found.items()}
    assert precision["margin"] >= precision["mutual"]
    assert precision["margin"] >= 0.85
    assert found["margin"][same].mean() > 0.9
    forced = match_clusters(cost, "hungarian").pairs()
    assert precision["margin"] > same[forced].mean() + 0.2


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("limit", [None, 0.3])
@pytest.mark.parametrize("shape", [(8, 5), (5, 8)])
def test_only_allowed_pairs_are_made_and_their_costs_kept(method, rule, limit, shape) -> None:
    cost = np.random.default_rng(3).random(shape)
    found = match_clusters(cost, method, limit, rule)
    visible, infrared = found.pairs()
    assert allowed_pairs(cost, rule)[visible, infrared].all()
    if limit is not None:
        assert (cost[visible, infrared] <= limit).all()
    for p, partner in enumerate(found.partner):
        if partner < 0:
            assert np.isnan(found.cost[p])
            assert np.isnan(found.next_cost[p])
        else:
            others = np.delete(cost[p], partner)
            assert found.cost[p] == np.float32(cost[p, partner])
            assert found.next_cost[p] == np.float32(others.min())


@pytest.mark.parametrize("method", METHODS)
def test_mutual_pairs_do_not_depend_on_the_method(method) -> None:
    cost = np.random.default_rng(4).random((9, 7))
    expected = np.nonzero(allowed_pairs(cost, "mutual"))
    found = match_clusters(cost, method, reject="mutual").pairs()
    assert set(zip(*found, strict=True)) == set(zip(*expected, strict=True))


def test_rejected_clusters_do_not_push_others_aside() -> None:
    cost = np.array([[0.1, 0.4, 9.0], [0.2, 9.0, 9.0], [9.0, 9.0, 0.1]])
    assert match_clusters(cost).partner.tolist() == [1, 0, 2], "the lowest total"
    assert match_clusters(cost, reject="mutual").partner.tolist() == [0, -1, 2]


def test_an_unknown_rule_is_refused() -> None:
    expected = "reject is 'strict'; expected one of none, mutual, margin, adaptive"
    with pytest.raises(ConfigError, match=expected):
        match_clusters(np.ones((2, 2)), reject="strict")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("alone", "refused"), [(0, False), (2, False), (14, True), (30, True)])
def test_pairs_are_refused_where_many_people_were_seen_once(seed, alone, refused) -> None:
    cost, _ = people(np.random.default_rng(seed), both=30, visible_only=alone, infrared_only=alone)
    mutual = slow_rule(cost, "mutual")
    expected = mutual if refused else np.ones_like(mutual)
    assert np.array_equal(allowed_pairs(cost, "adaptive"), expected)
    assert np.array_equal(allowed_pairs(cost.T, "adaptive"), expected.T)


def test_clusters_of_one_modality_that_are_split_refuse_nobody() -> None:
    cost, _ = people(np.random.default_rng(0), both=30, visible_only=0, infrared_only=0)
    split = np.vstack([cost, cost + 0.01])
    assert allowed_pairs(split, "adaptive").all()
    assert allowed_pairs(split.T, "adaptive").all()
