"""Labels of few images: neighbours that suit them, settings that embeddings carry, doubts."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import vireid
from vireid.cluster import dbscan, normalise_rows
from vireid.errors import ConfigError, DataError
from vireid.labelling.clustering import ClusteringConfig
from vireid.labelling.doubts import doubts
from vireid.labelling.features import find_labels
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.settings import read_settings, settings_text
from vireid.labelling.sized import most_neighbours, sized
from vireid.metrics import adjusted_rand
from vireid.types import Modality

BALANCED = MultiMemoryMatching(
    mixed=ClusteringConfig(30, 6, 0.55, 2, neighbours="balanced"), subset=0.5
)
PEOPLE = np.repeat(np.arange(40), 12)
MODALITY = np.tile([0, 1], 240)


@pytest.fixture(scope="module")
def rows():
    generator = np.random.default_rng(7)
    base = generator.normal(size=(40, 32))[PEOPLE] + 0.4 * generator.normal(size=(2, 32))[MODALITY]
    return normalise_rows(base + generator.normal(0, 0.35, base.shape))


def test_the_literature_has_the_neighbours_of_its_number_of_images():
    assert (most_neighbours(22_258), most_neighbours(34_167, mixed=True)) == (30, 40)
    counts = [most_neighbours(n) for n in (1, 10, 100, 1000, 10_000, 100_000)]
    assert counts == sorted(counts)
    fits = ClusteringConfig(k1=9, k2=8)
    assert sized(fits, 200) is fits
    assert sized(ClusteringConfig(k1=40, k2=32), 200, mixed=True) == ClusteringConfig(k1=13, k2=3)
    balanced = ClusteringConfig(k1=30, k2=6, neighbours="balanced")
    assert sized(balanced, 23_038, mixed=True) is balanced, "as BMIL has them"
    lowered = ClusteringConfig(k1=11, k2=2, neighbours="balanced")
    assert sized(balanced, 200, mixed=True) == lowered


def test_defaults_find_people_where_those_of_the_literature_make_heaps(rows):
    found = adjusted_rand(PEOPLE, vireid.label(rows, MODALITY)).ari
    with pytest.warns(
        UserWarning, match=r"all 480 images are in one cluster: .* try fewer neighbours \(k1 54"
    ):
        heaps = vireid.label(rows, MODALITY, k1=90, k2=32)
    assert found > 0.9
    assert adjusted_rand(PEOPLE, heaps).ari < 0.5


def test_matching_joins_clusters_of_both_modalities(rows):
    embeddings = vireid.Embeddings(rows, MODALITY)
    labels = vireid.label(embeddings, match=True)
    assert adjusted_rand(PEOPLE, labels).ari > 0.8
    assert len(set(labels[MODALITY == 0]) & set(labels[MODALITY == 1]) - {-1}) > 30
    found = find_labels(embeddings, match=True)
    assert list(found.labelling.spaces) == ["visible", "infrared", "matched"]
    np.testing.assert_array_equal(found.labels, labels)
    for kind in (None, np.zeros(len(rows), int)):
        with pytest.raises(ConfigError, match="matching joins visible and infrared clusters"):
            vireid.label(rows, kind, match=True)


def test_settings_travel_as_text_and_what_is_given_goes_before(rows):
    single, mixed = ClusteringConfig(7, 3, 0.5, 3), ClusteringConfig(8, 4, 0.55, 2)
    assert read_settings(settings_text(BALANCED)) == BALANCED
    settings = MultiMemoryMatching(single, mixed, matching="hungarian", confidence="partner")
    text = settings_text(settings)
    assert read_settings(text) == settings
    images = vireid.Images.of(MODALITY)
    gallery = vireid.Gallery(images, vireid.Embeddings(rows, MODALITY), labelling=text)
    assert find_labels(gallery).config == mixed
    assert find_labels(gallery, only=Modality.VISIBLE).config == single
    assert find_labels(gallery, match=True, eps=0.4).config == ClusteringConfig(7, 3, 0.4, 3)
    np.testing.assert_array_equal(
        vireid.label(gallery),
        vireid.label(rows, MODALITY, k1=8, k2=4, eps=0.55, min_samples=2),
    )


def test_balanced_neighbours_of_settings_are_used_and_a_subset_is_not(rows):
    rows = normalise_rows(rows + 0.2 * np.random.default_rng(0).normal(size=(2, 32))[MODALITY])
    found = find_labels(rows, MODALITY, settings=BALANCED)
    assert found.config == ClusteringConfig(13, 3, 0.55, 2, neighbours="balanced")
    distance = vireid.jaccard_distance(
        rows, k1=13, k2=3, modality=MODALITY, balanced=True, max_distance=0.55
    )
    np.testing.assert_array_equal(found.labels, dbscan(distance, eps=0.55, min_samples=2))
    plain = replace(BALANCED, mixed=replace(BALANCED.mixed, neighbours="nearest"))
    assert (find_labels(rows, MODALITY, settings=plain).labels != found.labels).any()
    for only in Modality:
        alone = find_labels(rows, MODALITY, only=only, settings=BALANCED).config
        assert (alone.k1, alone.neighbours) == (12, "nearest")
    whole = find_labels(rows, MODALITY, match=True, settings=replace(BALANCED, subset=1.0))
    again = find_labels(rows, MODALITY, match=True, settings=BALANCED)
    np.testing.assert_array_equal(again.labels, whole.labels)
    with pytest.raises(ConfigError, match="k1 is 1; expected at least 2"):
        find_labels(rows, MODALITY, settings=BALANCED, k1=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        '{"single": 3}',
        '{"single": {"k1": "a"}}',
        '{"memories": 0}',
        "null",
        '{"single": {"neighbours": "balanced"}}',
        '{"mixed": {"neighbours": "x"}}',
    ],
)
def test_settings_that_cannot_be_are_refused(text):
    with pytest.raises(DataError, match=r"x\.npz"):
        read_settings(text, "x.npz")


def test_settings_of_later_versions_are_passed_over():
    values = json.loads(settings_text(MultiMemoryMatching())) | {"later": 3, "refiners": ["x"]}
    assert read_settings(json.dumps(values)) == MultiMemoryMatching()


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([30, 30, 40], ["the largest cluster holds 40 of 100 images (40%)"]),
        ([30, 30, 30, 10], []),
        ([9], ["all 9 images are in one cluster"]),
        ([3, 3], []),
    ],
)
def test_giant_and_single_clusters_are_doubted(sizes, expected):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    found = list(doubts(labels, ClusteringConfig()))
    assert [line.split(":")[0] for line in found] == expected


@pytest.mark.parametrize("noise", [0, 1e-9, 1e-6])
def test_rows_that_are_all_equal_are_said_to_be(noise):
    rows = 0.25 + noise * np.random.default_rng(0).normal(size=(60, 16))
    with pytest.warns(UserWarning, match="all 60 rows are nearly equal: .* check the model"):
        vireid.label(rows)


def test_rows_that_are_close_and_can_be_told_apart_are_not_said_to_be_equal():
    rows = np.ones((60, 16)) + 0.01 * np.eye(16)[np.arange(60) % 4]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = np.arange(60) % 4
    assert list(doubts(labels, ClusteringConfig(), rows=rows.astype(np.float32))) == []


@pytest.mark.parametrize("kind", [np.float16, np.float64, np.longdouble])
@pytest.mark.parametrize("scale", [1, 1e-30, 1e30])
def test_rows_of_any_type_and_size_give_the_same_labels(rows, kind, scale):
    if kind is np.float16:
        scale = 1
    given = np.asfortranarray(rows.astype(kind) * kind(scale))
    found = vireid.label(given, k1=9, k2=2, normalise=True)
    assert adjusted_rand(vireid.label(rows, k1=9, k2=2), found).ari > 0.98


def test_rows_that_cannot_be_used_are_named_as_in_the_file(rows):
    spoilt = rows.copy()
    spoilt[[3, 7, 400]] = np.nan
    spoilt[8] = 0
    with pytest.raises(DataError, match=r"row 3 .* holds NaN .*, as do rows 7, 400; check the mo"):
        vireid.label(spoilt, MODALITY)
    spoilt[[3, 7, 400]] = rows[[3, 7, 400]]
    with pytest.raises(DataError, match=r"row 8 .*is zero") as caught:
        vireid.label(spoilt, MODALITY, only=Modality.VISIBLE, normalise=True)
    assert "--normalise" not in str(caught.value)
    spoilt[8] = 3 * rows[8]
    with pytest.raises(DataError, match=r"row 8 .* of norm 3; .*--normalise"):
        vireid.label(spoilt, MODALITY, only=Modality.VISIBLE)


@pytest.mark.parametrize("modality", [np.array(["visible"] * 480), np.array([None] * 480, object)])
def test_modalities_that_are_no_numbers_are_refused(rows, modality):
    with pytest.raises(DataError, match="modality is of type"):
        vireid.label(rows, modality)


@pytest.mark.parametrize("k1", [50, 5000])
def test_advice_never_exceeds_the_images(k1):
    config = ClusteringConfig(k1=k1, k2=6)
    for labels in (np.zeros(40, int), np.full(40, -1)):
        (line,) = doubts(labels, config)
        advised = [int(number) for number in re.findall(r"\(k1 ([0-9]+)", line)]
        assert advised == ([20] if labels[0] == 0 else [])
