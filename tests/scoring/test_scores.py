"""Scores averaged over the draws of a protocol."""

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.metrics import retrieval_scores
from vireid.scoring import Draw, Protocol, score, sysu
from vireid.types import Embeddings, Images, Truth

KEYS = ["rank1", "rank5", "rank10", "rank20", "mAP", "mINP"]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def scene():
    generator = np.random.default_rng(0)
    vectors = unit(generator.normal(size=(40, 6)))
    truth = Truth(generator.integers(0, 5, 40))
    groups = generator.integers(-1, 3, 15), generator.integers(-1, 3, 20)
    draws = (
        Draw(np.arange(15), np.arange(20, 40), *groups),
        Draw(np.arange(15), np.arange(15, 35)),
    )
    return Embeddings(vectors, np.zeros(40, int)), truth, Protocol("p", "images", draws)


def test_each_draw_is_scored_by_itself_and_the_table_is_their_mean_in_percent(scene):
    embeddings, truth, protocol = scene
    result = score(embeddings, truth, protocol)
    expected = []
    for draw in protocol.draws:
        similarity = np.array(
            [[embeddings.vectors[q] @ embeddings.vectors[g] for g in draw.gallery]
             for q in draw.query]
        )  # fmt: skip
        scores = retrieval_scores(
            similarity,
            truth.identities[draw.query],
            truth.identities[draw.gallery],
            ignore=draw.ignored(),
            count="images",
        )
        ignored = draw.ignored()
        left = similarity if ignored is None else np.where(ignored, -2, similarity)
        assert result.best[len(expected)].tolist() == draw.gallery[left.argmax(axis=1)].tolist()
        ranks = [scores.cmc[rank - 1] for rank in (1, 5, 10, 20)]
        expected.append([100 * value for value in (*ranks, scores.mAP, scores.mINP)])
    assert result.protocol == "p"
    assert list(result.table()) == list(result.columns()) == KEYS
    np.testing.assert_allclose(np.array(list(result.columns().values())).T, expected)
    np.testing.assert_allclose(list(result.table().values()), np.mean(expected, axis=0))
    np.testing.assert_allclose(list(result.spread().values()), np.std(expected, axis=0, ddof=1))


def test_a_single_draw_has_no_spread(scene):
    embeddings, truth, protocol = scene
    one = Protocol("p", "images", protocol.draws[:1])
    assert score(embeddings, truth, one).spread() is None


@pytest.mark.parametrize("count", ["identities", "images"])
def test_the_count_of_the_protocol_is_used(count):
    # The query's person comes third by images and second by identities.
    vectors = unit(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [1.0, 0.3]]))
    protocol = Protocol("p", count, (Draw(np.array([0]), np.array([1, 2, 3])),))
    result = score(Embeddings(vectors, [0] * 4), Truth([1, 2, 2, 1]), protocol)
    first = int(np.argmax(result.draws[0].cmc)) + 1
    assert first == {"identities": 2, "images": 3}[count]


def test_a_query_that_ignores_its_whole_gallery_has_no_best_image():
    vectors = unit(np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [1.0, 0.3]]))
    groups = np.array([5, 6]), np.array([5, 5])
    protocol = Protocol("p", "images", (Draw(np.array([0, 1]), np.array([3, 2]), *groups),))
    result = score(Embeddings(vectors, [0] * 4), Truth([1, 1, 1, 2]), protocol)
    assert result.best[0].tolist() == [-1, 2]
    assert result.draws[0].queries.matches.tolist() == [0, 1]


def test_a_perfect_embedding_scores_a_hundred(scene):
    _, truth, protocol = scene
    perfect = Embeddings(np.eye(5)[truth.identities], np.zeros(40, int))
    assert score(perfect, truth, protocol).table() == dict.fromkeys(KEYS, 100.0)


def test_a_gallery_without_any_true_match_is_an_error(scene):
    embeddings, _, protocol = scene
    with pytest.raises(DataError, match="none of the 15 queries"):
        score(embeddings, Truth(np.arange(40)), protocol)


def test_plain_features_are_brought_to_unit_length(scene):
    embeddings, truth, protocol = scene
    lengths = np.random.default_rng(1).uniform(0.5, 9, (40, 1))
    found = score(embeddings.vectors * lengths, truth.identities, protocol)
    assert found.table() == pytest.approx(score(embeddings, truth, protocol).table())
    with pytest.raises(DataError, match="row 3 is zero"):
        score(embeddings.vectors * (np.arange(40) != 3)[:, None], truth, protocol)


def test_scores_show_themselves_as_their_table(scene):
    embeddings, truth, protocol = scene
    found = score(embeddings, truth, protocol)
    title, header, row = str(found).splitlines()
    assert title == "p, mean ± standard deviation of 2 draws, %"
    assert header.split() == ["Rank-1", "Rank-5", "Rank-10", "Rank-20", "mAP", "mINP", "queries"]
    means, spreads = found.table(), found.spread()
    cells = [f"{means[name]:.1f} ± {spreads[name]:.1f}" for name in KEYS]
    valid = min(draw.valid_queries for draw in found.draws)
    count = "15" if valid == 15 else f"{valid} of 15"
    assert [part.strip() for part in row.split("  ") if part] == [*cells, count]
    assert len({len(line) for line in (header, row)}) == 1
    assert repr(found) == str(found)


def test_unknown_people_are_refused():
    identity = np.array([0, 0, 1, 1, -1, -1, 2, 2])
    camera = np.tile([1, 3], 4)
    images = Images.of((camera == 3).astype(int), camera)
    protocol = sysu(images, identity)
    with pytest.raises(DataError, match="identity -1 is given; expected 0 or more"):
        score(np.random.default_rng(0).normal(size=(8, 4)), identity, protocol)


@pytest.mark.parametrize("protocol", [None, "sysu", {}])
def test_what_is_no_protocol_is_refused_in_one_line(protocol):
    with pytest.raises(ConfigError, match=r"protocol is of type .*; expected a Protocol, as of"):
        score(np.eye(3), [0, 0, 1], protocol)
