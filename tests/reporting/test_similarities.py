"""Similarities of the same and of different people, against pairs counted one by one."""

from itertools import combinations

import numpy as np
import pytest

from vireid.cluster import normalise_rows
from vireid.ranking import Gallery
from vireid.reporting.similarities import PAIRS, histograms, similarities
from vireid.types import Embeddings, Images, Modality, Truth


@pytest.fixture
def people():
    """Return rows, identities and modality of a few images."""
    generator = np.random.default_rng(0)
    rows = normalise_rows(generator.normal(size=(14, 5)))
    return rows, generator.integers(0, 4, 14), np.array([0] * 8 + [1] * 6)


@pytest.mark.parametrize("sides", PAIRS.values(), ids=list(PAIRS))
def test_every_pair_counts_once(people, sides):
    rows, identities, modality = people
    expected = {True: [], False: []}
    for i, j in combinations(range(len(rows)), 2):
        if sorted((modality[i], modality[j])) == sorted(sides):
            expected[bool(identities[i] == identities[j])].append(float(rows[i] @ rows[j]))
    same, other = similarities(rows, identities, modality, sides)
    assert sorted(same) == pytest.approx(sorted(expected[True]), abs=1e-6)
    assert sorted(other) == pytest.approx(sorted(expected[False]), abs=1e-6)


def test_histograms_hold_all_pairs_over_one_range(people):
    rows, identities, modality = people
    gallery = Gallery(Images.of(modality), Embeddings(rows, modality))
    found = histograms(gallery, Truth(identities))
    assert [one.title for one in found] == list(PAIRS)
    assert len({(one.low, one.high) for one in found}) == 1
    for one in found:
        assert -1 <= one.low < one.high <= 1
        for group in one.groups:
            assert sum(group.shares) == pytest.approx(1)


def test_what_has_no_pairs_of_both_kinds_is_not_drawn(people):
    rows, _, modality = people
    gallery = Gallery(Images.of(modality), Embeddings(rows, modality))
    assert histograms(gallery, Truth(np.arange(14))) == ()
    only = Gallery(Images.of([0] * 8), Embeddings(rows[:8], np.zeros(8, dtype=np.int64)))
    (found,) = histograms(only, Truth(np.arange(8) // 2))
    assert found.title == "Visible with visible"
    assert Modality.VISIBLE in PAIRS[found.title]
