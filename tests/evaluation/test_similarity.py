"""Similarities in blocks, plain and re-ranked by the definition of Zhong et al. 2017."""

import tracemalloc

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.evaluation import Protocol, Trial, evaluate, similarity
from vireid.evaluation.similarity import query_blocks, trial_similarity
from vireid.types import Embeddings, Truth


def crowd(seed, queries=25, gallery=45, people=8):
    """Return embeddings of queries, then gallery images, their truth and a trial."""
    generator = np.random.default_rng(seed)
    identities = generator.integers(0, people, queries + gallery)
    rows = generator.normal(size=(people, 10))[identities]
    rows += generator.normal(size=rows.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    order = generator.permutation(queries + gallery)
    trial = Trial(order[:queries], order[queries:])
    return Embeddings(rows, np.zeros(len(rows), int)), Truth(identities), trial


def reranking_oracle(rows, queries, k1=20, k2=6, weight=0.3):
    """Return 1 - d* of the first rows to the others, set by set from the paper's equations."""
    count = len(rows)
    products = rows @ rows.T
    np.fill_diagonal(products, 2)
    lists = np.argsort(-products, axis=1, kind="stable")

    def reciprocal(i, k):
        return {j for j in lists[i, : k + 1].tolist() if i in lists[j, : k + 1]}

    soft = np.zeros((count, count))
    for i in range(count):
        wide = reciprocal(i, k1)
        expanded = set(wide)
        for j in wide:
            half = reciprocal(j, round(k1 / 2))
            if len(half & wide) > 2 / 3 * len(half):
                expanded |= half
        members = sorted(expanded)
        soft[i, members] = np.exp(-(2 - 2 * rows[i] @ rows[members].T))
        soft[i] /= soft[i].sum()
    soft = np.array([soft[lists[i, :k2]].mean(axis=0) for i in range(count)])
    result = np.empty((queries, count - queries))
    for i in range(queries):
        for j in range(queries, count):
            jaccard = 1 - np.minimum(soft[i], soft[j]).sum() / np.maximum(soft[i], soft[j]).sum()
            cosine = 1 - rows[i] @ rows[j]
            result[i, j - queries] = 1 - (1 - weight) * jaccard - weight * cosine
    return result


@pytest.mark.parametrize("seed", range(4))
def test_re_ranking_follows_the_paper(seed):
    embeddings, truth, trial = crowd(seed)
    rows = embeddings.vectors[np.append(trial.query, trial.gallery)].astype(float)
    expected = reranking_oracle(rows, len(trial.query))
    found = trial_similarity(embeddings, trial, rerank=True)(slice(None))
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6)
    protocol = Protocol("p", "images", (trial,))
    plain, better = (evaluate(embeddings, truth, protocol, rerank=way) for way in (False, True))
    assert (plain.protocol, better.protocol) == ("p", "p, re-ranked")
    assert better.table()["mAP"] > plain.table()["mAP"], "what it is for, in a crowd of clusters"


@pytest.mark.parametrize("rerank", [False, True])
def test_blocks_do_not_change_anything(rerank, monkeypatch):
    embeddings, truth, trial = crowd(9)
    groups = (np.arange(25) % 4 - 1, np.arange(45) % 4 - 1)
    protocol = Protocol("p", "identities", (Trial(trial.query, trial.gallery, *groups),))
    whole = evaluate(embeddings, truth, protocol, rerank=rerank).trials[0].queries
    monkeypatch.setattr(similarity, "_BLOCK", 4 * 45)
    monkeypatch.setattr(similarity, "_COLUMNS", 7)
    assert [len(range(*rows.indices(25))) for rows in query_blocks(trial)] == [4] * 6 + [1]
    parts = evaluate(embeddings, truth, protocol, rerank=rerank).trials[0].queries
    for name, values in vars(whole).items():
        np.testing.assert_array_equal(getattr(parts, name), values)


def test_similarities_are_dot_products_in_double_precision():
    embeddings, _, trial = crowd(1)
    rows = np.array([3, 0])
    exact = embeddings.vectors.astype(float)
    expected = [[sum(exact[q] * exact[g]) for g in trial.gallery] for q in trial.query[rows]]
    found = trial_similarity(embeddings, trial)(rows)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


def test_the_whole_matrix_is_never_held(monkeypatch):
    monkeypatch.setattr(similarity, "_BLOCK", 1 << 16)
    embeddings, truth, trial = crowd(0, queries=2000, gallery=2000)
    groups = (np.arange(2000) % 5, np.arange(2000) % 5)
    protocol = Protocol("p", "images", (Trial(trial.query, trial.gallery, *groups),))
    tracemalloc.start()
    evaluate(embeddings, truth, protocol)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000, "the similarities would take 32 MB, what is ignored 4 MB"


def test_embeddings_of_other_images_are_refused():
    embeddings, truth, trial = crowd(0)
    with pytest.raises(DataError, match="70 embeddings for 3 identities"):
        evaluate(embeddings, truth.subset([0, 1, 2]), Protocol("p", "images", (trial,)))
