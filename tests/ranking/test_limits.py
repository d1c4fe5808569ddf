"""From which similarity on two images match, at a false-match rate."""

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.ranking import MatchRates
from vireid.ranking.limits import lowest, match_limits
from vireid.types import Modality, PairRates

V, R = Modality.VISIBLE, Modality.INFRARED
GRID = np.linspace(-1, 1, 9)


def rates(*pairs, supported=0.5):
    """Return rates that fall by half at each step, and are bounded by a hundredth at the end."""
    fmr = 0.5 ** np.arange(9)
    high, none = np.maximum(fmr * 2, 0.02).clip(0, 1), np.full(9, np.nan)
    made = [
        PairRates(pair, GRID, fmr, fmr / 2, high, none, none, none, supported, 9, 2, 0, (3, 4))
        for pair in pairs
    ]
    return MatchRates(tuple(made))


@pytest.mark.parametrize("rate", [0.9, 0.5, 0.3, 0.02, 0.0199, 1.0])
def test_it_is_the_first_similarity_that_a_slow_search_finds(rate):
    (pair,) = rates((V, R)).pairs
    expected = None
    for similarity in GRID:
        if expected is None and pair.false_match_rate(similarity)[0] <= rate:
            expected = similarity
    assert pair.similarity_at(rate) == expected


def test_each_pair_that_is_compared_has_a_limit():
    both = rates((V, V), (V, R), (R, R))
    found = match_limits(both, 0.3, {(R, V), (R, R)}, asked=True)
    assert [limit.modalities for limit in found] == [(V, R), (R, R)]
    assert {limit.similarity for limit in found} == {-0.5}
    assert {limit.rate for limit in found} == {0.25}


def test_a_rate_that_is_not_told_is_refused_where_it_is_asked_for():
    known = rates((V, V))
    assert lowest(known.pairs[0]) == pytest.approx(0.015625)
    with pytest.raises(ConfigError, match=r"0\.0001: the rates of visible-visible tell none below"):
        match_limits(known, 1e-4, {(V, V)}, asked=True)
    (limit,) = match_limits(known, 1e-4, {(V, V)}, asked=False)
    assert limit.rate == lowest(known.pairs[0])


@pytest.mark.parametrize("rate", [0, 1, -0.5, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ConfigError, match=r"--false-match-rate .* expected above 0 and below 1"):
        match_limits(rates((V, V)), rate, {(V, V)}, asked=True)


def test_modalities_without_rates_are_refused():
    with pytest.raises(ConfigError, match="rates say nothing of visible-infrared; `vireid calibr"):
        match_limits(rates((V, V)), 0.3, {(V, V), (R, V)}, asked=True)
