"""What a labelling shows of itself without identities."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.metrics import adjusted_rand, neighbour_overlap
from vireid.training.signals import Signals, clarity, signals
from vireid.types import Embeddings, Labelling, Matching, Modality, PseudoLabels

MODALITY = np.repeat([0, 1], 20)
OWN = np.repeat(np.arange(5), 4)
NOTHING = np.full(20, -1)
SIDES = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def embeddings():
    generator = np.random.default_rng(0)
    people = generator.normal(size=(5, 12))[np.concatenate([OWN, OWN])]
    return Embeddings(unit(people + generator.normal(0, 0.3, (40, 12))), MODALITY)


def last(labelling):
    return {name: space.labels for name, space in labelling.spaces.items()}


def labelling(visible, infrared, matched, matching=None):
    spaces = {
        "visible": np.concatenate([visible, NOTHING]),
        "infrared": np.concatenate([NOTHING, infrared]),
        "matched": np.asarray(matched),
    }
    found = {name: PseudoLabels(x, modality=SIDES.get(name)) for name, x in spaces.items()}
    return Labelling(found, matching, "matched")


def slow_margin(embeddings, labels, rows):
    """Return the mean margin to normalised centres, both modalities counting alike."""
    vectors = embeddings.vectors.astype(float)
    centres = []
    for cluster in range(labels.max() + 1):
        inside = [labels == cluster, labels == cluster]
        means = [
            vectors[mask & (embeddings.modality == side)].mean(axis=0)
            for side, mask in enumerate(inside)
            if (mask & (embeddings.modality == side)).any()
        ]
        mean = np.mean(means, axis=0)
        centres.append(mean / np.linalg.norm(mean))
    margins = []
    for i in rows:
        similar = [vectors[i] @ centre for centre in centres]
        own = similar.pop(labels[i])
        margins.append(own - max(similar))
    return np.mean(margins)


def test_margins_are_taken_in_each_label_space(embeddings) -> None:
    noisy = np.where(np.arange(20) % 4, OWN, -1)
    matched = np.concatenate([OWN, noisy])
    given = labelling(OWN, noisy, matched)
    found = signals(given, embeddings, {})
    for name, space in given.spaces.items():
        rows = np.flatnonzero(space.labels >= 0)
        expected = slow_margin(embeddings, space.labels, rows)
        assert found.margin[name] == pytest.approx(expected, abs=1e-5)
    assert found.margin["visible"] > 0.2
    there = replace(embeddings, resident=torch.tensor(embeddings.vectors))
    assert signals(given, there, {}).margin == pytest.approx(found.margin, abs=1e-6)
    assert (found.stability, found.matching_margin, found.unmatched) == ({}, None, {})


def test_wrong_labels_have_smaller_margins(embeddings) -> None:
    shuffled = np.random.default_rng(0).permutation(OWN)
    right = signals(labelling(OWN, OWN, np.concatenate([OWN, OWN])), embeddings, {})
    wrong = signals(labelling(shuffled, OWN, np.concatenate([OWN, shuffled])), embeddings, {})
    assert wrong.margin["visible"] < right.margin["visible"]
    assert wrong.margin["infrared"] == right.margin["infrared"]
    assert wrong.margin["matched"] < right.margin["matched"]


def test_stability_compares_with_the_last_labels_of_the_same_space(embeddings) -> None:
    before = labelling(OWN, OWN, np.concatenate([OWN, OWN]))
    merged = np.minimum(OWN, 3)
    after = labelling(OWN[::-1], merged, np.concatenate([OWN, OWN]))
    found = signals(after, embeddings, last(before)).stability
    assert found.keys() == {"visible", "infrared", "matched"}
    assert found["visible"] == found["matched"] == 1.0, "names of clusters do not matter"
    assert found["infrared"] == pytest.approx(adjusted_rand(OWN, merged).ari)
    some = {"infrared": before.spaces["infrared"].labels}
    assert signals(after, embeddings, some).stability.keys() == {"infrared"}


def test_the_matching_is_described_where_there_is_one(embeddings) -> None:
    matching = Matching(
        [0, -1, 1, 1, -1], 5, [0.5, np.nan, 0.9, 0.6, np.nan],
        next_cost=[1.0, np.nan, 1.0, 1.2, np.nan], visible_partner=[-1, -1, 2, -1, -1],
    )  # fmt: skip
    found = signals(labelling(OWN, OWN, np.concatenate([OWN, OWN]), matching), embeddings, {})
    assert found.matching_margin == pytest.approx((0.5 + 0.1 + 0.5) / 3, abs=1e-6)
    assert found.unmatched == pytest.approx({"visible": 2 / 5, "infrared": 2 / 5})


@pytest.mark.parametrize("labels", [np.full(40, -1), np.zeros(40, int)])
def test_below_two_clusters_there_is_no_margin(embeddings, labels) -> None:
    one = Labelling({"mixed": PseudoLabels(labels)}, Matching([], 0, []))
    found = signals(one, embeddings, last(one))
    shared = neighbour_overlap(embeddings.vectors, embeddings.modality)
    assert found == Signals({}, {"mixed": 1.0}, None, {"visible": 0.0, "infrared": 0.0}, shared)


def test_no_images_at_all() -> None:
    nothing = Embeddings(np.empty((0, 4)), np.empty(0, int))
    one = Labelling({"mixed": PseudoLabels([])}, None)
    assert signals(one, nothing, last(one)) == Signals({}, {"mixed": 1.0})


def test_memory_grows_with_the_images_not_with_their_square() -> None:
    generator = np.random.default_rng(0)
    many = Embeddings(unit(generator.normal(size=(20_000, 8))), generator.integers(0, 2, 20_000))
    one = Labelling({"mixed": PseudoLabels(np.arange(20_000) % 50)}, None)
    tracemalloc.start()
    signals(one, many, last(one))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6, "20000 x 20000 bytes would be 400 MB"


def test_clarity_is_the_margin_of_what_is_clustered(embeddings):
    visible = np.where(OWN == 4, -1, OWN)
    found = labelling(visible, OWN, np.concatenate([OWN, OWN]))
    values = Signals(margin={"visible": 0.5, "infrared": 0.25, "matched": 0.125})
    expected = (0.5 * 0.8 + 0.25 + 0.125) / 3
    assert clarity(found, values, embeddings.modality) == pytest.approx(expected)
    worse = clarity(found, Signals(), embeddings.modality)  # no space of two clusters
    assert worse == pytest.approx(-2 * (0.8 + 1 + 1) / 3)
    assert clarity(Labelling({}), values, embeddings.modality) == -2
