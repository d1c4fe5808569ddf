"""From embeddings to label spaces, on people whose partners are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.cluster import dbscan, jaccard_distance, modal_neighbours
from vireid.labelling import (
    ClusteringConfig,
    MultiMemoryMatching,
    confidence,
    label_spaces,
    matched_labels,
)
from vireid.matching import label_confidence
from vireid.metrics import adjusted_rand
from vireid.types import Embeddings, Matching, PseudoLabels

PEOPLE, IMAGES, SIZE = 6, 8, 16
CLUSTERING = ClusteringConfig(k1=8, k2=3, eps=0.6, min_samples=4)
CONFIG = MultiMemoryMatching(
    single=CLUSTERING, mixed=ClusteringConfig(k1=16, k2=6, eps=0.7), memories=2
)
EVERY = ("visible", "infrared", "mixed", "matched")


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def scene():
    """Return embeddings in random order whose modalities lie a little apart, and identities."""
    generator = np.random.default_rng(1)
    people = np.repeat(np.arange(PEOPLE), 2 * IMAGES)
    modality = np.tile(np.repeat([0, 1], IMAGES), PEOPLE)
    order = generator.permutation(len(people))
    people, modality = people[order], modality[order]
    base = unit(generator.normal(size=(PEOPLE, SIZE)))
    offset = 0.4 * unit(generator.normal(size=(2, SIZE)))
    rows = base[people] + offset[modality] + generator.normal(0, 0.02, (len(people), SIZE))
    return Embeddings(unit(rows), modality), people


def resident(embeddings):
    return replace(embeddings, resident=torch.tensor(embeddings.vectors))


def label(embeddings, spaces=EVERY, config=CONFIG, seed=0, **search):
    generator = np.random.default_rng(seed)
    return label_spaces(embeddings, spaces, config, generator=generator, **search)


def test_every_person_is_found_and_matched_to_himself(scene):
    embeddings, people = scene
    found = label(embeddings)
    visible, infrared = (found.spaces[name].labels for name in ("visible", "infrared"))
    assert (visible[embeddings.modality == 1] == -1).all()
    assert (infrared[embeddings.modality == 0] == -1).all()
    assert adjusted_rand(people[visible >= 0], visible[visible >= 0]).ari == 1
    assert adjusted_rand(people[infrared >= 0], infrared[infrared >= 0]).ari == 1
    for name in ("mixed", "matched"):
        result = adjusted_rand(people, found.spaces[name].labels)
        assert (result.ari, result.coverage) == (1, 1)
    for cluster, partner in enumerate(found.matching.partner):
        assert set(people[visible == cluster]) == set(people[infrared == partner])


def test_only_what_is_asked_for_is_clustered(scene):
    embeddings, _ = scene
    found = label(embeddings, ("visible",))
    assert (set(found.spaces), found.matching) == ({"visible"}, None)
    assert set(label(embeddings, ("mixed",)).spaces) == {"mixed"}
    assert set(label(embeddings, ("matched",)).spaces) == {"visible", "infrared", "matched"}


def test_trust_that_nobody_looks_at_is_left_out_and_nothing_else_changes(scene):
    asked = dict(CONFIG.spaces())
    every = label(scene[0], asked)
    asked["matched"] = replace(asked["matched"], confidence=False)
    found = label(scene[0], asked)
    assert found.spaces["matched"].confidence.tolist() == [1] * len(scene[0])
    assert every.spaces["matched"].confidence.min() < 1
    for name in EVERY:
        assert (every.spaces[name].labels == found.spaces[name].labels).all()
    assert (every.matching.partner == found.matching.partner).all()


def test_the_order_of_the_images_does_not_matter(scene):
    embeddings, _ = scene
    order = np.random.default_rng(7).permutation(len(embeddings))
    turned = Embeddings(embeddings.vectors[order], embeddings.modality[order])
    one, other = label(embeddings), label(turned)
    for name in EVERY:
        before, after = one.spaces[name].labels[order], other.spaces[name].labels
        assert ((before == -1) == (after == -1)).all()
        assert ((before[:, None] == before) == (after[:, None] == after)).all(), name
    np.testing.assert_allclose(
        one.spaces["matched"].confidence[order], other.spaces["matched"].confidence, atol=1e-3
    )


def test_the_generator_alone_decides_and_nothing_is_modified(scene):
    embeddings, _ = scene
    copy = embeddings.vectors.copy()
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the state that must not move
    one, again = label(embeddings), label(embeddings)
    for name in EVERY:
        assert (one.spaces[name].labels == again.spaces[name].labels).all()
        assert (one.spaces[name].confidence == again.spaces[name].confidence).all()
    assert (embeddings.vectors == copy).all()
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


def test_labels_follow_the_partner_of_their_cluster():
    visible = PseudoLabels([0, 1, 2, -1, 1, -1, -1, -1])
    infrared = PseudoLabels([-1, -1, -1, -1, -1, 0, 1, -1])
    matching = Matching([1, -1, 1], 2, [0.1, np.nan, 0.2])
    assert matched_labels(matching, visible, infrared).tolist() == [1, -1, 1, -1, -1, 0, 1, -1]


def test_infrared_clusters_that_join_a_visible_one_share_its_label():
    visible = PseudoLabels([0, 1, 2, -1, -1, -1, -1, -1])
    infrared = PseudoLabels([-1, -1, -1, 0, 1, 2, 3, -1])
    matching = Matching([2, -1, 1], 4, [0.1, np.nan, 0.2], visible_partner=[2, -1, -1, 0])
    found = matched_labels(matching, visible, infrared)
    assert found.tolist() == [1, -1, 0, 0, 0, 1, 1, -1], "groups in the order of infrared clusters"
    PseudoLabels(found)  # without gaps


def test_leftover_infrared_clusters_are_labelled_by_progressive_matching(scene):
    embeddings, people = scene
    split = np.unique(np.where(people == 0, np.arange(len(people)) % 2 * PEOPLE, people),
                      return_inverse=True)[1]  # fmt: skip
    visible, infrared = (
        PseudoLabels(np.where(embeddings.modality == side, values, -1))
        for side, values in ((0, people), (1, split))
    )

    def label_by(method):
        config = replace(CONFIG, matching=method)
        generator = np.random.default_rng(0)
        matching = config.match(embeddings, visible, infrared, generator=generator)
        return matched_labels(matching, visible, infrared)

    assert adjusted_rand(people, label_by("progressive")).ari == 1.0
    assert adjusted_rand(people, label_by("hungarian")).ari < 1.0


def test_without_clusters_nothing_is_matched():
    nothing, one = PseudoLabels([-1, -1]), PseudoLabels([-1, 0])
    assert matched_labels(Matching([], 0, []), nothing, nothing).tolist() == [-1, -1]
    assert matched_labels(Matching([], 1, []), nothing, one).tolist() == [-1, 0]


@pytest.mark.parametrize("min_samples", [9, 100])
def test_all_noise_gives_empty_spaces(scene, min_samples):
    embeddings, _ = scene
    strict = replace(CLUSTERING, min_samples=min_samples)
    found = label(embeddings, config=replace(CONFIG, single=strict, mixed=strict))
    for name in ("visible", "infrared", "matched"):
        assert found.spaces[name].clusters == 0
    assert found.spaces["matched"].confidence.tolist() == [0] * len(embeddings)
    assert found.matching.partner.shape == (0,)


@pytest.mark.parametrize("side", [0, 1])
def test_one_modality_alone_is_labelled_without_partners(scene, side):
    embeddings, _ = scene
    rows = embeddings.modality == side
    found = label(Embeddings(embeddings.vectors[rows], embeddings.modality[rows]))
    assert found.spaces["visible"].clusters == (0 if side else PEOPLE)
    assert found.spaces["infrared"].clusters == (PEOPLE if side else 0)
    assert found.spaces["matched"].clusters == (PEOPLE if side else 0)
    assert found.spaces["mixed"].clusters >= 2


def test_no_images_are_no_clusters():
    found = label(Embeddings(np.empty((0, 4)), np.empty(0, int)))
    assert all(space.clusters == 0 for space in found.spaces.values())


def slow_losses(embeddings, labels, rows, temperature, far=None):
    """Return the loss of each row among the memories of all labels, one by one."""
    centres = {}
    for name in sorted({int(label) for label in labels if label >= 0}):
        means = []
        sides = (0, 1)
        if far is not None and ((labels == name) & (embeddings.modality == far)).any():
            sides = (far,)
        for side in sides:
            inside = (labels == name) & (embeddings.modality == side)
            if inside.any():
                means.append(embeddings.vectors[inside].astype(float).mean(axis=0))
        mean = sum(means) / len(means)
        centres[name] = mean / math.sqrt(mean @ mean)
    losses = []
    for i in rows:
        logits = {name: embeddings.vectors[i] @ c / temperature for name, c in centres.items()}
        total = sum(math.exp(value) for value in logits.values())
        losses.append(math.log(total) - logits[int(labels[i])])
    return np.array(losses)


@pytest.mark.parametrize("against", ["label", "partner"])
def test_confidence_comes_from_the_loss_against_the_memories(scene, against):
    embeddings, people = scene
    generator = np.random.default_rng(3)
    labels = people.copy()
    wrong = generator.random(len(people)) < 0.2
    labels[wrong] = (labels[wrong] + 1) % PEOPLE
    labels[generator.random(len(people)) < 0.1] = -1
    labels[(embeddings.modality == 0) & (labels == 2)] = -1  # a label of one modality only
    generator = np.random.default_rng(5)
    found = confidence(embeddings, labels, temperature=0.1, generator=generator, against=against)
    stream = np.random.default_rng(5)
    for side in (0, 1):
        rows = np.flatnonzero((labels >= 0) & (embeddings.modality == side))
        far = 1 - side if against == "partner" else None
        losses = slow_losses(embeddings, labels, rows, 0.1, far)
        expected = label_confidence(losses, generator=stream)
        np.testing.assert_allclose(found[rows], expected, atol=1e-3)
    assert (found[labels == -1] == 0).all()
    there, again = resident(embeddings), np.random.default_rng(5)
    batched = confidence(there, labels, temperature=0.1, generator=again, against=against)
    np.testing.assert_allclose(batched, found, atol=1e-3)
    assert again.bit_generator.state == stream.bit_generator.state
    kept = labels >= 0
    right, mistaken = found[kept & ~wrong].mean(), found[kept & wrong].mean()
    assert right > 0.9
    assert mistaken < right - 0.2


@pytest.mark.parametrize("against", ["label", "partner"])
def test_the_device_of_the_embeddings_finds_the_same(scene, against):
    embeddings, _ = scene
    config = replace(CONFIG, memories=4, confidence=against, temperature=0.5)
    here, there = (label(one, config=config) for one in (embeddings, resident(embeddings)))
    for name in EVERY:
        assert np.array_equal(here.spaces[name].labels, there.spaces[name].labels)
    trust = (found.spaces["matched"].confidence for found in (here, there))
    np.testing.assert_allclose(*trust, atol=1e-3)
    np.testing.assert_allclose(here.matching.cost, there.matching.cost, atol=1e-5)


@pytest.mark.parametrize("method", ["hungarian", "progressive", "nearest"])
def test_options_of_matching_reach_the_matching(scene, method):
    embeddings, people = scene
    split = np.where(people == 0, np.arange(len(people)) % 2 * PEOPLE, people)  # one in two
    visible, infrared = (
        PseudoLabels(np.where(embeddings.modality == side, values, -1))
        for side, values in ((0, np.unique(split, return_inverse=True)[1]), (1, people))
    )

    def partner(**change):
        config = replace(CONFIG, matching=method, **change)
        generator = np.random.default_rng(0)
        return config.match(embeddings, visible, infrared, generator=generator)

    found = partner().partner
    assert (found == -1).sum() == (1 if method == "hungarian" else 0)
    assert set(found) - {-1} == set(range(PEOPLE))
    assert (partner(max_cost=1e-6).partner == -1).all()
    mutual = partner(reject="mutual").partner
    assert (mutual == -1).sum() == 1, "one of the two halves of a person"
    assert np.array_equal(mutual[mutual >= 0], found[mutual >= 0])
    assert not np.array_equal(
        partner(cost_over="visible", memories=3).cost, partner(cost_over="both").cost
    )


def test_mixed_clusters_use_their_own_settings(scene):
    embeddings, _ = scene
    strict = replace(CONFIG, mixed=replace(CONFIG.mixed, min_samples=40))
    assert label(embeddings, ("mixed",)).spaces["mixed"].labels.max() == PEOPLE - 1
    assert (label(embeddings, ("mixed",), strict).spaces["mixed"].labels == -1).all()


def test_one_search_serves_all_clusterings(scene):
    embeddings, _ = scene
    calls = []

    def search(*arguments, **settings):
        calls.append(settings)
        return modal_neighbours(*arguments, **settings)

    found = label(embeddings, EVERY, search=search)
    assert calls == [{"k": 16, "own_k": 8}]
    for name, modality in (("visible", 0), ("infrared", 1)):
        rows = embeddings.modality == modality
        distance = jaccard_distance(embeddings.vectors[rows], k1=8, k2=3, max_distance=0.6)
        expected = dbscan(distance, eps=0.6, min_samples=4)
        np.testing.assert_array_equal(found.spaces[name].labels[rows], expected)
    distance = jaccard_distance(
        embeddings.vectors, k1=16, k2=6, modality=embeddings.modality, max_distance=0.7
    )
    expected = dbscan(distance, eps=0.7, min_samples=4)
    np.testing.assert_array_equal(found.spaces["mixed"].labels, expected)
