"""Queries to look at."""

import numpy as np
import pytest

from vireid.evaluation import Protocol, Trial
from vireid.evaluation.examples import ranked_examples
from vireid.metrics import retrieval_scores
from vireid.types import Embeddings, Truth

COUNT, QUERIES = 40, 12


@pytest.fixture
def scene():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(COUNT, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    truth = Truth(np.append(generator.integers(0, 4, COUNT - 1)[::-1], 99)[::-1])
    groups = generator.integers(-1, 4, QUERIES), generator.integers(-1, 4, COUNT - QUERIES)
    trial = Trial(np.arange(QUERIES), np.arange(QUERIES, COUNT), *groups)
    other = Trial(np.arange(1), np.arange(1, COUNT))
    return Embeddings(rows, np.zeros(COUNT, int)), truth, Protocol("p", "images", (trial, other))


def test_examples_run_from_the_worst_to_the_best_query_and_are_ranked(scene):
    embeddings, truth, protocol = scene
    trial = protocol.trials[0]
    examples = ranked_examples(embeddings, truth, protocol, queries=5, top=7)
    assert len(examples) == 5
    precisions = {}
    for q in range(1, QUERIES):
        kept = trial.gallery[~trial.ignored()[q]]
        scores = [float(embeddings.vectors[q] @ embeddings.vectors[g]) for g in kept]
        ranked = kept[np.argsort(scores)[::-1]]
        precisions[q] = retrieval_scores(
            [scores], truth.identities[[q]], truth.identities[kept], count="images"
        ).mAP
        for example in examples:
            if example.query == q:
                assert example.gallery.tolist() == ranked[:7].tolist()
                assert example.right.tolist() == [
                    truth.identities[g] == truth.identities[q] for g in ranked[:7]
                ]
                assert example.precision == pytest.approx(precisions[q])
    found = [example.precision for example in examples]
    assert found == sorted(found)
    assert found[0] == pytest.approx(min(precisions.values()))
    assert found[-1] == pytest.approx(max(precisions.values()))


def test_a_query_without_a_true_match_is_left_out_and_there_may_be_fewer_than_asked(scene):
    embeddings, truth, protocol = scene
    assert truth.identities[0] == 99
    examples = ranked_examples(embeddings, truth, protocol, queries=100, top=1000)
    assert sorted(example.query for example in examples) == list(range(1, QUERIES))
    for example in examples:
        ignored = protocol.trials[0].ignored()[example.query].sum()
        assert len(example.gallery) == COUNT - QUERIES - ignored
