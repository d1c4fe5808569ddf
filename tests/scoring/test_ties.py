"""Equally similar gallery images: what a score rests on then, and that it is said."""

import numpy as np
import pytest

from vireid.scoring import plain, score
from vireid.scoring.chance import chance
from vireid.scoring.ties import EQUAL, Ties, all_ties, ties_of
from vireid.types import Images, Truth

PEOPLE, EACH = 40, 12


def scene():
    """Return a protocol and its truth, sorted by person as manifests usually are."""
    person = np.repeat(np.arange(PEOPLE), EACH)
    kind = np.tile([0, 1], PEOPLE * EACH // 2)
    images = Images.of(kind, kind + 1)
    roles = ["query" if one else "gallery" for one in kind]
    return plain(images, person, roles), Truth(person), kind


def slow(similarity, people, gallery_people):
    tied, shares = 0, []
    for row, person in zip(similarity, people, strict=True):
        best = max(s for s, other in zip(row, gallery_people, strict=True) if other == person)
        others = [s for s, other in zip(row, gallery_people, strict=True) if other != person]
        tied += any(abs(one - best) <= 1e-12 for one in others)
        shares.append(np.mean([abs(one - best) <= EQUAL for one in others]))
    return tied, np.mean(shares)


def test_ties_are_those_of_a_slow_count():
    generator = np.random.default_rng(0)
    people, gallery = generator.integers(0, 3, 20), np.tile([0, 1, 2], 5)
    block = generator.integers(0, 5, (20, 15)) / 4
    found = ties_of(block, people[:, None] == gallery)
    tied, share = slow(block, people, gallery)
    assert (found.queries, found.tied) == (20, tied)
    assert found.share == pytest.approx(share)
    assert all_ties([found, Ties(), found]).share == pytest.approx(share)


@pytest.mark.parametrize("noise", [0, 1e-9, 1e-6])
def test_a_wholly_collapsed_network_is_at_chance_whatever_order_lifts_its_map(noise):
    protocol, truth, _ = scene()
    rows = np.ones((len(truth), 32))
    rows += noise * np.random.default_rng(0).normal(size=rows.shape)
    found = score(rows, truth, protocol)
    assert found.ties.share > 0.9
    assert "is at chance level: the embeddings are nearly all equal" in found.ties.trouble()
    if not noise:
        assert not chance(protocol, truth).reaches(found.table()["mAP"]), "the order lifts it"


def test_a_network_that_tells_modalities_alone_is_at_chance():
    protocol, truth, kind = scene()
    found = score(np.eye(2)[kind] + 0.1, truth, protocol)
    assert found.ties.says_nothing


def test_some_ties_are_counted_and_a_good_network_has_none():
    protocol, truth, kind = scene()
    good = np.eye(PEOPLE)[truth.identities]
    assert score(good, truth, protocol).ties.trouble() is None
    twins = np.eye(PEOPLE)[truth.identities // 2 * 2]
    found = score(twins, truth, protocol).ties
    assert found.tied == found.queries == (kind == 1).sum()
    assert "rests on the order of the gallery" in found.trouble()


def test_similarities_close_to_one_are_no_ties():
    protocol, truth, _ = scene()
    rows = 30 * np.ones((len(truth), PEOPLE)) + np.eye(PEOPLE)[truth.identities]
    found = score(rows, truth, protocol)
    assert found.table()["rank1"] == 100
    assert found.ties == Ties(found.ties.queries)
