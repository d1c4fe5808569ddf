"""How many paired runs show a difference."""

import math

import pytest
from scipy.stats import nct, t

from vireid.errors import ConfigError
from vireid.metrics import runs_needed, spread


def power(runs, share):
    """Return how often a paired t test at 5% finds a true difference of ``share`` deviations."""
    return nct.sf(t.ppf(0.975, runs - 1), runs - 1, share * math.sqrt(runs))


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0])
def test_so_many_runs_are_enough_four_times_in_five_and_one_less_is_not(share):
    runs = runs_needed(1.6, -1.6 * share)
    assert power(runs, share) >= 0.8 > power(runs - 1, share)


def test_differences_that_do_not_spread_take_two_runs():
    assert runs_needed(0.0, 0.1) == 2


def test_a_tiny_difference_takes_very_many():
    assert runs_needed(1.0, 0.01) == pytest.approx((2.802 / 0.01) ** 2, rel=0.001)


@pytest.mark.parametrize(
    ("deviation", "difference"),
    [(1.0, 0.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf)],
)
def test_numbers_that_cannot_be_used(deviation, difference):
    with pytest.raises(ConfigError, match=r"deviation is|difference is"):
        runs_needed(deviation, difference)


def test_the_standard_error_is_the_deviation_over_the_root_of_the_runs():
    values = [1.0, 2.0, 4.0, 9.0]
    mean = sum(values) / 4
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / 3)
    assert spread(values).error == pytest.approx(deviation / 2)
    assert spread(values[:1]).error is None
