"""Shares of events in groups, and which queries are of one person."""

import numpy as np
import pytest
from scipy.stats import t

from vireid.errors import DataError
from vireid.metrics import grouped_share, people_of, wilson_interval


def test_single_events_have_wilsons_interval():
    hits = np.arange(50) % 5 > 0
    found = grouped_share(hits, np.arange(50))
    assert (found.low, found.high) == pytest.approx([float(x) for x in wilson_interval(0.8, 50)])
    assert (found.count, found.groups, found.effective) == (50, 50, 50)


def test_events_that_repeat_count_once():
    hits = np.arange(50) % 5 > 0
    found = grouped_share(np.repeat(hits, 4), np.repeat(np.arange(50), 4))
    size = 50 * (t.ppf(0.975, 199) / t.ppf(0.975, 49)) ** 2
    assert found.effective == pytest.approx(size)
    assert found.low == pytest.approx(float(wilson_interval(0.8, size)[0]))


def test_one_group_counts_once():
    found = grouped_share([1, 0, 1], [7, 7, 7])
    assert (found.groups, found.effective, found.share) == (1, 1.0, pytest.approx(2 / 3))
    assert found.low == pytest.approx(float(wilson_interval(2 / 3, 1)[0]))


def test_two_groups_that_agree_by_luck_tell_little():
    found = grouped_share([1, 0] * 20, [0] * 20 + [1] * 20)
    assert found.effective == pytest.approx(40 * (t.ppf(0.975, 39) / t.ppf(0.975, 1)) ** 2)
    assert found.high - found.low > 0.7


@pytest.mark.parametrize("truth", [0.6, 0.9])
def test_the_interval_covers_as_often_as_it_says(truth):
    """Each of 60 people has a chance of their own to be found, and 1 to 9 judged queries."""
    generator = np.random.default_rng(0)
    inside = plain = 0
    for _ in range(600):
        people = np.repeat(np.arange(60), generator.integers(1, 10, 60))
        chance = generator.beta(2 * truth, 2 - 2 * truth, 60)
        hits = generator.random(len(people)) < chance[people]
        found = grouped_share(hits, people)
        inside += found.low <= truth <= found.high
        low, high = wilson_interval(hits.mean(), len(hits))
        plain += low <= truth <= high
    assert 0.92 <= inside / 600 <= 0.98
    assert plain / 600 < 0.85  # as if all were of other people


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_all_are_alike_each_group_counts_once(value):
    found = grouped_share([value] * 6, [0, 0, 0, 1, 1, 2])
    assert found.effective == 3
    assert found.high - found.low > 0.5


def test_no_event_is_refused():
    with pytest.raises(DataError, match="N > 0"):
        grouped_share([], [])


def connected(queries, results, right):
    """Return groups by walking from name to name, as long as there is a new one."""
    found, left = {}, list(dict.fromkeys(queries))
    while left:
        reached = {left[0]}
        while True:
            more = {
                name
                for one, other, same in zip(queries, results, right, strict=True)
                if same and {one, other} & reached
                for name in (one, other)
            } - reached
            if not more:
                break
            reached |= more
        number = len(set(found.values()))
        found |= {name: number for name in left if name in reached}
        left = [name for name in left if name not in reached]
    return [found[name] for name in queries]


def test_queries_of_one_person_are_those_that_right_results_tie_together():
    generator = np.random.default_rng(0)
    for _ in range(30):
        queries, results = generator.integers(0, 15, (2, 12)).astype(str)
        right = generator.random(12) < 0.5
        assert people_of(queries, results, right).tolist() == connected(queries, results, right)
