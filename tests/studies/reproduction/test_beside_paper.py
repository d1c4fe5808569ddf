"""Means and spreads over seeds and folds, and the difference in spreads."""

import statistics

import pytest

from vireid.errors import CheckpointError
from vireid.studies.reproduction.beside_paper import beside_paper, write_beside_paper
from vireid.studies.reproduction.page import page_table
from vireid.studies.reproduction.published import Published
from vireid.studies.reproduction.score_rows import ScoreRow, oracle_rows, read_rows, write_rows

PAPER = Published("a paper", {"first": {"rank1": 50.0}})


def row(seed, fold, rank1, kind="last", epoch=2, setting="first", flips=False):
    scores = {"rank1": rank1, "mAP": rank1 / 2, "mINP": rank1 / 4}
    return ScoreRow.of((seed, fold), (kind, "aligned", epoch), (setting, flips), scores)


def list_of(rows):
    return list(beside_paper(rows, ["first"], PAPER))


def only(rows, name="rank1"):
    (found,) = [one for one in beside_paper(rows, ["first"], PAPER) if one.name == name]
    return found


def test_a_seed_counts_with_the_mean_over_its_folds():
    values = {(0, 1): 40.0, (0, 2): 50.0, (1, 1): 44.0, (1, 2): 60.0}
    found = only([row(*key, value) for key, value in values.items()])
    assert found.ours.mean == pytest.approx(statistics.mean([45, 52]))
    assert found.ours.deviation == pytest.approx(statistics.stdev([45, 52]))
    assert found.folds.deviation == pytest.approx(statistics.stdev([42, 55]))
    assert (found.ours.runs, found.trainings) == (2, 4)
    assert found.difference == pytest.approx(-1.5)
    assert found.in_spreads == pytest.approx(-1.5 / statistics.stdev([45, 52]))


def test_each_fold_counts_once_and_seeds_are_held_against_each_other_on_common_folds():
    values = {(0, 1): 40.0, (0, 2): 50.0, (0, 3): 90.0, (1, 1): 44.0, (1, 2): 60.0}
    found = only([row(*key, value) for key, value in values.items()])
    assert found.ours.mean == pytest.approx(statistics.mean([42, 55, 90]))
    assert found.ours.deviation == pytest.approx(statistics.stdev([45, 52])), "on folds 1 and 2"
    assert (found.shared, found.folds.runs, found.trainings) == (2, 3, 5)
    rows = [row(*key, value) for key, value in values.items()]
    assert "| 62.3 ± 4.9 on 2 of 3 folds (folds ± 24.8) | " in page_table(list_of(rows), 2)
    strangers = [row(0, 1, 40.0), row(1, 2, 50.0)]
    alone = only(strangers)
    assert (alone.ours.mean, alone.ours.deviation, alone.in_spreads) == (45.0, None, None)
    assert "| 45.0, no common fold (folds ± 7.1) | 50.0 | -5.0 | - | " in (
        page_table(list_of(strangers), 2)
    )
    assert write_beside_paper(list_of(strangers)).splitlines()[1].endswith(",2,0,")


def test_the_oracle_of_some_epochs_is_called_so():
    rows = [row(seed, None, 40.0 + seed, "oracle") for seed in (0, 1)]

    def table(*counts):
        looked = {(seed, None): count for seed, count in enumerate(counts)}
        compared = list(beside_paper(rows, ["first"], PAPER, looked))
        cell = page_table(compared, 4).splitlines()[2].split(" | ")[2]
        return cell, write_beside_paper(compared).splitlines()[1].rpartition(",")[2]

    assert table(4, 4) == ("oracle", "4")
    assert table(2, 2) == ("oracle of 2 of 4 epochs", "2")
    assert table(4, 1) == ("oracle of 1 to 4 of 4 epochs", "1 to 4")


def test_without_a_second_seed_or_a_paper_there_is_no_difference_in_spreads():
    one = only([row(0, None, 40.0)])
    assert (one.difference, one.in_spreads, one.folds) == (-10.0, None, None)
    assert only([row(0, None, 40.0), row(1, None, 40.0)]).in_spreads is None, "no spread at all"
    unknown = only([row(0, None, 40.0), row(1, None, 44.0)], "mAP")
    assert (unknown.paper, unknown.difference, unknown.in_spreads) == (None, None, None)


def test_tables_hold_a_dash_or_nothing_where_a_number_is_unknown():
    rows = [row(0, None, 40.0), row(1, None, 44.0), row(0, None, 45.0, "oracle", 1)]
    compared = list(beside_paper(rows, ["first", "second"], PAPER))
    lines = page_table(compared, 2).splitlines()
    assert lines[2:] == [
        "| first | off | last | 2 | 42.0 ± 2.8 | 50.0 | -8.0 | -2.8 | 21.0 ± 1.4 | - | - | - | "
        "10.5 ± 0.7 |",
        "| first | off | oracle | 1 | 45.0 | 50.0 | -5.0 | - | 22.5 | - | - | - | 11.2 |",
    ]
    assert {line.count("|") for line in lines} == {14}
    text = write_beside_paper(compared).splitlines()
    assert text[1] == "first,off,last,rank1,42.0000,2.8284,2,,2,50.0000,-8.0000,-2.8284,,,"
    assert text[2] == "first,off,last,mAP,21.0000,1.4142,2,,2,,,,,,"


def test_the_oracle_takes_the_earliest_of_the_best_epochs_with_all_its_rows():
    watched = [
        row(0, None, rank1, "watched", epoch, setting, flips)
        for epoch, rank1 in enumerate([10.0, 30.0, 30.0, 20.0], 1)
        for setting, factor in (("first", 1), ("second", -1))
        for flips in (False, True)
        for rank1 in [rank1 * factor]
    ]
    found = oracle_rows(watched, "first")
    assert {(one.epoch, one.kind) for one in found} == {(2, "oracle")}
    assert [(one.setting, one.flips) for one in found] == [
        ("first", False), ("first", True), ("second", False), ("second", True),
    ]  # fmt: skip
    assert oracle_rows([], "first") == []


def test_rows_are_read_as_they_were_written(tmp_path):
    rows = [row(0, None, 1 / 3), row(1, 7, 2.5, "oracle", 3, "all, single-shot", True)]
    write_rows(tmp_path / "rows.csv", rows)
    assert read_rows(tmp_path / "rows.csv") == rows
    assert read_rows(tmp_path / "gone.csv") == []


@pytest.mark.parametrize("text", ["seed\n0\n", "seed,fold,kind\n0,,late\n"])
def test_damaged_rows_are_named(tmp_path, text):
    (tmp_path / "rows.csv").write_text(text)
    with pytest.raises(CheckpointError, match=r"rows\.csv is damaged"):
        read_rows(tmp_path / "rows.csv")
