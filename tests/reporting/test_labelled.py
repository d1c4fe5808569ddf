"""Clusters as a report describes them, against slow sums."""

import numpy as np
import pytest

from vireid.cluster import normalise_rows
from vireid.ranking import Gallery
from vireid.reporting.embedding import thinned
from vireid.reporting.labelled import clusters
from vireid.types import Embeddings, Images, Modality, PseudoLabels, Truth

LABELS = np.array([0, 0, 0, 1, 1, -1, 2, 2])
PEOPLE = np.array([5, 5, 6, 7, 7, 5, 8, 9])


@pytest.fixture
def gallery():
    """Return eight visible images."""
    rows = normalise_rows(np.random.default_rng(1).normal(size=(8, 4)))
    modality = np.zeros(8, dtype=np.int64)
    return Gallery(Images.of(modality), Embeddings(rows, modality))


def test_margin_and_purity_are_those_of_slow_sums(gallery):
    found = clusters(PseudoLabels(LABELS), Modality.VISIBLE, gallery, Truth(PEOPLE))
    rows = gallery.vectors.astype(float)
    middles = [rows[number == LABELS].mean(axis=0) for number in range(3)]
    middles = [middle / np.linalg.norm(middle) for middle in middles]
    for number, cluster in enumerate(found):
        members = [i for i in range(8) if LABELS[i] == number]
        margins = {
            i: rows[i] @ middles[number]
            - max(rows[i] @ middles[other] for other in range(3) if other != number)
            for i in members
        }
        assert cluster.margin == pytest.approx(np.mean(list(margins.values())), abs=1e-6)
        assert cluster.members.tolist() == sorted(members, key=lambda i: -margins[i])
    assert [cluster.purity for cluster in found] == pytest.approx([2 / 3, 1, 1 / 2])
    assert [cluster.person for cluster in found[:2]] == [5, 7]
    assert found[0].aliens == {2}
    assert found[1].aliens == frozenset()


def test_without_identities_there_is_no_purity(gallery):
    found = clusters(PseudoLabels(LABELS), Modality.VISIBLE, gallery, None)
    assert {cluster.purity for cluster in found} == {None}
    assert {cluster.person for cluster in found} == {None}


def test_a_cluster_that_is_alone_has_no_margin(gallery):
    (found,) = clusters(PseudoLabels(np.zeros(8, dtype=np.int64)), Modality.VISIBLE, gallery, None)
    assert found.margin is None


def test_images_are_thinned_evenly_by_modality():
    modality = np.array([0] * 10 + [1] * 3)
    chosen = thinned(modality, 5)
    assert chosen.tolist() == [0, 2, 4, 6, 8, 10, 11, 12]
    assert thinned(modality, 100).tolist() == list(range(13))
