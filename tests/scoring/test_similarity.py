"""Similarities in blocks, plain and re-ranked by the definition of Zhong et al. 2017."""

import tracemalloc

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery
from vireid.scoring import Draw, Protocol, score, similarity
from vireid.scoring.similarity import draw_similarity, query_blocks
from vireid.types import Embeddings, Images, Truth


def crowd(seed, queries=25, gallery=45, people=8):
    """Return embeddings of queries, then gallery images, their truth and a draw."""
    generator = np.random.default_rng(seed)
    identities = generator.integers(0, people, queries + gallery)
    rows = generator.normal(size=(people, 10))[identities]
    rows += generator.normal(size=rows.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = generator.permutation(queries + gallery)
    draw = Draw(order[:queries], order[queries:])
    return Embeddings(rows, np.zeros(len(rows), int)), Truth(identities), draw


@pytest.mark.parametrize("seed", range(4))
def test_re_ranking_follows_the_paper(seed, reranking_oracle):
    embeddings, truth, draw = crowd(seed)
    rows = embeddings.vectors[np.append(draw.query, draw.gallery)].astype(float)
    expected = reranking_oracle(rows, len(draw.query))
    found = draw_similarity(embeddings.vectors, draw, rerank=True)(slice(None))
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    protocol = Protocol("p", "images", (draw,))
    plain, better = (score(embeddings, truth, protocol, rerank=way) for way in (False, True))
    assert (plain.protocol, better.protocol) == ("p", "p, re-ranked")
    assert better.table()["mAP"] > plain.table()["mAP"], "what it is for, in a crowd of clusters"


@pytest.mark.parametrize("rerank", [False, True])
def test_blocks_do_not_change_anything(rerank, monkeypatch):
    embeddings, truth, draw = crowd(9)
    groups = (np.arange(25) % 4 - 1, np.arange(45) % 4 - 1)
    protocol = Protocol("p", "identities", (Draw(draw.query, draw.gallery, *groups),))
    whole = score(embeddings, truth, protocol, rerank=rerank).draws[0].queries
    monkeypatch.setattr(similarity, "_BLOCK", 4 * 45)
    monkeypatch.setattr(similarity, "_COLUMNS", 7)
    assert [len(range(*rows.indices(25))) for rows in query_blocks(draw)] == [4] * 6 + [1]
    parts = score(embeddings, truth, protocol, rerank=rerank).draws[0].queries
    for name, values in vars(whole).items():
        np.testing.assert_array_equal(getattr(parts, name), values)


def test_similarities_are_dot_products_in_double_precision():
    embeddings, _, draw = crowd(1)
    rows = np.array([3, 0])
    exact = embeddings.vectors.astype(float)
    expected = [[sum(exact[q] * exact[g]) for g in draw.gallery] for q in draw.query[rows]]
    found = draw_similarity(embeddings.vectors, draw)(rows)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


def test_the_whole_matrix_is_never_held(monkeypatch):
    monkeypatch.setattr(similarity, "_BLOCK", 1 << 16)
    embeddings, truth, draw = crowd(0, queries=2000, gallery=2000)
    groups = (np.arange(2000) % 5, np.arange(2000) % 5)
    protocol = Protocol("p", "images", (Draw(draw.query, draw.gallery, *groups),))
    tracemalloc.start()
    score(embeddings, truth, protocol)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000, "the similarities would take 32 MB, what is ignored 4 MB"


def test_embeddings_of_other_images_are_refused():
    embeddings, truth, draw = crowd(0)
    with pytest.raises(DataError, match="70 embeddings for 3 identities"):
        score(embeddings, truth.subset([0, 1, 2]), Protocol("p", "images", (draw,)))


@pytest.mark.parametrize(
    ("query", "images", "message"),
    [([0, 70], None, "p draws test image 70; expected 0 to 69"),
     ([0, -1], None, "p draws test image -1; expected 0 to N - 1"),
     ([0, 1], 71, "70 test images for a protocol of 71; expected the same"),
     ([0, 72], 72, "p draws test image 72; expected 0 to 71")],
)  # fmt: skip
def test_a_protocol_of_other_images_is_refused(query, images, message):
    embeddings, truth, draw = crowd(0)
    with pytest.raises(DataError, match=message):
        score(
            embeddings,
            truth,
            Protocol("p", "images", (Draw(np.array(query), draw.gallery),), images),
        )


def test_a_protocol_has_a_draw():
    with pytest.raises(DataError, match="p has no draw"):
        Protocol("p", "images", ())


def test_a_gallery_is_scored_like_its_embeddings():
    embeddings, truth, draw = crowd(3)
    camera = np.ones(len(truth), int)
    gallery = Gallery(Images.of(embeddings.modality, camera), embeddings)
    protocol = Protocol("p", "images", (draw,), len(truth))
    assert score(gallery, truth, protocol).table() == score(embeddings, truth, protocol).table()
