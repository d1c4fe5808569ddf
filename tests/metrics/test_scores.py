"""Scores of queries put together and averaged."""

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.metrics import joined_scores, mean_scores, per_query_scores, retrieval_scores


@pytest.fixture
def scene():
    generator = np.random.default_rng(2)
    return generator.random((12, 20)), generator.integers(0, 6, 12), generator.integers(0, 5, 20)


def test_queries_scored_in_groups_are_those_scored_at_once(scene):
    similarity, query_ids, gallery_ids = scene
    parts = [
        per_query_scores(similarity[rows], query_ids[rows], gallery_ids)
        for rows in (slice(0, 5), slice(5, 6), slice(6, 12))
    ]
    together, expected = joined_scores(parts), retrieval_scores(*scene).queries
    assert len(together) == len(expected) == 12
    for name, values in vars(expected).items():
        np.testing.assert_array_equal(getattr(together, name), values)


def test_means_leave_out_what_does_not_count(scene):
    queries = per_query_scores(*scene)
    valid = ~np.isnan(queries.first_match)
    assert 0 < valid.sum() < 12
    scores = mean_scores(queries, max_rank=4)
    assert scores.valid_queries == valid.sum()
    assert scores.mAP == pytest.approx(np.nanmean(queries.average_precision))
    assert scores.mINP == pytest.approx(np.nanmean(queries.inverse_negative_penalty))
    first = queries.first_match[valid]
    assert scores.cmc.tolist() == pytest.approx([(first <= rank).mean() for rank in (1, 2, 3, 4)])


def test_no_valid_query_and_no_rank(scene):
    queries = per_query_scores([[0.5]], [1], [2])
    with pytest.raises(DataError, match="none of the 1 queries"):
        mean_scores(queries)
    with pytest.raises(ConfigError, match="max_rank is 0"):
        mean_scores(per_query_scores(*scene), max_rank=0)
