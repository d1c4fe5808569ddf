"""Exact search against a sorted list."""

from pathlib import Path

import numpy as np
import pytest

from vireid.errors import VireidError
from vireid.ranking import Gallery, search
from vireid.types import Embeddings, Images, Modality


def some(count, size=4, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, size))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Embeddings(rows, np.zeros(count, int))


@pytest.mark.parametrize("block", [1, 3, 1024])
@pytest.mark.parametrize("top", [1, 4, 9, 50])
def test_the_most_similar_come_first(top, block):
    queries, gallery = some(7), some(9, seed=1)
    found = search(queries, gallery, top, block=block)
    assert found.order.shape == found.similarity.shape == (7, min(top, 9))
    for q in range(7):
        scored = [(-float(queries.vectors[q] @ gallery.vectors[g]), g) for g in range(9)]
        expected = sorted(scored)[:top]
        assert found.order[q].tolist() == [g for _, g in expected]
        np.testing.assert_allclose(found.similarity[q], [-s for s, _ in expected], atol=1e-6)


def test_ties_keep_the_order_of_the_gallery():
    gallery = Embeddings(np.eye(3)[[1, 0, 0, 2, 0]], np.zeros(5, int))
    found = search(Embeddings(np.eye(3)[:1], [0]), gallery, 5)
    assert found.order.tolist() == [[1, 2, 4, 0, 3]]
    assert found.similarity.tolist() == [[1, 1, 1, 0, 0]]


def test_no_queries_and_one_image():
    assert search(some(0), some(3)).order.shape == (0, 3)
    assert search(some(2), some(1)).order.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("gallery", "top", "message"),
    [
        (some(0), 3, "the gallery is empty"),
        (some(3), 0, "top is 0; expected at least 1"),
        (some(3, size=5), 3, "queries have 4 dimensions and the gallery 5; embed both"),
    ],
)
def test_what_cannot_be_searched_is_explained(gallery, top, message):
    with pytest.raises(VireidError, match=message):
        search(some(2), gallery, top)


@pytest.mark.parametrize("given", ["image.jpg", None, np.eye(4)])
def test_what_holds_no_embeddings_is_refused(given):
    for pair in ((given, some(3)), (some(3), given)):
        with pytest.raises(VireidError, match="is given; expected Embeddings, or a Gallery"):
            search(*pair)


def seen(names, network=None, track=None, root="r"):
    """Return a gallery of 4 files of unit vectors in a plane."""
    angles = np.linspace(0, 1, 4)
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    images = Images(Path(root), names, [0, 0, 1, 1], [1, 2, 3, 0], track)
    return Gallery(images, Embeddings(rows, images.modality), network, f"run {network}")


@pytest.mark.filterwarnings("ignore:.*files that the gallery lists do not exist")
def test_a_query_its_track_and_its_camera_are_left_out():
    gallery = seen("abcd", "n", [5, 5, 6, -1])
    assert search(gallery, gallery, 2).order[:, 0].tolist() == [0, 1, 2, 3]
    found = search(gallery, gallery, 4, ignore=["own-file"])
    assert all(q not in found.order[q] for q in range(4))
    assert found.order[:, 3].tolist() == [-1] * 4
    assert np.isnan(found.similarity[:, 3]).all()
    with pytest.warns(UserWarning, match="the track of 1 of 4 queries is unknown"):
        found = search(gallery, gallery, 4, ignore=["own-file", "own-track"])
    left = [set(row) - {-1} for row in found.order.tolist()]
    assert left == [{2, 3}, {2, 3}, {0, 1, 3}, {0, 1, 2}]
    found = search(gallery, gallery, 4, only=Modality.INFRARED)
    assert found.order.tolist() == [[2, 3], [2, 3], [2, 3], [3, 2]]
    with pytest.raises(VireidError, match="the gallery knows no tracks"):
        search(gallery, seen("abcd", "n"), ignore=["own-track"])
    with pytest.raises(VireidError, match="expected a Gallery for queries and gallery"):
        search(some(3), some(3), ignore=["own-file"])
    with pytest.raises(VireidError, match="ignore holds file; expected own-file, own-track"):
        search(gallery, gallery, ignore=["file"])


def test_two_networks_are_not_compared():
    with pytest.raises(VireidError, match=r"network a \(run a\) .* network b \(run b\)"):
        search(seen("abcd", "a"), seen("abcd", "b"))
    for pair in ((seen("abcd", "a"), seen("abcd")), (seen("abcd"), seen("abcd", "a"))):
        with pytest.warns(UserWarning, match="does not say which network made it"):
            search(*pair)
