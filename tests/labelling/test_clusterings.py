"""Several clusterings out of one search: nearest and balanced neighbours, shares of the images."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cluster.test_balanced import slow_distances, slow_lists
from vireid.cluster import dbscan, jaccard_distance, modal_neighbours, normalise_rows
from vireid.labelling import ClusteringConfig, MultiMemoryMatching, label_spaces
from vireid.metrics import adjusted_rand
from vireid.types import Embeddings, Modality

PEOPLE, IMAGES, SIZE = 8, 9, 20
CONFIG = MultiMemoryMatching(
    single=ClusteringConfig(k1=6, k2=2, min_samples=3),
    mixed=ClusteringConfig(k1=9, k2=3, neighbours="balanced"),
    memories=2,
)
NAMES = ("visible", "infrared", "mixed")


def scene(seed=0, apart=0.9):
    """Return embeddings in random order whose modalities lie apart, and identities."""
    generator = np.random.default_rng(seed)
    people = generator.permutation(np.repeat(np.arange(PEOPLE), 2 * IMAGES))
    modality = generator.integers(0, 2, len(people))
    rows = generator.normal(size=(PEOPLE, SIZE))[people]
    rows += apart * generator.normal(size=(2, SIZE))[modality]
    rows += generator.normal(0, 0.35, rows.shape)
    return Embeddings(normalise_rows(rows), modality), people


def labels_of(embeddings, config=CONFIG, spaces=NAMES, seed=0, search=modal_neighbours):
    generator = np.random.default_rng(seed)
    found = label_spaces(embeddings, spaces, config, generator=generator, search=search)
    return {name: space.labels for name, space in found.spaces.items()}


def dense_dbscan(distance, eps, min_samples):
    """Return labels by the definition."""
    near = distance <= eps
    core = near.sum(axis=1) >= min_samples
    labels, clusters = np.full(len(distance), -1), 0
    for i in np.flatnonzero(core):
        if labels[i] >= 0:
            continue
        reached, heads = {i}, [i]
        while heads:
            for j in np.flatnonzero(near[heads.pop()]):
                if j not in reached:
                    reached.add(j)
                    heads += [j] if core[j] else []
        for j in reached:
            labels[j] = clusters if labels[j] < 0 else labels[j]
        clusters += 1
    return labels


@pytest.mark.parametrize("seed", range(4))
def test_mixed_clusters_on_balanced_neighbours_are_those_of_a_slow_search(seed):
    embeddings, _ = scene(seed)
    vectors, modality, mixed = embeddings.vectors, embeddings.modality, CONFIG.mixed
    lists = slow_lists(vectors, modality, mixed.k1, itself=True)
    distance = slow_distances(vectors, lists, modality, mixed.k1, mixed.k2)[3]
    expected = dense_dbscan(distance, mixed.eps, mixed.min_samples)
    found = labels_of(embeddings)
    assert found["mixed"].tolist() == expected.tolist()
    plain = labels_of(embeddings, replace(CONFIG, mixed=replace(mixed, neighbours="nearest")))
    for name in ("visible", "infrared"):
        np.testing.assert_array_equal(found[name], plain[name])
    assert (found["mixed"] != plain["mixed"]).any()


@pytest.mark.parametrize("seed", range(4))
def test_balanced_neighbours_join_modalities_that_lie_apart(seed):
    embeddings, people = scene(seed, apart=1.2)
    plain = replace(CONFIG, mixed=replace(CONFIG.mixed, neighbours="nearest"))
    scores, of_both = [], []
    for config in (CONFIG, plain):
        labels = labels_of(embeddings, config, ("mixed",))["mixed"]
        scores.append(adjusted_rand(people, labels).ari)
        sides = [set(labels[embeddings.modality == side]) - {-1} for side in Modality]
        of_both.append(len(sides[0] & sides[1]))
    assert scores[0] > scores[1] + 0.1
    assert of_both[0] >= PEOPLE - 1
    assert of_both[1] == 0


@pytest.mark.parametrize(
    ("spaces", "expected"),
    [
        (NAMES, [{"k": None, "own_k": 6}, {"k": None, "own_k": 4, "across": True}]),
        (("mixed",), [{"k": None, "own_k": 4}, {"k": None, "own_k": 4, "across": True}]),
        (("visible", "infrared"), [{"k": None, "own_k": 6}]),
    ],
)
def test_only_balanced_neighbours_are_looked_for_across(spaces, expected):
    embeddings, _ = scene()
    calls, whole = [], labels_of(embeddings)

    def search(*where, **settings):
        assert where[0] is embeddings.vectors, "other processes have these already"
        assert where[1] is embeddings.modality
        calls.append(settings)
        return modal_neighbours(*where, **settings)

    found = labels_of(embeddings, spaces=spaces, search=search)
    assert calls == expected
    assert list(found) == list(spaces)
    for name in spaces:
        np.testing.assert_array_equal(found[name], whole[name])


@pytest.mark.parametrize("rule", ["nearest", "balanced"])
@pytest.mark.parametrize("subset", [0.5, 0.3, 0.9, 0.001])
def test_a_share_of_the_visible_images_is_clustered_apart_from_the_others(rule, subset):
    embeddings, _ = scene(3)
    vectors, modality = embeddings.vectors, embeddings.modality
    mixed = replace(CONFIG.mixed, neighbours=rule)
    found = labels_of(embeddings, replace(CONFIG, mixed=mixed, subset=subset), seed=7)
    visible, infrared = (np.flatnonzero(modality == side) for side in Modality)
    order = np.random.default_rng(7).permutation(len(visible))
    drawn = visible[order[: int(subset * len(visible))]]
    rest = np.setdiff1d(np.arange(len(modality)), drawn)
    for name, rows, config, kind in (
        ("visible", drawn, CONFIG.single, None),
        ("infrared", infrared, CONFIG.single, None),
        ("mixed", rest, mixed, modality[rest]),
    ):
        expected = np.full(len(modality), -1)
        distance = jaccard_distance(
            vectors[rows],
            k1=config.k1,
            k2=config.k2,
            modality=kind,
            balanced=config.neighbours == "balanced",
            max_distance=config.eps,
        )
        expected[rows] = dbscan(distance, eps=config.eps, min_samples=config.min_samples)
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


def test_each_space_is_over_the_same_share_whichever_others_are_wanted_with_mixed():
    embeddings, _ = scene()
    config = replace(CONFIG, subset=0.5)
    found = labels_of(embeddings, config)
    assert list(found) == list(NAMES)
    for spaces in (("mixed",), ("infrared",), ("mixed", "visible")):
        for name, labels in labels_of(embeddings, config, spaces).items():
            np.testing.assert_array_equal(labels, found[name])
    alone = labels_of(embeddings, config, ("visible",))
    whole = labels_of(embeddings, CONFIG, ("visible",))
    np.testing.assert_array_equal(alone["visible"], whole["visible"])
    other = labels_of(embeddings, config, seed=1)
    assert ((other["visible"] >= 0) != (found["visible"] >= 0)).any(), "drawn anew"


def test_without_a_subset_nothing_is_drawn():
    embeddings, _ = scene()
    for config, spaces, drawn in (
        (CONFIG, NAMES, False),
        (replace(CONFIG, subset=0.5), ("infrared", "visible"), False),
        (replace(CONFIG, subset=0.5), NAMES, True),
    ):
        generator = np.random.default_rng(0)
        label_spaces(embeddings, spaces, config, generator=generator)
        same = generator.random() == np.random.default_rng(0).random()
        assert same != drawn


def test_a_matching_joins_the_clusters_of_the_share():
    embeddings, people = scene(apart=0.3)
    found = label_spaces(embeddings, ("matched", "mixed"), replace(CONFIG, subset=0.7))
    labels, own = found.spaces["matched"].labels, found.spaces["visible"].labels
    visible = embeddings.modality == 0
    assert (labels[visible & (own < 0)] == -1).all()
    assert (own[visible & (found.spaces["mixed"].labels >= 0)] == -1).all(), "one or the other"
    inside = labels >= 0
    assert adjusted_rand(people[inside], labels[inside]).ari > 0.8


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"subset": 0.0}, "labelling.subset is 0.0; expected more than 0 and at most 1"),
        ({"subset": 1.5}, "labelling.subset is 1.5; expected more than 0 and at most 1"),
        ({"subset": float("nan")}, "labelling.subset is nan; expected more than 0 and at most 1"),
        (
            {"single": ClusteringConfig(neighbours="balanced")},
            "labelling.single.neighbours is balanced; expected nearest or cameras, as single "
            "clusters one modality",
        ),
        (
            {"mixed": ClusteringConfig(k1=1, neighbours="balanced")},
            "labelling.mixed.k1 is 1; expected at least 2 of balanced neighbours",
        ),
        (
            {"mixed": ClusteringConfig(neighbours="camera")},
            "labelling.mixed.neighbours is camera; expected one of nearest, balanced, cameras",
        ),
    ],
)
def test_what_cannot_be_is_said(change, expected):
    assert list(replace(CONFIG, **change).problems()) == [expected]
    assert not list(CONFIG.problems())


@pytest.mark.parametrize(
    ("spaces", "kept"), [(("infrared",), False), (("visible",), False), (("mixed",), True)]
)
def test_a_subset_counts_where_mixed_is_wanted(spaces, kept):
    found = replace(CONFIG, subset=0.5).needed_for(spaces)
    assert found.subset == (0.5 if kept else 1.0)
