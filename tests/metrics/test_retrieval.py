"""Retrieval scores against an oracle written from the definitions and against parity vectors."""

import tracemalloc

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.metrics import per_query_scores, retrieval, retrieval_scores

CASES = {
    "eval_sysu": ("all_single", "indoor_single", "all_multi", "missing", "few_ids"),
    "eval_regdb": ("std", "missing", "few"),
    "eval_llcm": ("v2t", "t2v"),
}


def query_oracle(similarity, query_id, gallery_ids, ignore, count):
    """Return AP, INP and first rank of one query, or None where it does not count."""
    ranked = sorted(
        (index for index in range(len(gallery_ids)) if not ignore[index]),
        key=lambda index: (-similarity[index], index),
    )
    ids = [int(gallery_ids[index]) for index in ranked]
    hits = [rank for rank, identity in enumerate(ids, start=1) if identity == query_id]
    if not hits:
        return None
    precision = sum(number / rank for number, rank in enumerate(hits, start=1)) / len(hits)
    reduced = list(dict.fromkeys(ids)) if count == "identities" else ids
    return precision, len(hits) / hits[-1], reduced.index(query_id) + 1


def oracle(similarity, query_ids, gallery_ids, ignore, count, max_rank=20):
    """Return CMC curve, mAP, mINP and the number of valid queries, one query after another."""
    found = [
        query_oracle(similarity[i], query_ids[i], gallery_ids, ignore[i], count)
        for i in range(len(query_ids))
    ]
    found = [scores for scores in found if scores is not None]
    curve = [sum(s[2] <= rank for s in found) / len(found) for rank in range(1, max_rank + 1)]
    return (
        curve,
        sum(s[0] for s in found) / len(found),
        sum(s[1] for s in found) / len(found),
        found,
    )


def removed(name, data, case):
    """Return the gallery images that the data set's rule takes away from each query."""
    if name == "eval_regdb":
        return None
    query, gallery = data[f"{case}_q_camids"][:, None], data[f"{case}_g_camids"]
    if name == "eval_sysu":
        return (query == 3) & (gallery == 2)
    return (query == gallery) & (data[f"{case}_q_pids"][:, None] == data[f"{case}_g_pids"])


@pytest.mark.parametrize(("name", "case"), [(n, c) for n, cases in CASES.items() for c in cases])
def test_equal_to_the_parity_vectors(golden, name, case):
    data = golden(name)
    arguments = (-data[f"{case}_dist"], data[f"{case}_q_pids"], data[f"{case}_g_pids"])
    count = "images" if name == "eval_regdb" else "identities"
    options = {"ignore": removed(name, data, case), "count": count}
    scores = retrieval_scores(*arguments, **options)
    curve = data[f"{case}_cmc"]
    padded = np.pad(curve, (0, 20 - len(curve)), mode="edge")
    np.testing.assert_allclose(scores.cmc, padded, rtol=0, atol=1e-6)
    assert scores.mAP == pytest.approx(float(data[f"{case}_mAP"]), abs=1e-9)
    assert scores.mINP == pytest.approx(float(data[f"{case}_mINP"]), abs=1e-9)
    each = per_query_scores(*arguments, **options)
    for ours, theirs in (
        (each.average_precision, data[f"{case}_ap_per_query"]),
        (each.inverse_negative_penalty, data[f"{case}_inp_per_query"]),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
    assert scores.valid_queries == np.sum(~np.isnan(data[f"{case}_ap_per_query"]))


@pytest.mark.parametrize("count", ["identities", "images"])
@pytest.mark.parametrize("seed", range(30))
def test_equal_to_the_oracle(seed, count, monkeypatch):
    generator = np.random.default_rng(seed)
    queries, gallery = generator.integers(1, 30), generator.integers(1, 40)
    identities = generator.integers(1, 12)
    query_ids = np.append(generator.integers(-2, identities, queries), 0)
    gallery_ids = np.append(generator.integers(0, identities, gallery), 0)
    shape = (queries + 1, gallery + 1)
    similarity = np.round(generator.standard_normal(shape), 1)  # many ties
    similarity = similarity.astype((np.float32, np.float64)[seed % 2])
    ignore = generator.random(shape) < generator.choice([0.0, 0.3, 0.9])
    ignore[-1, -1] = False  # the last query keeps a true match
    monkeypatch.setattr(retrieval, "_CHUNK", 3 * shape[1])
    scores = retrieval_scores(
        similarity, query_ids, gallery_ids, ignore=ignore, count=count, max_rank=7
    )
    curve, precision, penalty, found = oracle(
        similarity, query_ids, gallery_ids, ignore, count, max_rank=7
    )
    np.testing.assert_allclose(scores.cmc, curve, atol=1e-12)
    assert scores.mAP == pytest.approx(precision, abs=1e-12)
    assert scores.mINP == pytest.approx(penalty, abs=1e-12)
    assert scores.valid_queries == len(found)
    each = scores.queries
    rights = (gallery_ids == query_ids[:, None]) & ~ignore
    assert each.matches.tolist() == rights.sum(axis=1).tolist()
    valid = ~np.isnan(each.first_match)
    values = (each.average_precision, each.inverse_negative_penalty, each.first_match)
    np.testing.assert_allclose(np.array(values)[:, valid].T, found, rtol=1e-12)
    assert np.isnan(np.array(values)[:, ~valid]).all()


def test_ranks_count_identities_or_images():
    arguments = ([[0.9, 0.8, 0.7]], [1], [2, 2, 1])
    assert per_query_scores(*arguments, count="identities").first_match.tolist() == [2]
    assert per_query_scores(*arguments, count="images").first_match.tolist() == [3]


def test_ties_keep_the_order_of_the_gallery():
    similarity = np.zeros((2, 40), dtype=np.float32)
    scores = per_query_scores(similarity, [0, 39], np.arange(40), count="images")
    assert scores.first_match.tolist() == [1, 40]


@pytest.mark.parametrize("count", ["identities", "images"])
def test_among_equal_images_the_first_of_the_gallery_wins(count):
    # Identities 5, 7, 7, 6, 7 in order; all images are alike, and zeros of either sign are equal.
    zeros = np.array([[0.0, -0.0, 0.0, -0.0, -0.0]], dtype=np.float32)
    scores = per_query_scores(zeros, [7], [5, 7, 7, 6, 7], count=count)
    assert scores.first_match.tolist() == [2]
    assert scores.average_precision.tolist() == pytest.approx([(1 / 2 + 2 / 3 + 3 / 5) / 3])
    assert scores.inverse_negative_penalty.tolist() == pytest.approx([3 / 5])


def test_layout_and_type_of_the_arrays_do_not_matter():
    generator = np.random.default_rng(5)
    similarity = generator.integers(0, 50, (30, 70)).astype(np.float16)
    ignore = generator.random(similarity.shape) < 0.2
    ids = generator.integers(0, 9, 30), generator.integers(0, 9, 70)
    expected = retrieval_scores(similarity.astype(float), *ids, ignore=ignore)
    frozen = similarity.astype(np.float32)
    frozen.setflags(write=False)
    for matrix in (similarity, np.asfortranarray(similarity), frozen, similarity[::-1][::-1]):
        found = retrieval_scores(matrix, *ids, ignore=np.asfortranarray(ignore))
        assert (found.mAP, found.mINP) == (expected.mAP, expected.mINP)
        np.testing.assert_array_equal(found.queries.first_match, expected.queries.first_match)


def test_memory_beside_the_arguments_is_bounded(monkeypatch):
    monkeypatch.setattr(retrieval, "_CHUNK", 100_000)
    generator = np.random.default_rng(0)
    similarity = generator.random((3000, 1000)).astype(np.float16)
    ids = np.arange(3000) % 100, np.arange(1000) % 100
    ignore = np.zeros(similarity.shape, dtype=bool)
    tracemalloc.start()
    retrieval_scores(similarity, *ids, ignore=ignore)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000, "the similarities take 6 MB, as float32 12 MB"


def test_a_short_gallery_repeats_the_last_value():
    assert retrieval_scores([[0.1, 0.9]], [1], [1, 2]).cmc.tolist() == [0.0] + [1.0] * 19


def test_whole_and_half_numbers_are_similarities_too():
    reference = retrieval_scores([[3.0, 1.0, 2.0]], [1], [2, 1, 1])
    for kind in (np.uint8, np.int64, np.float16):
        scores = retrieval_scores(np.array([[3, 1, 2]], dtype=kind), [1], [2, 1, 1])
        assert scores.mAP == reference.mAP


def test_arguments_stay_as_they_are():
    similarity = np.random.default_rng(0).standard_normal((4, 5))
    ignore = np.zeros((4, 5), dtype=bool)
    before = similarity.copy()
    retrieval_scores(similarity, np.arange(4), np.arange(5), ignore=ignore)
    np.testing.assert_array_equal(similarity, before)
    assert not ignore.any()


def test_identity_numbers_do_not_matter():
    generator = np.random.default_rng(3)
    similarity = generator.standard_normal((20, 30))
    query_ids, gallery_ids = generator.integers(0, 6, 20), generator.integers(0, 6, 30)
    other = generator.permutation(6) * 1000 - 7
    first = retrieval_scores(similarity, query_ids, gallery_ids)
    second = retrieval_scores(similarity, other[query_ids], other[gallery_ids])
    np.testing.assert_array_equal(first.cmc, second.cmc)
    assert (first.mAP, first.mINP) == (second.mAP, second.mINP)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[np.nan, 0.1]], [1], [1, 2]), {}, "NaN or infinite"),
        (([[np.inf, 0.1]], [1], [1, 2]), {}, "NaN or infinite"),
        (([[0.2, 0.1]], [1, 2], [1, 2]), {}, r"shape \(1, 2\)"),
        (([[0.2, 0.1]], [1.5], [1, 2]), {}, "query_ids .* whole numbers"),
        (([[0.2, 0.1]], [1], [[1, 2]]), {}, "gallery_ids .* one dimension"),
        ((np.zeros((1, 0)), [1], []), {}, "0 gallery images"),
        ((np.zeros((0, 1)), [], [1]), {}, "0 queries"),
        (([[0.2, 0.1]], [1], [1, 2]), {"ignore": [[True]]}, "ignore has shape"),
        (([[0.2, 0.1]], [1], [1, 2]), {"ignore": [[1, 0]]}, "bool"),
        (([[0.2, 0.1]], [1], [1, 2]), {"ignore": [[True, False]]}, "none of the 1 queries"),
        (([[0.2, 0.1]], [7], [1, 2]), {}, "none of the 1 queries"),
    ],
)
def test_bad_data_is_named(arguments, options, message):
    with pytest.raises(DataError, match=message):
        retrieval_scores(*arguments, **options)


@pytest.mark.parametrize(("option", "value"), [("count", "persons"), ("max_rank", 0)])
def test_bad_options_are_named(option, value):
    with pytest.raises(ConfigError, match=option):
        retrieval_scores([[0.1]], [1], [1], **{option: value})
