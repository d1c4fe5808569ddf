"""Queries to look at."""

import numpy as np
import pytest

from vireid.scoring import Draw, Protocol, score
from vireid.scoring.examples import ranked_examples
from vireid.types import Embeddings, Truth

COUNT, QUERIES = 40, 12


@pytest.fixture
def scene():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(COUNT, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    truth = Truth(np.append(generator.integers(0, 4, COUNT - 1)[::-1], 99)[::-1])
    groups = generator.integers(-1, 4, QUERIES), generator.integers(-1, 4, COUNT - QUERIES)
    draw = Draw(np.arange(QUERIES), np.arange(QUERIES, COUNT), *groups)
    other = Draw(np.arange(1), np.arange(1, COUNT))
    embeddings = Embeddings(rows, np.zeros(COUNT, int))
    first = score(embeddings, truth, Protocol("p", "images", (draw,)))
    return embeddings, truth, Protocol("p", "images", (draw, other)), first.draws[0].queries


def test_examples_are_the_worst_the_middle_and_the_best_queries(scene):
    examples = ranked_examples(*scene, each=2)
    precision = scene[3].average_precision
    assert np.isnan(precision[0]), "a query without a true match"
    ranked = sorted(range(1, QUERIES), key=lambda q: precision[q])
    assert [example.query for example in examples] == [*ranked[:2], *ranked[4:6], *ranked[-2:]]
    kinds = [example.kind for example in examples]
    assert kinds == ["worst", "worst", "median", "median", "best", "best"]
    assert [example.precision for example in examples] == [precision[e.query] for e in examples]


def test_galleries_are_ranked_and_marked(scene):
    embeddings, truth, protocol, _ = scene
    draw = protocol.draws[0]
    for example in ranked_examples(*scene, each=3, top=7):
        q = example.query
        kept = draw.gallery[~draw.ignored()[q]]
        scores = [float(embeddings.vectors[q] @ embeddings.vectors[g]) for g in kept]
        ranked = kept[np.argsort(scores)[::-1]]
        assert example.gallery.tolist() == ranked[:7].tolist()
        assert example.right.tolist() == [
            truth.identities[g] == truth.identities[q] for g in ranked[:7]
        ]


@pytest.mark.parametrize("each", [1, 4, 5, 100])
def test_no_query_twice_and_none_without_a_true_match(scene, each):
    examples = ranked_examples(*scene, each=each, top=1000)
    queries = [example.query for example in examples]
    assert len(set(queries)) == len(queries) == min(3 * each, QUERIES - 1)
    assert 0 not in queries
    precision = [example.precision for example in examples]
    assert precision == sorted(precision)
    for example in examples:
        ignored = scene[2].draws[0].ignored()[example.query].sum()
        assert len(example.gallery) == COUNT - QUERIES - ignored


def test_re_ranked_lists_are_those_that_were_scored(scene):
    embeddings, truth, protocol, _ = scene
    first = Protocol("p", "images", protocol.draws[:1])
    scores = score(embeddings, truth, first, rerank=True).draws[0].queries
    for example in ranked_examples(embeddings, truth, protocol, scores, top=COUNT, rerank=True):
        hits = np.flatnonzero(example.right) + 1
        precision = np.mean(np.arange(1, len(hits) + 1) / hits)
        assert example.precision == pytest.approx(precision, abs=1e-12)
