"""Hybrid memories that begin between the centres of matched clusters."""

import math

import numpy as np
import pytest

from tests.terms.crossed import SIDES, labelling_of, units
from vireid.errors import DataError
from vireid.terms import PairHybrid, Place
from vireid.types import Embeddings, LabelSpace, Modality, PseudoLabels

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}


def example(seed, sizes=(9, 7), clusters=(5, 4)):
    """Return labels with partners, many to one, and embeddings of all images."""
    generator = np.random.default_rng(seed)
    labels = [generator.integers(-1, c, n) for n, c in zip(sizes, clusters, strict=True)]
    maps = [generator.integers(-1, c, n) for n, c in zip(clusters, clusters[::-1], strict=True)]
    modality = np.repeat([0, 1, 0, 1], [*sizes, *clusters])
    rows = units(generator, len(modality), 6)
    return labelling_of(labels, *maps), Embeddings(rows, modality), maps


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SIDES)
def test_memories_begin_at_the_mean_of_both_centres_as_they_are(seed, name):
    labelling, embeddings, maps = example(seed)
    kept = PairHybrid(name).begin(labelling, embeddings, np.random.default_rng(0), {})
    middles = {}
    for side in SIDES:
        labels = labelling.spaces[side].labels
        middles[side] = [
            sum(embeddings.vectors[i].astype(float) for i in np.flatnonzero(labels == cluster))
            / (labels == cluster).sum()
            for cluster in range(labelling.spaces[side].clusters)
        ]
    (other,) = set(SIDES) - {name}
    for cluster, partner in enumerate(maps[list(SIDES).index(name)]):
        row = middles[name][cluster]
        if partner >= 0:
            row = (row + middles[other][partner]) / 2
        for part in ("mean", "hard"):
            np.testing.assert_allclose(kept[part][cluster], row / math.sqrt(row @ row), atol=1e-6)
    assert kept["mean"] is not kept["hard"]


def test_the_released_code_keeps_a_row_of_zeros_for_an_emptied_cluster_and_this_has_none(golden):
    arrays = golden("rpnr_matching")
    after = arrays["more_labels_ir_after"]
    empty = np.setdiff1d(np.arange(len(arrays["more_centres_ir"])), after)
    assert not arrays["more_pair_memory"][empty].any()
    with pytest.raises(DataError, match="labels skip numbers"):
        PseudoLabels(after)
    # numbers closed up, as a refiner leaves them
    closed = np.where(after < 0, -1, np.searchsorted(np.unique(after[after >= 0]), after))
    clusters = closed.max() + 1
    labelling = labelling_of([np.array([0]), closed], np.array([0]), np.zeros(clusters, int))
    modality = np.repeat([0, 1, 0, 1], [1, len(closed), 1, clusters])
    embeddings = Embeddings(units(np.random.default_rng(0), len(modality), 8), modality)
    kept = PairHybrid("infrared").begin(labelling, embeddings, np.random.default_rng(0), {})
    assert len(kept["mean"]) == len(arrays["more_centres_ir"]) - len(empty)
    for rows in kept.values():
        np.testing.assert_allclose(rows.norm(dim=1), 1, atol=1e-6)


def problems(term):
    return list(term.problems(Place("s", {"a": term}, OFFERED)))


def test_nothing_is_wrong_with_pairs_of_either_modality():
    assert problems(PairHybrid("visible")) == problems(PairHybrid("infrared")) == []


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (PairHybrid("mixed"), "labels is mixed; expected labels of one mod"),
        (
            PairHybrid("visible", matched="mixed"),
            "matched is mixed; expected labels that a m",
        ),
        (PairHybrid("visible", momentum=1.0), "momentum is 1.0; expected 0 or more and less than"),
    ],
)
def test_what_a_term_of_pairs_refuses(term, message):
    (found,) = problems(term)
    assert found.startswith(message)
