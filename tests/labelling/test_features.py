"""`vireid.label`: features of any origin -> labels."""

import numpy as np
import pytest

import vireid
from vireid.cluster import Search, dbscan, jaccard_distance, normalise_rows
from vireid.errors import ConfigError, DataError
from vireid.types import Modality

MODALITY = np.tile([0, 1, 0], 18)


@pytest.fixture(scope="module")
def rows():
    generator = np.random.default_rng(3)
    base = np.repeat(generator.normal(size=(6, 24)), 9, axis=0)
    noisy = base + generator.normal(0, 0.1, base.shape)
    return normalise_rows(noisy.astype(np.float32))


def test_rows_of_unknown_modality(rows):
    expected = dbscan(jaccard_distance(rows, k1=9, k2=3, max_distance=0.5), eps=0.5, min_samples=3)
    found = vireid.label(rows, k1=9, k2=3, eps=0.5, min_samples=3)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(
        vireid.label(5 * rows.astype(np.float64), k1=9, k2=3, eps=0.5, normalise=True), expected
    )


def test_both_modalities_and_one_alone(rows):
    told = []
    search = Search(progress=lambda done, total: told.append((done, total)))
    both = vireid.label(rows, MODALITY, k1=9, k2=3, search=search)
    distance = jaccard_distance(rows, k1=9, k2=3, modality=MODALITY, max_distance=0.6)
    np.testing.assert_array_equal(both, dbscan(distance, eps=0.6))
    assert told[-1] == (54, 54)
    embeddings = vireid.Embeddings(rows, MODALITY)
    np.testing.assert_array_equal(vireid.label(embeddings, k1=9, k2=3), both)
    one = vireid.label(embeddings, only=Modality.INFRARED, k1=3, k2=1, min_samples=3)
    inside = MODALITY == 1
    distance = jaccard_distance(rows[inside], k1=3, k2=1, max_distance=0.6)
    assert (one[~inside] == -1).all()
    np.testing.assert_array_equal(one[inside], dbscan(distance, eps=0.6, min_samples=3))


def test_what_cannot_be_labelled(rows):
    with pytest.raises(ConfigError, match="only visible images are wanted; expected their modal"):
        vireid.label(rows, only=Modality.VISIBLE)
    with pytest.raises(DataError, match="modality must be 0"):
        vireid.label(rows, MODALITY[:-1])
    with pytest.raises(DataError, match="normalise the rows, say with normalise=True or"):
        vireid.label(2 * rows)
