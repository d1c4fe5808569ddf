"""Shares and their intervals."""

import numpy as np
import pytest
from scipy.stats import binomtest, t

from vireid.metrics import (
    effective_size,
    exact_interval,
    few_groups,
    product_end,
    wilson_interval,
)


@pytest.mark.parametrize("hits", [0, 1, 7, 39, 40])
@pytest.mark.parametrize(
    ("interval", "name"), [(exact_interval, "exact"), (wilson_interval, "wilson")]
)
def test_intervals_are_those_of_scipy(interval, name, hits):
    wanted = binomtest(hits, 40).proportion_ci(0.95, method=name)
    assert [float(end) for end in interval(hits / 40, 40)] == pytest.approx(list(wanted), abs=1e-12)


def test_wilson_covers_as_often_as_it_says():
    generator = np.random.default_rng(0)
    for truth in (0.5, 0.9, 0.97):
        low, high = wilson_interval(generator.binomial(200, truth, 4000) / 200, 200)
        assert 0.93 <= ((low <= truth) & (truth <= high)).mean() <= 0.97


def test_equal_events_of_a_group_count_about_once():
    generator = np.random.default_rng(0)
    groups, each = 200, 10
    hits = generator.random(groups) < 0.3
    left = (hits.sum() - hits) / (groups - 1)
    size = effective_size(left[:, None], [hits.mean()], groups * each)
    few = (t.ppf(0.975, groups * each - 1) / t.ppf(0.975, groups - 1)) ** 2
    assert size == pytest.approx((groups - 1) * few)


def test_few_groups_of_dependent_events_are_covered_as_often_as_it_says():
    generator = np.random.default_rng(0)
    truth, groups, each = 0.3, 5, 40
    inside = plain = 0
    for _ in range(400):
        chance = generator.beta(3, 7, groups)  # of each group
        hits = generator.binomial(each, chance)
        share, total = hits.sum() / (groups * each), groups * each
        left = (hits.sum() - hits) / (total - each)
        size = effective_size(left, share, total)
        low, high = exact_interval(share, size)
        inside += low <= truth <= high
        low, high = exact_interval(share, size / few_groups(groups, total))
        plain += low <= truth <= high
    assert inside / 400 >= 0.94
    assert plain / 400 < 0.93  # as if five groups told the variance exactly


def test_groups_of_one_event_count_as_many():
    assert few_groups(50, 50) == 1
    assert few_groups(5, [5, 1000]).tolist() == pytest.approx([1, 0.4998], abs=1e-3)


def test_independent_events_count_about_each():
    hits = np.random.default_rng(0).random((400, 10)) < 0.3
    left = (hits.sum() - hits.sum(axis=1)) / (hits.size - 10)
    assert effective_size(left, hits.mean(), hits.size) == pytest.approx(hits.size, rel=0.2)


def test_a_share_of_none_has_the_size_given():
    assert effective_size(np.zeros((5, 2)), [0.0, 1.0], [7, 9]).tolist() == [7, 9]


@pytest.mark.parametrize("truth", [(0.3, 0.2), (0.05, 0.5), (0.4, 0.01)])
def test_the_end_of_a_product_is_above_it_as_often_as_it_says(truth):
    generator = np.random.default_rng(0)
    shares = [generator.binomial(60, one, 4000) / 60 for one in truth]
    ends = [exact_interval(share, 60)[1] for share in shares]
    found = product_end(shares[0], ends[0], shares[1], ends[1])
    assert (found >= truth[0] * truth[1]).mean() >= 0.97
    assert np.median(found / (ends[0] * ends[1])) < 0.95  # less than both at their worst
    assert (found >= shares[0] * shares[1]).all()


def test_the_end_of_a_product_with_a_certain_share_is_that_of_the_other():
    assert product_end(0.2, 0.3, 1, 1) == pytest.approx(0.3)
    assert product_end(0.2, 0.2, 0.5, 0.7) == pytest.approx(0.2 * 0.7)
