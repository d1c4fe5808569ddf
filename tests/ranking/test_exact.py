"""Exact search against a sorted list."""

import numpy as np
import pytest

from vireid.errors import VireidError
from vireid.ranking import search
from vireid.types import Embeddings


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
