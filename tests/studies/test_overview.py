"""`vireid runs` and the rows of a study."""

import json
from dataclasses import replace

import pytest

from vireid.cli.main import main
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE
from vireid.runs.checkpoint import save_checkpoint
from vireid.runs.overview import describe_run, find_runs
from vireid.studies import Result
from vireid.studies.folder import StudyFolder, locked
from vireid.studies.leaving import lighten
from vireid.studies.overview import describe_any_run

LINE = {"stage": "aligned", "epoch": 2, "epochs": 2, "step": 6, "seconds": {"steps": 1.0}}
RESULT = Result("a", 1, "n=2", 50.0, 40.0, 30.0, None, None, 1.0, 2.0, protocol="p, 10 draws")


@pytest.fixture
def study(tmp_path, tiny):
    """Return a study of one row that is trained, and not scored yet."""
    study = StudyFolder(tmp_path / "study")
    study.enter({"n=1": tiny, "n=2": tiny}, {"a": "x"})
    run = study.run("a", 1, "n=2")
    run.folder.mkdir(parents=True)
    run.recipe_file.write_text(dump_recipe(replace(tiny, seed=1)))
    run.log_file.write_text(json.dumps(LINE) + "\n")
    run.timing_file.write_text("{}")
    save_checkpoint(run.checkpoint_file("aligned"), {}, {})
    return study


def row(study):
    return study.run("a", 1, "n=2")


def test_a_row_that_is_scored_and_lightened_has_the_scores_of_the_study(study, capsys):
    study.add(RESULT, replace(RESULT, mAP=41.0, protocol="q, 1 draw"), replace(RESULT, seed=2))
    lighten(row(study))
    found = describe_any_run(row(study).folder)
    assert (found.state, found.reason, found.recipe) == ("study", None, "n=2")
    assert [(one.protocol, one.draws, one.scores["mAP"]) for one in found.evaluations] == [
        ("p", 10, 40.0), ("q", 1, 41.0),
    ]  # fmt: skip
    assert (found.scored, found.scores["rank1"]) == ("aligned", 50.0)
    assert main(["runs", str(study.folder)]) == 0
    assert "damaged" not in capsys.readouterr().out


def test_results_of_earlier_versions_name_no_protocol(study):
    study.add(replace(RESULT, protocol=""))
    lighten(row(study))
    (found,) = describe_any_run(row(study).folder).evaluations
    assert (found.protocol, found.draws) == ("unknown protocol", None)


def test_a_row_that_began_after_shared_stages_is_not_damaged(study):
    assert describe_run(row(study).folder).state == "damaged", "as a run it would be"
    assert describe_any_run(row(study).folder).state == "finished"
    study.add(RESULT)
    assert describe_any_run(row(study).folder).state == "evaluated"
    row(study).checkpoint_file("aligned").unlink()
    save_checkpoint(row(study).checkpoint_file(BEFORE), {}, {})
    assert describe_any_run(row(study).folder).state == "damaged"


def test_what_an_evaluation_wrote_stands_first(study):
    study.add(RESULT)
    entry = {"protocol": "p", "draws": 10, "stages": {"aligned": {"rank1": 50.0, "mAP": 39.9}}}
    row(study).metrics_file.write_text(json.dumps({"protocols": {"p, 10 draws": entry}}))
    (found,) = describe_any_run(row(study).folder).evaluations
    assert found.scores["mAP"] == 39.9


def test_damaged_results_are_named(study):
    study.results_file.write_text("nothing")
    found = describe_any_run(row(study).folder)
    assert found.state == "damaged"
    assert "results.csv is damaged" in found.reason


def test_a_study_at_work_does_not_hide_its_rows(study):
    with locked(study.job("a", 1) / ".lock"):
        assert list(find_runs([study.folder])) == [row(study).folder]


def test_other_runs_are_described_as_ever(study, tmp_path):
    other = tmp_path / "jobs" / "a" / "seed-1" / "run"
    other.parent.mkdir(parents=True)
    row(study).folder.rename(other)
    assert describe_any_run(other) == describe_run(other)
