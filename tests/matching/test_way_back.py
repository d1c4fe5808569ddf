"""The way from infrared clusters back to visible ones, against a search over all."""

from itertools import permutations

import numpy as np
import pytest

from vireid.matching import match_clusters

NONE = -1


def one_to_one(cost, allowed, rows, max_cost):
    """Return the cheapest one-to-one partners of some rows, by trying all of them.

    A row without partner costs as much as the dearest pair that may be made.
    """
    columns = cost.shape[1]
    best, found = None, {}
    dear = 10.0 if max_cost is None else max_cost
    for chosen in permutations([*range(columns), *[NONE] * len(rows)], len(rows)):
        total = 0.0
        for row, column in zip(rows, chosen, strict=True):
            total += cost[row, column] if column >= 0 and allowed[row, column] else dear
        if best is None or total < best - 1e-12:
            best = total
            found = {
                row: column if column >= 0 and allowed[row, column] else NONE
                for row, column in zip(rows, chosen, strict=True)
            }
    return found


def slow(cost, method, max_cost):  # noqa: C901 - step by step, as it is promised
    """Return partner and way back, straight from what is promised."""
    allowed = np.ones(cost.shape, bool) if max_cost is None else cost <= max_cost
    rows, columns = cost.shape
    partner, joins = [NONE] * rows, [NONE] * columns
    first = {}
    if method == "nearest":
        for row in range(rows):
            if allowed[row].any():
                partner[row] = min(range(columns), key=lambda c: cost[row, c])
    else:
        able = [row for row in range(rows) if allowed[row].any()]
        first = one_to_one(cost, allowed, able, max_cost)
        for row in able:
            partner[row] = first[row]
    if method == "progressive":
        left = [row for row in able if partner[row] == NONE]
        while left:
            for row, column in one_to_one(cost, allowed, left, max_cost).items():
                partner[row] = column
            left = [row for row in left if partner[row] == NONE]
        alone = [c for c in range(columns) if c not in partner and allowed[:, c].any()]
        while alone:
            for column, row in one_to_one(cost.T, allowed.T, alone, max_cost).items():
                joins[column] = row
            alone = [c for c in alone if joins[c] == NONE]
    back = list(joins)
    for column in range(columns):
        theirs = [row for row in range(rows) if partner[row] == column]
        if theirs:
            back[column] = min(theirs, key=lambda row: cost[row, column])
        firsts = [row for row in theirs if first.get(row) == column]
        if method == "progressive" and firsts:
            back[column] = firsts[0]
    return partner, joins, back


@pytest.mark.parametrize("method", ["hungarian", "progressive", "nearest"])
@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (1, 3), (3, 1)])
@pytest.mark.parametrize("max_cost", [None, 0.4])
@pytest.mark.parametrize("seed", range(4))
def test_both_ways_are_those_of_a_search_over_all(method, shape, max_cost, seed):
    cost = np.random.default_rng(seed).random(shape)
    found = match_clusters(cost, method, max_cost=max_cost)
    partner, joins, back = slow(cost, method, max_cost)
    assert found.partner.tolist() == partner
    assert found.visible_partner.tolist() == joins
    assert found.to_visible.tolist() == back


@pytest.mark.parametrize("method", ["hungarian", "progressive", "nearest"])
@pytest.mark.parametrize("seed", range(4))
def test_the_way_back_is_part_of_the_pairs(method, seed):
    cost = np.random.default_rng(seed).random((7, 5))
    found = match_clusters(cost, method, reject="mutual")
    pairs = set(zip(*(side.tolist() for side in found.pairs()), strict=True))
    ways = {(v, r) for r, v in enumerate(found.to_visible.tolist()) if v != NONE}
    assert ways <= pairs
    assert {r for _, r in ways} == {r for _, r in pairs}, "whoever is paired has a way back"


@pytest.mark.parametrize("method", ["hungarian", "progressive", "nearest"])
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_without_clusters_there_is_no_way(method, shape):
    assert match_clusters(np.empty(shape), method).to_visible.tolist() == [NONE] * shape[1]
