"""The values that travel are checked where they are made, and frozen."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.types import (
    Embeddings,
    Images,
    Known,
    Labelling,
    LabelSpace,
    Matching,
    Modality,
    PseudoLabels,
    Truth,
)

UNIT = np.eye(3, dtype=np.float32)


def images(count=3):
    return Images("data", [f"{i}.jpg" for i in range(count)], [0, 1, 0][:count], range(count))


def frozen(array):
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0
    return True


def test_images_freeze_their_arrays_and_give_subsets_in_order():
    whole = images()
    part = whole.subset([2, 0])
    assert (part.paths, part.modality.tolist(), part.camera.tolist()) == (
        ("2.jpg", "0.jpg"), [0, 0], [2, 0],
    )  # fmt: skip
    assert len(whole.subset([])) == 0
    assert frozen(whole.modality)
    assert frozen(whole.camera)
    with pytest.raises(FrozenInstanceError):
        whole.paths = ()  # type: ignore[misc]


def test_values_are_copies_of_what_they_are_made_of():
    camera, labels = np.arange(3), np.array([0, 1, -1])
    whole, space = Images("d", "abc", np.zeros(3, int), camera), PseudoLabels(labels)
    camera[:], labels[:] = 9, 9
    assert whole.camera.tolist() == [0, 1, 2]
    assert space.labels.tolist() == [0, 1, -1]


def test_truth_gives_subsets():
    truth = Truth([4, 4, 7])
    assert truth.subset([2, 1]).identities.tolist() == [7, 4]
    assert len(truth) == 3
    assert frozen(truth.identities)


def test_embeddings_are_read_only_without_locking_the_array_they_came_from():
    rows = UNIT.copy()
    embeddings = Embeddings(rows, [0, 0, 1])
    assert frozen(embeddings.vectors)
    rows[0] = 0
    assert len(embeddings) == 3


def test_features_belong_to_the_rows_and_are_frozen():
    features = Embeddings(np.eye(2), [0, 1], np.ones((2, 3))).features
    assert features.shape == (2, 3)
    assert frozen(features)
    with pytest.raises(DataError, match=r"features have shape \(3, 2\); expected N rows"):
        Embeddings(np.eye(2), [0, 1], np.ones((3, 2)))


def test_resident_vectors_have_the_shape_of_the_vectors():
    held = UNIT.astype(np.float32)  # a tensor wherever it counts
    assert Embeddings(UNIT, [0, 0, 1], resident=held).resident is held
    with pytest.raises(DataError, match=r"resident vectors have shape \[2, .*\]; expected \[3, "):
        Embeddings(UNIT, [0, 0, 1], resident=held[:2])


def test_no_images_are_fine_everywhere():
    assert len(images(0)) == len(Truth([])) == len(Embeddings(np.empty((0, 4)), [])) == 0
    space = PseudoLabels([])
    assert (space.clusters, len(space.labels)) == (0, 0)
    assert Matching([], 0, []).partner.shape == (0,)


def test_pseudo_labels_count_clusters():
    space = PseudoLabels([0, -1, 1, 0], [1, 0, 0.5, 1])
    assert space.clusters == 2
    assert PseudoLabels([-1, -1]).clusters == 0
    assert PseudoLabels([0]).confidence.tolist() == [1]
    assert frozen(space.labels)
    assert frozen(space.confidence)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Images("d", ["a"], [0, 1], [0]), r"modality has shape \(2,\); expected shape"),
        (lambda: Images("d", ["a"], [2], [0]), "modality holds 2"),
        (lambda: Images("d", ["a"], [0], [[0]]), "camera has shape"),
        (lambda: Images("d", ["a"], [0], [0.5]), "camera has type float64; expected whole"),
        (lambda: Truth([[1]]), "identities has shape"),
        (lambda: Truth(["a"]), "identities has type"),
        (lambda: Embeddings(np.ones(3), [0]), r"shape \(3,\); expected \(N, D\)"),
        (lambda: Embeddings(UNIT * 2, [0, 0, 0]), "unit length"),
        (lambda: Embeddings(UNIT * np.nan, [0, 0, 0]), "finite"),
        (lambda: Embeddings(UNIT * 0, [0, 0, 0]), "unit length"),
        (lambda: Embeddings(UNIT, [0, 0]), "modality has shape"),
        (lambda: Embeddings(UNIT, [0, 0, -1]), "modality holds -1"),
        (lambda: PseudoLabels([0, 2]), "labels skip numbers"),
        (lambda: PseudoLabels([1]), "labels skip numbers"),
        (lambda: PseudoLabels([-2, 0]), "labels skip numbers"),
        (lambda: PseudoLabels([0], [1.5]), "confidence must"),
        (lambda: PseudoLabels([0], [np.nan]), "confidence must"),
        (lambda: PseudoLabels([0], [1, 1]), "confidence must"),
        (lambda: Matching([2], 2, [0.0]), r"partners must lie in -1..1"),
        (lambda: Matching([-2], 2, [0.0]), "partners must lie"),
        (lambda: Matching([0], 2, []), "cost has shape"),
        (lambda: Matching([0], 2, [0.1], next_cost=[]), "next_cost has shape"),
        (lambda: Matching([0], 2, [0.1], visible_partner=[0]), "visible_partner has shape"),
        (lambda: Matching([0], 2, [0.1], visible_partner=[-1, 1]), r"partners must lie in -1..0"),
        (lambda: Matching([0], 2, [0.1], visible_partner=[0, -1]), "are no partner"),
        (lambda: Matching([-1], 1, [0.1], visible_partner=[0]), "visible clusters that have one"),
        (lambda: Matching([0], 1, [0.1], to_visible=[0, 0]), "to_visible has shape"),
        (lambda: Matching([0], 1, [0.1], to_visible=[1]), r"partners must lie in -1..0"),
        (lambda: Matching([0], 1, [0.1], to_visible=[-2]), r"partners must lie in -1..0"),
        (lambda: Known([0, 2]), "modality holds 2"),
        (lambda: Known([0, 1], camera=[1]), r"camera has shape \(1,\); expected shape \(2,\)"),
        (lambda: Known([0, 1], track=[0.5, 1]), "track has type float64; expected whole"),
        (lambda: Known([0, 1], time=[[0.5, 1]]), r"time has shape \(1, 2\); expected \(2,\)"),
    ],
)
def test_wrong_values_are_explained_in_one_line(make, message):
    with pytest.raises(DataError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_matching_lists_the_pairs_of_both_directions():
    matching = Matching([2, -1, 0], 4, [0.1, np.nan, 0.2], visible_partner=[-1, 0, -1, -1])
    visible, infrared = matching.pairs()
    assert (visible.tolist(), infrared.tolist()) == ([0, 2, 0], [2, 0, 1])
    plain = Matching([1, -1], 2, [0.1, np.nan])
    assert plain.visible_partner.tolist() == [-1, -1]
    assert np.isnan(plain.next_cost).all()
    assert [side.tolist() for side in plain.pairs()] == [[0], [1]]
    assert [side.tolist() for side in Matching([], 0, []).pairs()] == [[], []]


@pytest.mark.parametrize("seed", range(5))
def test_the_way_back_of_a_matching_leads_to_the_cheapest_that_leads_here(seed):
    generator = np.random.default_rng(seed)
    partner = generator.integers(-1, 4, 7)
    cost = np.where(partner < 0, np.nan, generator.integers(0, 3, 7) / 10)  # with ties
    joined = np.full(4, -1)
    matched = np.flatnonzero(partner >= 0)
    for infrared in np.setdiff1d(np.arange(4), partner):
        joined[infrared] = generator.choice(matched)
    found = Matching(partner, 4, cost, visible_partner=joined)
    for infrared in range(4):
        expected = joined[infrared]
        for visible in range(7):
            here = partner[visible] == infrared
            if here and (expected < 0 or cost[visible] < cost[expected]):
                expected = visible
        assert found.to_visible[infrared] == expected
    assert frozen(found.to_visible)


def test_the_way_back_may_be_given():
    assert Matching([0, 0], 2, [0.1, 0.2]).to_visible.tolist() == [0, -1]
    assert Matching([0, 0], 2, [0.1, 0.2], to_visible=[1, 0]).to_visible.tolist() == [1, 0]


def test_what_is_known_of_images_is_copied_and_frozen():
    camera, time = np.array([1, 2]), np.array([0.5, np.nan])
    known = Known([0, 1], camera, time=time)
    camera[:], time[:] = 9, 9
    assert (known.camera.tolist(), known.track) == ([1, 2], None)
    np.testing.assert_array_equal(known.time, [0.5, np.nan])
    assert frozen(known.camera)
    assert frozen(known.time)
    assert len(known) == 2
    assert len(Known([])) == 0


def test_a_label_space_says_which_images_it_is_over():
    modality = np.array([0, 1, 1, 0])
    for side in Modality:
        inside = PseudoLabels([-1] * 4, modality=side).inside(modality)
        assert inside.tolist() == (modality == side).tolist()
    assert PseudoLabels([-1] * 4).inside(modality).all()


def test_a_labelling_finds_the_space_of_a_modality_whatever_its_name():
    both, cold, again = (
        PseudoLabels([0, -1], modality=side)
        for side in (None, Modality.INFRARED, Modality.INFRARED)
    )
    labelling = Labelling({"all": both, "cold": cold, "again": again})
    assert labelling.own(Modality.INFRARED) is cold
    assert labelling.own(Modality.VISIBLE) is None


def test_a_label_space_promises_nothing_by_default():
    assert LabelSpace() == LabelSpace(None, confidence=False, matched=False)
