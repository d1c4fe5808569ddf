"""Pairs that would give one label to clusters with tracks of one time are undone."""

import numpy as np
import pytest

from vireid.labelling import matched_labels
from vireid.matching import match_clusters, pairs_apart
from vireid.types import PseudoLabels


def meeting(generator, count, share):
    found = np.triu(generator.random((count, count)) < share, 1)
    return found | found.T


@pytest.mark.parametrize("method", ["progressive", "nearest", "hungarian"])
@pytest.mark.parametrize("seed", range(5))
def test_no_label_joins_clusters_that_met(method, seed):
    generator = np.random.default_rng(seed)
    count = (14, 6) if seed % 2 else (5, 13)
    cost = generator.random(count)
    before = match_clusters(cost, method)
    visible, infrared = (meeting(generator, each, 0.3) for each in count)
    found = pairs_apart(before, visible, infrared)
    labels = matched_labels(
        found,
        PseudoLabels(np.concatenate([np.arange(count[0]), np.full(count[1], -1)])),
        PseudoLabels(np.concatenate([np.full(count[0], -1), np.arange(count[1])])),
    )
    of_visible, of_infrared = labels[: count[0]], labels[count[0] :]
    for own, met in ((of_visible, visible), (of_infrared, infrared)):
        for one, other in np.argwhere(met):
            assert own[one] != own[other] or own[one] == -1
    after, first = (set(zip(*each.pairs(), strict=True)) for each in (found, before))
    assert after <= first, "no pair is new"
    for one in range(count[0]):
        infra = before.partner[one]
        kept = np.flatnonzero(found.partner == infra)
        rivals = [other for other in kept if visible[one, other]]
        cheaper = [other for other in rivals if cost[other, infra] <= cost[one, infra]]
        undone = infra != found.partner[one]
        assert undone == bool(cheaper and infra >= 0), "only where a cheaper one met"
        assert np.isnan(found.cost[one]) == (found.partner[one] == -1)
    for one in np.flatnonzero(found.to_visible >= 0):
        pair = found.to_visible[one]
        assert found.partner[pair] == one or found.visible_partner[one] == pair


def test_a_matching_without_such_clusters_stays():
    before = match_clusters(np.random.default_rng(0).random((5, 4)))
    nobody = np.zeros((5, 5), bool), np.zeros((4, 4), bool)
    assert pairs_apart(before, *nobody) is before
