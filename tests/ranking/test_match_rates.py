"""Error rates as a file, and the false matches that a search is told to expect."""

import json
from dataclasses import replace
from pathlib import Path

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


def changed(path, rates, **change):
    """Write a file of rates with other values, those of its first pair by their own names."""
    save_rates(rates, str(path))
    told = json.loads(path.read_text())
    top = {name: value for name, value in change.items() if name in told}
    told["pairs"][0] |= {name: value for name, value in change.items() if name not in told}
    path.write_text(json.dumps(told | top))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "format 2; this version of vireid reads up to 1"),
        ({"format": True}, "format is a bool; expected int"),
        ({"pairs": [{}]}, "lacks 'modalities'"),
        ({"pairs": 3}, "pairs is a int; expected list"),
        ({"pairs": [3]}, "an entry of pairs is a int; expected dict"),
        ({"network": 7}, "network is a int; expected str"),
        ({"made": None}, "made is a NoneType; expected dict"),
        ({"modalities": ["visible", 3]}, "expected two of visible, infrared"),
        ({"modalities": ["visible", "green"]}, "expected two of visible, infrared"),
        ({"supported": "0.5"}, "supported is '0.5'; expected a number"),
        ({"supported": float("nan")}, "supported is nan; expected a number"),
        ({"different": "many"}, "different is 'many'; expected a whole number"),
        ({"clusters": [3]}, "expected two numbers"),
        ({"clusters": [3, "4"]}, "'4'; expected a whole number"),
        ({"fmr": "abc"}, "cannot be used"),
        ({"fmr": [10**400] * 5}, "cannot be used"),
        ({"fmr": {}}, "cannot be used"),
        ({"fmr": [0.5] * 4}, "fmr has shape"),
    ],
)
def test_other_files_are_refused(rates, tmp_path, change, words):
    changed(tmp_path / "rates.json", rates, **change)
    with pytest.raises(DataError, match=words):
        load_rates(tmp_path / "rates.json")


@pytest.mark.parametrize(
    ("text", "words"),
    [("[1]", "the file is a list"), ("[" * 100_000, "recursion"), ("{", "cannot be used")],
)
def test_files_of_another_kind_are_refused(tmp_path, text, words):
    path = tmp_path / "rates.json"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        load_rates(path)
    with pytest.raises(DataError, match="cannot be read"):
        load_rates(tmp_path / "none.json")


def test_rates_of_the_same_modalities_twice_are_refused(rates, tmp_path):
    save_rates(replace(rates, pairs=rates.pairs * 2), tmp_path / "rates.json")
    with pytest.raises(DataError, match="two modalities twice"):
        load_rates(tmp_path / "rates.json")


def test_false_matches_are_rate_times_images_of_that_modality(rates, sides):
    found = false_matches(rates, *sides, search(*sides))
    assert found.expected[0].tolist()[2:] == pytest.approx([3 * 0.05, 3 * 0.1, 3.0])
    assert np.isnan(found.expected[0, :2]).all()  # nothing is known of infrared in infrared
    assert found.bounded[0].tolist() == [False, False, True, False, False]
    assert found.high[0, 3] == pytest.approx(0.9)
    assert found.told(0, 2)["fewer"]
    assert found.told(0, 0)["false_matches"] is None


def test_what_a_search_leaves_out_is_not_counted(rates):
    places = tuple(f"{number}.jpg" for number in range(5))
    images = Images(Path("no"), places, [V, V, V, V, R], [1, 1, 2, 2, 1], cameras={1: "a", 2: "b"})
    rows = np.array([(1, 0), (0.6, 0.8), (0.6, 0.8), (0, 1), (1, 0)], dtype=np.float32)
    every = Gallery(images, Embeddings(rows, images.modality), "net")
    with pytest.warns(UserWarning, match="do not exist"):
        ranking = search(every.subset([4]), every, ignore=["own-camera"])
    assert ranking.searched.tolist() == [[2, 0]]
    found = false_matches(rates, every.subset([4]), every, ranking)
    assert found.expected[0, :2] == pytest.approx([2 * 0.05, 2 * 0.1])
    cut, _ = found.cut(ranking, 0.15)
    assert cut.searched.tolist() == [[2, 0]]


def test_one_modality_is_counted_where_one_is_searched(rates, sides):
    ranking = search(*sides, only=V)
    assert ranking.searched.tolist() == [[3, 0]]
    bare = replace(ranking, searched=None)
    for one in (ranking, bare):
        found = false_matches(rates, *sides, one, only=V)
        assert found.expected[0].tolist() == pytest.approx([3 * 0.05, 3 * 0.1, 3.0])


def test_lists_are_cut(rates, sides):
    ranking = search(*sides)
    left, found = false_matches(rates, *sides, ranking).cut(ranking, 0.31)
    assert left.order[0].tolist() == [*ranking.order[0, 2:4].tolist(), -1, -1, -1]
    assert np.isnan(left.similarity[0, 2:]).all()
    assert found.expected[0, :2] == pytest.approx([0.15, 0.3])
    assert np.isnan(found.expected[0, 2:]).all()


def test_behind_the_last_number_an_upper_bound_is_one_and_cuts_no_better_result(rates):
    high = np.array([1.0, 0.7, 0.3, 0.25, 0.05])
    rates = replace(rates, pairs=(replace(rates.pairs[0], fmr_high=high),))
    pair = rates.pairs[0]
    rate, bounded = pair.false_match_rate([0.0, 0.5, 1.0])
    assert rate.tolist() == [0.1, 0.25, 0.05], "not the 0.1 that was told before"
    assert bounded.tolist() == [False, True, True]
    assert pair.likely_rate([0.0, 0.5, 1.0]).tolist() == [0.1, 0.1, 0.05]
    rows = [(1, 0), (0.6, 0.8), (0.1, 0.995), (-0.6, 0.8)]
    one = gallery([(1, 0)], [R]), gallery(rows, [V, V, V, V])
    ranking = search(*one)
    found = false_matches(rates, *one, ranking)
    assert found.expected[0].tolist() == pytest.approx([4 * 0.05, 4 * 0.25, 4 * 0.1, 4.0])
    left, kept = found.cut(ranking, 0.5)
    assert left.order[0].tolist() == [0, 1, 2, -1], "the second is more similar than the third"
    assert kept.expected[0, 1] == pytest.approx(1.0)
    assert kept.bounded[0, :3].tolist() == [True, True, False]


def test_rates_of_another_network_are_refused(rates, sides):
    query, _ = sides
    other = gallery([(1, 0)], [V], "other")
    with pytest.raises(DataError, match="rates are of network net"):
        false_matches(rates, query, other, search(gallery([(1, 0)], [R], "other"), other))
