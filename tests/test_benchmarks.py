"""Speeds that were promised, measured in one run against a plain loop on the same machine."""

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def evaluation(monkeypatch):
    """Return the benchmark of evaluation."""
    monkeypatch.syspath_prepend(FOLDER)
    yield import_module("evaluation")
    for name in ("evaluation", "pages"):
        sys.modules.pop(name, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "target"), [("SYSU-MM01, all-search, single-shot", 50), ("RegDB, one draw", 30)]
)
def test_scores_are_many_times_faster_than_a_loop_over_queries(evaluation, name, target):
    (case,) = [case for case in evaluation.CASES if case.name == name]
    assert case.target == target
    measured, loop, vireid = [], 0.0, 1.0
    while loop < target * vireid and len(measured) < 3:  # the best of nine goes, or of fewer
        measured.append(evaluation.measure_scores(replace(case, draws=min(case.draws, 2))))
        loop, vireid = (min(getattr(one, side) for one in measured) for side in ("loop", "vireid"))
    assert max(one.difference for one in measured) < 1e-12
    assert loop >= target * vireid, measured


def test_the_benchmark_ends_with_an_error_where_scores_are_behind_their_target(
    evaluation, monkeypatch
):
    ratios = iter((49, 2, 30))
    monkeypatch.setattr(
        evaluation, "measure_scores", lambda _: evaluation.Measured(next(ratios), 1, 1, 0)
    )
    monkeypatch.setattr(evaluation, "measure_evaluate", lambda _: evaluation.Measured(1, 1, 1, 0))
    page = []
    monkeypatch.setattr(evaluation, "publish", lambda _, lines, **__: page.extend(lines))
    monkeypatch.setattr(sys, "argv", ["evaluation.py"])
    with pytest.raises(SystemExit) as caught:
        evaluation.main()
    assert caught.value.code == (
        "SYSU-MM01, all-search, single-shot: 49 times the loop's speed, expected 50"
    )
    assert "RegDB, one draw" in page[-1] + page[-2], "the whole page is written first"


@pytest.mark.parametrize("rule", [False, True])
@pytest.mark.parametrize("count", ["identities", "images"])
def test_the_loop_of_the_benchmark_gives_the_same_scores(evaluation, rule, count):
    small = replace(evaluation.CASES[0], queries=40, gallery=60, identities=8, draws=2)
    case = replace(small, count=count, rule=rule)
    for measured in (evaluation.measure_scores(case), evaluation.measure_evaluate(case)):
        assert measured.difference < 1e-12
        assert min(measured.loop, measured.vireid, measured.products) > 0
