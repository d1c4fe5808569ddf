"""Tables with mean, spread and paired gains."""

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.metrics import Spread, spread
from vireid.studies import (
    Result,
    data_table,
    gain,
    gain_table,
    row_table,
)

NUMBERS = ("rank1", "mAP", "mINP")


def result(data, seed, row, rank1, precision=50.0, ari=0.5, pairs=None):
    return Result(data, seed, row, rank1, precision, 30.0, ari, pairs, 1.0, 2.0)


RUNS = [
    result("a", 0, "base", 10.0, 40.0), result("a", 0, "more", 12.0, 41.0, 0.75, 0.5),
    result("a", 1, "base", 20.0, 50.0), result("a", 1, "more", 24.0, 49.0, 0.25, 1.0),
    result("b", 0, "base", 90.0, 60.0),
]  # fmt: skip


def cells(table):
    """Return a Markdown table as lists of cells, the rule left out."""
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()]
    assert set(map(len, lines)) == {len(lines[0])}
    assert set(lines[1]) == {"---"}
    return [lines[0], *lines[2:]]


def test_spread_is_what_statistics_calls_mean_and_stdev():
    values = np.random.default_rng(0).normal(60, 3, 7).tolist()
    found = spread(values)
    assert found.runs == 7
    assert math.isclose(found.mean, statistics.mean(values))
    assert math.isclose(found.deviation, statistics.stdev(values))


def test_one_run_has_no_spread_and_none_has_nothing():
    assert spread([3.0]) == Spread(3.0, None, 1)
    assert spread([]) is None


def test_gains_are_taken_run_by_run():
    assert gain(RUNS, "more", "base", "rank1") == Spread(3.0, math.sqrt(2), 2)
    plain = statistics.stdev([12.0, 24.0])
    assert gain(RUNS, "more", "base", "rank1").deviation < plain, "the seeds' own spread is out"
    assert gain(RUNS, "more", "gone", "rank1") is None
    opposite = gain(RUNS, "base", "more", "rank1")
    assert opposite == Spread(-3.0, math.sqrt(2), 2)
    assert gain(RUNS[::-1], "more", "base", "rank1") == gain(RUNS, "more", "base", "rank1")


def test_the_table_of_rows():
    head, base, more = cells(row_table(RUNS, ["base", "gone", "more"]))
    assert head == [
        "", "Rank-1", "mAP", "mINP", "shared ARI", "coverage", "pair precision", "minutes", "runs",
    ]  # fmt: skip
    assert base == [
        "base", "40.0 ± 43.6", "50.0 ± 10.0", "30.0 ± 0.0", "0.500 ± 0.000", "1.00 ± 0.00", "-",
        "2.0 ± 0.0", "3",
    ]  # fmt: skip
    assert more[:3] == ["more", "18.0 ± 8.5", "45.0 ± 5.7"]
    assert more[4:7] == ["0.500 ± 0.354", "1.00 ± 0.00", "0.75 ± 0.35"]
    assert more[-1] == "2"


def test_training_mAP_is_shown_where_every_run_knows_it():  # noqa: N802
    known = [replace(result, training_mAP=60.0 + result.seed) for result in RUNS]
    head, base, more = cells(row_table(known, ["base", "more"]))
    assert (head[4], base[4], more[4]) == ("training mAP", "60.3 ± 0.6", "60.5 ± 0.7")
    head, line = cells(gain_table(known, [("more", "base")]))
    assert (head[5], line[5]) == ("training mAP", "+0.0 ± 0.0")
    for table in (row_table, data_table):
        assert "training mAP" not in table([*known[1:], RUNS[0]], ["base", "more"])


def test_the_table_of_gains():
    head, line = cells(gain_table(RUNS, [("more", "base"), ("more", "gone")]))
    assert head[:2] == ["", "over"]
    assert head[-2:] == ["standard error (mAP)", "mAP rose in"]
    assert line == [
        "more", "base", "+3.0 ± 1.4", "+0.0 ± 1.4", "+0.0 ± 0.0", "+0.000 ± 0.354", "1.0",
        "1 of 2",
    ]  # fmt: skip


def test_a_single_pair_of_runs_has_no_standard_error():
    assert cells(gain_table(RUNS[:2], [("more", "base")]))[1][-2:] == ["-", "1 of 1"]


def test_protocols_stand_one_after_the_other_and_are_never_mixed():
    both = [replace(r, protocol=p, mAP=r.mAP + n) for n, p in enumerate("pq") for r in RUNS]
    head, *lines = cells(row_table(both, ["base", "more"]))
    assert head[:2] == ["protocol", ""]
    alone = cells(row_table(RUNS, ["base", "more"]))
    assert [line[1:] for line in lines[:2]] == alone[1:]
    assert [line[:2] for line in lines] == [
        ["p", "base"], ["p", "more"], ["q", "base"], ["q", "more"],
    ]  # fmt: skip
    assert [line[3] for line in lines[2:]] == ["51.0 ± 10.0", "46.0 ± 5.7"]
    for make in (data_table, gain_table):
        with pytest.raises(ConfigError, match="was scored by p; q: choose one"):
            make(both, ["base"] if make is data_table else [("more", "base")])


def test_memory_is_shown_where_some_run_knows_it():
    known = [replace(RUNS[0], memory=812.4), *RUNS[1:]]
    head, base, more = cells(row_table(known, ["base", "more"]))
    assert (head[-2], base[-2], more[-2]) == ("memory (MB)", "812", "-")


def test_the_table_by_data():
    _, *lines = cells(data_table(RUNS, ["base", "more"]))
    assert [line[:3] for line in lines] == [
        ["a", "base", "15.0 ± 7.1"], ["a", "more", "18.0 ± 8.5"], ["b", "base", "90.0"],
    ]  # fmt: skip
    assert [line[-1] for line in lines] == ["2", "2", "1"]


@pytest.mark.parametrize("make", [row_table, data_table, gain_table])
def test_nothing_gives_a_head_alone(make):
    assert len(cells(make([], []))) == 1


def test_a_name_cannot_break_a_table():
    found = cells(row_table([result("a", 0, "x|y", 1.0)], ["x|y"]))
    assert found[1][0] == "x/y"
