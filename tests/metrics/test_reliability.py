"""How far pseudo-labels agree with identities."""

import numpy as np
import pytest

from vireid.metrics import adjusted_rand, reliability
from vireid.types import Matching, Modality, PseudoLabels

MODALITY = np.array([0, 0, 0, 0, 1, 1, 1, 1])
IDENTITIES = np.array([7, 7, 8, 8, 7, 7, 8, 9])
VISIBLE = PseudoLabels([0, 0, 1, -1, -1, -1, -1, -1], modality=Modality.VISIBLE)
INFRARED = PseudoLabels([-1, -1, -1, -1, 0, 0, 1, 1], modality=Modality.INFRARED)
MATCHED = PseudoLabels([0, 0, 0, -1, 0, 0, 1, 1])
MATCHING = Matching([0, 0], 2, [0.1, 0.2])
SPACES = {"visible": VISIBLE, "infrared": INFRARED, "matched": MATCHED}


def test_noise_is_counted_among_the_images_of_the_space():
    found = reliability(SPACES, MATCHING, MODALITY)
    assert found.noise == {"visible": 0.25, "infrared": 0.0, "matched": 0.125}
    assert (found.ari, found.coverage, found.pair_precision) == ({}, {}, None)


def test_the_truth_adds_agreement_and_the_precision_of_pairs():
    found = reliability(SPACES, MATCHING, MODALITY, IDENTITIES)
    assert found.ari["visible"] == 1.0
    expected = adjusted_rand([7, 7, 8, 9], [0, 0, 1, 1]).ari
    assert found.ari["infrared"] == pytest.approx(expected)
    one_alone = adjusted_rand([7, 7, 8, 8], [0, 0, 1, 2]).ari
    assert found.ari_noise_as_singletons["visible"] == pytest.approx(one_alone)
    assert found.ari_noise_as_singletons["infrared"] == pytest.approx(expected)
    assert found.coverage == {"visible": 0.75, "infrared": 1.0, "matched": 0.875}
    assert found.pair_precision == 0.5, "cluster 0 is person 7 twice, cluster 1 is not"


def test_spaces_without_clusters_have_no_agreement():
    nothing = PseudoLabels(np.full(8, -1))
    own = PseudoLabels(np.full(8, -1), modality=Modality.VISIBLE)
    empty = {"visible": own, "mixed": nothing}
    found = reliability(empty, None, MODALITY, IDENTITIES)
    assert found.noise == {"visible": 1.0, "mixed": 1.0}
    assert (found.ari, found.coverage, found.pair_precision) == ({}, {}, None)


def test_no_images_at_all():
    none = {"visible": PseudoLabels([], modality=Modality.VISIBLE)}
    assert reliability(none, None, MODALITY[:0], IDENTITIES[:0]).noise == {"visible": 0.0}


def test_the_modalities_spaces_are_found_whatever_their_names():
    other = {"all": MATCHED, "cold": INFRARED, "warm": VISIBLE}
    found, plain = (reliability(one, MATCHING, MODALITY, IDENTITIES) for one in (other, SPACES))
    assert found.noise == {"all": 0.125, "cold": 0.0, "warm": 0.25}
    assert (found.pair_precision, found.pair_recall) == (plain.pair_precision, plain.pair_recall)
    alone = {"all": MATCHED, "cold": INFRARED}
    assert reliability(alone, MATCHING, MODALITY, IDENTITIES).pair_precision is None
