"""`vireid judged`."""

from dataclasses import replace

import pytest

import vireid
from vireid.cli.main import main
from vireid.metrics import wilson_interval
from vireid.ranking import Judgement, append_judgement

ONE = Judgement("q", "r", 1, 0.5, "infrared", "visible", "right", "2026-01-01T00:00:00", "net")


@pytest.fixture
def path(tmp_path):
    """Return a file of 20 judged results: of both directions, and some of other ranks."""
    file = tmp_path / "judged.csv"
    for number in range(20):
        judged = "wrong" if number % 5 == 0 else "right"
        one = replace(ONE, query=f"q{number}", result=f"r{number}", judged=judged)
        if number >= 15:
            one = replace(one, query_modality="visible", modality="infrared")
        append_judgement(file, one)
    append_judgement(file, replace(ONE, query="q1", result="r2", rank=2))  # ties q1 and q2
    return file


def test_precision_is_told_by_modalities(path, capsys):
    assert main(["judged", str(path)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    told = {row[0]: row[1:] for row in rows if row and row[-1].isdigit()}
    assert told["infrared-visible"][0] == "80.0%"
    assert told["infrared-visible"][-2:] == ["15", "14"]
    found = wilson_interval(0.8, 5)
    assert told["visible-infrared"][1:4] == [f"{found[0]:.1%}", "to", f"{found[1]:.1%}"]
    assert list(told)[-1] == "all"


def test_the_verb_gives_the_same(path):
    names = {one.name: one.precision for one in vireid.judged_precision(path)}
    assert list(names) == ["infrared-visible", "visible-infrared", "all"]
    assert (names["all"].count, names["all"].groups) == (20, 19)


def test_without_first_results_there_is_no_precision(tmp_path, mistake):
    path = tmp_path / "judged.csv"
    assert "judged.csv cannot be read: No such file" in mistake("judged", path)
    path.write_text("")
    assert "holds 0 judgements, none of a first result" in mistake("judged", path)
    path.write_text("path,label\n")
    assert "has no column query, result, rank" in mistake("judged", path)
    path.unlink()
    append_judgement(path, replace(ONE, rank=2))
    assert "none of a first result; judge results of rank 1" in mistake("judged", path)
