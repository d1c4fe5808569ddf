"""Results and their file."""

from dataclasses import replace

import pytest

from vireid.errors import CheckpointError, ConfigError
from vireid.studies import (
    Result,
    make_result,
    of_protocol,
    protocols_of,
    read_results,
    runs_of,
    write_results,
)
from vireid.studies.results import values_of

SCORES = {"rank1": 61.23456, "rank5": 80.0, "mAP": 57.0, "mINP": 41.5}
EPOCH = {
    "clusters": {"visible": 9, "mixed": 8, "matched": 7},
    "ari": {"visible": 0.9, "mixed": 0.5, "matched": 0.7},
    "coverage": {"visible": 1.0, "mixed": 0.8, "matched": 0.6},
    "pair_precision": 0.75,
}
ONE = Result(
    "a, b", 3, '+ "MMLM"', 61.2346, 57.0, 41.5, 0.7, 0.75, 0.6, 2.5, 88.1235, 812.3, "p, 1 draw"
)  # fmt: skip
BARE = Result("c", 0, "all", 1.0, 2.0, 3.0, None, None, None, 0.0)
HEAD = (
    "data,seed,row,rank1,mAP,mINP,ari,pair_precision,coverage,minutes,training_mAP,memory,"
    "protocol\n"
)


def test_a_result_takes_the_shared_labels_of_the_last_epoch():
    key = ("a, b", 3, '+ "MMLM"')
    assert make_result(key, SCORES, EPOCH, 150.0, 88.12345, 812.34, "p, 1 draw") == ONE


def test_mixed_labels_are_the_shared_ones_where_nothing_is_matched():
    clusters = {"visible": 9, "mixed": 8}
    epoch = {name: value for name, value in EPOCH.items() if name != "pair_precision"}
    found = make_result(("a", 0, "x"), SCORES, epoch | {"clusters": clusters}, 60.0)
    assert (found.ari, found.coverage, found.pair_precision) == (0.5, 0.8, None)


@pytest.mark.parametrize("epoch", [{"clusters": {"matched": 3}}, {"clusters": {"visible": 3}}])
def test_without_identities_or_shared_labels_agreement_is_unknown(epoch):
    found = make_result(("a", 0, "x"), SCORES, epoch, 60.0)
    assert (found.ari, found.coverage, found.pair_precision) == (None, None, None)


def test_the_file_gives_back_what_was_written():
    text = write_results([ONE, BARE])
    assert text == HEAD + (
        '"a, b",3,"+ ""MMLM""",61.2346,57.0,41.5,0.7,0.75,0.6,2.5,88.1235,812.3,"p, 1 draw"\n'
        "c,0,all,1.0,2.0,3.0,,,,0.0,,,\n"
    )
    assert read_results(text) == [ONE, BARE]
    assert read_results(write_results([])) == []


@pytest.mark.parametrize("lacking", ["training_mAP", "memory", "protocol"])
def test_files_of_earlier_versions_are_read(lacking):
    columns = HEAD.strip().split(",")
    older = [line.split(",")[: columns.index(lacking)] for line in write_results([BARE]).split()]
    assert read_results("\n".join(map(",".join, older)) + "\n") == [BARE]


def test_scores_of_several_protocols_are_never_mixed():
    results = [BARE, replace(BARE, mAP=9.0, protocol="q")]
    assert protocols_of(results) == ["", "q"]
    with pytest.raises(ConfigError, match="row all was scored by ; q: choose one by of_protocol"):
        values_of(results, "all", "mAP")
    assert values_of(results, "all", "minutes") == {("c", 0): 0.0}
    assert values_of(of_protocol(results, "q"), "all", "mAP") == {("c", 0): 9.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected the columns data,seed,row,rank1"),
        ("data,seed\n", "expected the columns data,seed,row,rank1"),
        (
            HEAD + "c,0,all,1.0,2.0,3.0,,,,0.0,\nc,zero,all,1.0,2.0,3.0,,,,0.0\n",
            "line 3 is damaged",
        ),
        (HEAD + "c,0,all,x,2.0,3.0,,,,0.0\n", "line 2 is damaged"),
        (HEAD + "c,0,all,,2.0,3.0,,,,0.0\n", r"line 2 is damaged \(a score is empty\)"),
        (HEAD + "c,0\n", "line 2 is damaged"),
    ],
)
def test_a_damaged_file_is_one_clear_line(text, message):
    with pytest.raises(CheckpointError, match=message) as caught:
        read_results(text, "here/results.csv")
    assert str(caught.value).startswith("here/results.csv")


def test_runs_for_figures_go_by_row_and_data_in_the_order_of_the_seeds():
    def result(data, seed, row, precision):
        return Result(data, seed, row, 0.0, precision, 0.0, None, None, None, 0.0)

    results = [
        result("b", 1, "x", 4.0), result("a", 0, "x", 1.0),
        result("b", 0, "x", 3.0), result("a", 0, "y", 2.0),
    ]  # fmt: skip
    assert runs_of(results, ["y", "gone", "x"], "mAP") == {
        "y": {"b": [], "a": [2.0]},
        "x": {"b": [3.0, 4.0], "a": [1.0]},
    }
    assert runs_of(results, ["x"], "ari") == {}
