"""Error rates as a file, and the false matches that a search is told to expect."""

import json

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, MatchRates, false_matches, load_rates, save_rates, search
from vireid.types import Embeddings, Images, Modality, PairRates

V, R = Modality.VISIBLE, Modality.INFRARED


@pytest.fixture
def rates():
    """Return rates that are told up to a similarity of 0."""
    grid = np.linspace(-1, 1, 5)
    fmr = np.array([1.0, 0.5, 0.1, 0.0, 0.0])
    high = np.array([1.0, 0.7, 0.3, 0.05, 0.05])
    fnmr = np.full(5, np.nan)
    pair = PairRates((V, R), grid, fmr, fmr / 2, high, fnmr, fnmr, fnmr, 0.0, 10, 2, 0, (3, 4))
    return MatchRates((pair,), "net", "run", {"images": {"visible": 9}})


def gallery(vectors, modality, network="net"):
    rows = np.array(vectors, dtype=np.float32)
    return Gallery(Images.of(modality), Embeddings(rows, modality), network)


@pytest.fixture
def sides():
    """Return a query, and a gallery of both modalities."""
    rows = [(0.1, 0.995), (0.6, 0.8), (-0.6, 0.8), (1, 0), (1, 0)]
    return gallery([(1, 0)], [R]), gallery(rows, [V, V, V, R, R])


def test_a_file_holds_what_was_saved(rates, tmp_path):
    save_rates(rates, tmp_path / "rates.json")
    found = load_rates(tmp_path / "rates.json")
    assert (found.network, found.source, found.made) == ("net", "run", rates.made)
    assert found.of(R, V).clusters == (3, 4)
    assert found.of(V, V) is None
    for name in ("similarity", "fmr", "fmr_low", "fmr_high", "fnmr"):
        np.testing.assert_array_equal(getattr(found.pairs[0], name), getattr(rates.pairs[0], name))
    assert found.pairs[0].supported == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "format 2; this version of vireid reads up to 1"),
        ({"pairs": [{}]}, "lacks 'modalities'"),
        ({"pairs": 3}, "cannot be used"),
    ],
)
def test_other_files_are_refused(rates, tmp_path, change, words):
    save_rates(rates, tmp_path / "rates.json")
    told = json.loads((tmp_path / "rates.json").read_text())
    (tmp_path / "rates.json").write_text(json.dumps(told | change))
    with pytest.raises(DataError, match=words):
        load_rates(tmp_path / "rates.json")
    with pytest.raises(DataError, match="cannot be read"):
        load_rates(tmp_path / "none.json")


def test_false_matches_are_rate_times_images_of_that_modality(rates, sides):
    found = false_matches(rates, *sides, search(*sides))
    assert found.expected[0].tolist()[2:] == pytest.approx([3 * 0.05, 3 * 0.1, 3.0])
    assert np.isnan(found.expected[0, :2]).all()  # nothing is known of infrared in infrared
    assert found.bounded[0].tolist() == [False, False, True, False, False]
    assert found.high[0, 3] == pytest.approx(0.9)
    assert found.told(0, 2)["fewer"]
    assert found.told(0, 0)["false_matches"] is None


def test_lists_are_cut(rates, sides):
    ranking = search(*sides)
    left, found = false_matches(rates, *sides, ranking).cut(ranking, 0.31)
    assert left.order[0].tolist() == [*ranking.order[0, 2:4].tolist(), -1, -1, -1]
    assert np.isnan(left.similarity[0, 2:]).all()
    assert found.expected[0, :2] == pytest.approx([0.15, 0.3])
    assert np.isnan(found.expected[0, 2:]).all()


def test_rates_of_another_network_are_refused(rates, sides):
    query, _ = sides
    other = gallery([(1, 0)], [V], "other")
    with pytest.raises(DataError, match="rates are of network net"):
        false_matches(rates, query, other, search(gallery([(1, 0)], [R], "other"), other))
