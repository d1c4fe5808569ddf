"""Which error rates a search is told of."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import MatchRates, save_rates
from vireid.ranking.usable_rates import usable_rates
from vireid.types import Modality, PairRates

GRID, NONE = np.linspace(-1, 1, 3), np.full(3, np.nan)
PAIR = PairRates(
    (Modality.VISIBLE, Modality.VISIBLE), GRID, NONE, NONE, NONE, NONE, NONE, NONE, None,
    different=1, disputed=0, same=0, clusters=(1, 1),
)  # fmt: skip
RATES = MatchRates((PAIR,), "net", "run")


@pytest.fixture
def file(tmp_path):
    """Return a file of rates."""
    save_rates(RATES, tmp_path / "rates.json")
    return tmp_path / "rates.json"


def test_rates_that_fit_are_used_without_a_word(file, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for named, kept, network in ((file, None, "net"), (None, file, "net"), (None, file, None)):
            assert usable_rates(named, kept, network, "network net").network == "net"
        assert usable_rates(None, tmp_path / "none.json", "net", "network net") is None
        assert usable_rates(None, None, "net", "network net") is None


@pytest.mark.parametrize("text", ["{", "[]", None])
def test_what_nobody_asked_for_is_passed_over_with_a_warning(file, text):
    if text is not None:
        file.write_text(text)
    with pytest.warns(UserWarning, match=r"rates.json is not used: .*"):
        assert usable_rates(None, file, "other", "network other") is None
    with pytest.raises(DataError, match="rates"):
        usable_rates(file, None, "other", "network other")


def test_rates_of_an_unknown_network_are_warned_of(file):
    save_rates(replace(RATES, network=None), file)
    with pytest.warns(UserWarning, match="does not say of which network"):
        assert usable_rates(file, None, "other", "network other") is not None
