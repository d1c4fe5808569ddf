"""Numbers of new images that go on from those of known ones."""

from dataclasses import replace

import numpy as np
import pytest

import vireid
from vireid.errors import ConfigError, DataError
from vireid.ranking import Gallery, MatchRates, save_gallery, save_rates
from vireid.ranking.labelled import Labelled, save_labelled
from vireid.runs import Run
from vireid.runs.labels_told import assigned_words
from vireid.types import Embeddings, Images, Modality, PairRates

GRID = np.linspace(-1, 1, 201)
SIZE, IMAGES = 16, 12


def rates(network="net", pairs=((0, 0), (0, 1), (1, 1))):
    """Return rates by which one of a thousand comparisons of two people reaches 0.5."""
    fmr, none = np.where(GRID < 0.495, 1.0, 1e-3), np.full(len(GRID), np.nan)
    made = [
        PairRates(
            (Modality(a), Modality(b)), GRID, fmr, fmr, fmr, none, none, none, 0.9, 9, 9, 0, (9, 9)
        )
        for a, b in pairs
    ]
    return MatchRates(tuple(made), network, "run")


def gallery(root, people, seed, tracks=None):
    """Return twelve embedded images of each of some people, half of them infrared."""
    generator = np.random.default_rng(seed)
    who = np.repeat(people, IMAGES)
    rows = np.eye(SIZE)[who] + generator.normal(0, 0.1, (len(who), SIZE))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    side = np.arange(len(who)) % 2
    paths = tuple(f"{place:03d}.jpg" for place in range(len(who)))
    track = None if tracks is None else who // tracks
    images = Images(root, paths, side, side + 1, track)
    return Gallery(images, Embeddings(rows, side), "net"), who


@pytest.fixture
def january(tmp_path):
    """Return images of three people with their numbers, which are not 0 to 2."""
    found, who = gallery(tmp_path / "january", [0, 1, 2], 0)
    labels = np.array([7, 3, 20])[who]
    labels[[0, 14]] = -1
    return Labelled(found, labels)


def test_known_people_keep_their_numbers_and_others_get_new_ones(january, tmp_path):
    february, who = gallery(tmp_path / "february", [1, 2, 5, 6], 1)
    found = vireid.assign_labels(tmp_path, january, february, rates=rates())
    labels = found.labelled.labels
    assert {int(label) for label in labels[who == 1]} == {3}
    assert {int(label) for label in labels[who == 2]} == {20}
    assert sorted({int(label) for label in labels[who > 2]}) == [21, 22]
    assert all(len(set(labels[who == one].tolist())) == 1 for one in (5, 6))
    np.testing.assert_array_equal(found.labelled.new, who > 2)
    assert found.clusters == 3
    assert [limit.similarity for limit in found.limits] == pytest.approx([0.5] * 3)
    assert assigned_words(found) == [
        "48 images: 24 of 2 of the 3 known clusters, 24 of 2 new ones, 0 of none",
        "two images match: visible-visible from 0.500 (false-match rate 0.001), visible-infrared "
        "from 0.500 (false-match rate 0.001), infrared-infrared from 0.500 (false-match rate "
        "0.001)",
    ]


def test_a_third_month_goes_on_from_both(january, tmp_path):
    february, _ = gallery(tmp_path / "february", [1, 5], 1)
    second = vireid.assign_labels(tmp_path, january, february, rates=rates()).labelled
    march, who = gallery(tmp_path / "march", [0, 5, 8], 2)
    labels = vireid.assign_labels(tmp_path, [january, second], march, rates=rates()).labelled.labels
    assert [labels[who == one][0] for one in (0, 5, 8)] == [7, 21, 22]


def test_an_image_that_is_known_keeps_its_number_whatever_it_looks_like(january, tmp_path):
    moved, _ = gallery(tmp_path / "january", [2, 1, 0], 3)
    labels = vireid.assign_labels(tmp_path, january, moved, rates=rates()).labelled.labels
    inside = january.labels >= 0
    np.testing.assert_array_equal(labels[inside], january.labels[inside])
    assert labels[0] == 20, "one that was noise is compared"


@pytest.mark.parametrize("count", [1, 2])
def test_few_images_that_match_nothing_are_noise(january, tmp_path, count):
    february, _ = gallery(tmp_path / "february", [9], 1)
    few = february.subset(np.arange(count))
    found = vireid.assign_labels(tmp_path, january, few, rates=rates())
    assert set(found.labelled.labels.tolist()) == {-1}


def test_images_of_a_track_get_one_number(january, tmp_path):
    february, who = gallery(tmp_path / "february", [1, 5], 1, tracks=1)
    rows = february.vectors.copy()
    rows[:2] = np.eye(SIZE)[9]
    alike = replace(february, embeddings=Embeddings(rows, february.embeddings.modality))
    labels = vireid.assign_labels(tmp_path, january, alike, rates=rates()).labelled.labels
    assert set(labels[who == 1].tolist()) == {3}


def test_files_do_as_well_as_values(january, tmp_path):
    february, _ = gallery(tmp_path / "february", [1, 5], 1)
    save_labelled(january, tmp_path / "january.npz")
    save_gallery(february, tmp_path / "february.npz")
    save_rates(rates(), Run(tmp_path).rates_file)
    found = vireid.assign_labels(tmp_path, tmp_path / "january.npz", tmp_path / "february.npz")
    expected = vireid.assign_labels(tmp_path, january, february, rates=rates())
    np.testing.assert_array_equal(found.labelled.labels, expected.labelled.labels)


def test_what_cannot_be_compared_is_refused(january, tmp_path):
    february, _ = gallery(tmp_path / "february", [1, 5], 1)

    def refused(kind, expected, known=january, images=february, **more):
        with pytest.raises(kind, match=expected):
            vireid.assign_labels(tmp_path, known, images, **({"rates": rates()} | more))

    refused(ConfigError, "keeps no error rates .*`vireid calibrate", rates=None)
    refused(DataError, "rates are of network other", rates=rates("other"))
    refused(ConfigError, "say nothing of infrared-infrared", rates=rates(pairs=((0, 0), (0, 1))))
    refused(ConfigError, "tell none below 0.001", false_match_rate=1e-5)
    other = replace(february, network="other")
    refused(DataError, r"of network net and the new images .*\(--old FILE\)", images=other)
    noise = Labelled(january.gallery, np.full(len(january), -1))
    refused(DataError, "hold no cluster, only noise", known=noise)
    refused(ConfigError, "no labels are given", known=[])
    refused(ConfigError, "--modality: the images are found", modality="visible")
