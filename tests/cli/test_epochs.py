"""The terminal's table of epochs."""

import pytest

from vireid.cli.epochs import EpochTable, describe_epoch, describe_header

SPACES = ("visible", "infrared")
LINE = {
    "stage": "joint",
    "epoch": 1,
    "epochs": 2,
    "losses": {"total": 1.5},
    "clusters": dict.fromkeys(SPACES, 2),
    "noise": dict.fromkeys(SPACES, 0.25),
    "margin": {"visible": 0.25, "infrared": 0.35},
    "stability": {"visible": 0.5},
    "troubles": [],
    "skipped": 0,
    "seconds": {"steps": 2.0},
}
MATCHED = {"stage": "aligned", "matching_margin": 0.125, "unmatched": {"visible": 0.0}}


def first_words(table, line):
    texts = "\n".join(table.lines(line)).splitlines()
    return [text.split()[0] for text in texts if text]


def test_a_stage_has_one_heading():
    table = EpochTable()
    assert first_words(table, LINE) == ["joint", "epoch", "1/2"]
    assert first_words(table, LINE | {"epoch": 2}) == ["2/2"]
    assert first_words(table, LINE | MATCHED) == ["aligned", "epoch", "1/2"]


def test_a_training_that_goes_on_within_a_stage_has_a_heading_too():
    assert first_words(EpochTable(), LINE | {"epoch": 2}) == ["joint", "epoch", "2/2"]


def test_troubles_and_skipped_steps_have_lines_of_their_own():
    *_, first, second, third = EpochTable().lines(LINE | {"troubles": ["a", "b"], "skipped": 3})
    assert first == "       trouble: a"
    assert second == "       trouble: b"
    assert third == "       3 steps skipped: their loss was not finite"


@pytest.mark.parametrize("known", [{}, {"ari": {"visible": 1.0}}])
def test_the_table_has_a_cell_under_each_heading(known):
    line = LINE | known
    head, row = describe_header(line).splitlines()[-1], describe_epoch(line)
    assert len(head) == len(row)
    assert head.split()[-4:] == ["margin", "stable", "pairs", "seconds"]
    assert row.split()[-4:] == ["0.30", "0.50", "-", "2.0"]
    assert describe_epoch(line | MATCHED).split()[-2] == "0.12"
    nothing = describe_epoch(line | {"margin": {}, "stability": {}})
    assert nothing.split()[-4:] == ["-", "-", "-", "2.0"]
