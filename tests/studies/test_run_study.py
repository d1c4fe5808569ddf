"""The verb `run_study`, and what it says where the code has changed meanwhile."""

import json
import logging
import warnings
from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.runs import Run
from vireid.scoring import EvaluationOptions, ProtocolOptions, combinations, evaluate_each
from vireid.studies import Result, of_protocol, protocols_of
from vireid.studies import run as studies_run
from vireid.studies.leaving import lighten
from vireid.studies.run import run_study

NOW = {"vireid": "now", "mine": "same"}


@pytest.fixture(scope="module")
def row(tiny):
    """Return the shortest recipe of one stage."""
    last = replace(tiny.stages[0], iterations=1)
    return replace(tiny, stages=(last,))


@pytest.fixture
def code(monkeypatch):
    """Return a function that says which code there is."""

    def be(found):
        monkeypatch.setattr(studies_run, "code_of", lambda _: found)

    return be


def said(rows, people, out):
    """Run a study and return its warnings on the code."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run_study(rows, [people], out, seeds=[0], device="cpu")
    return [str(one.message) for one in caught if "other code" in str(one.message)]


def test_a_study_is_run_and_shows_its_page(row, people, tmp_path, caplog):
    out = tmp_path / "study"
    with caplog.at_level(logging.INFO, "vireid"):
        study = run_study({"one": row}, [people], str(out), seeds=[0, 0], test=[people])
    assert [result.key for result in study.results()] == [("people", 0, "one")]
    assert study.page().startswith("    the same call\n")
    assert "| one | " in study.page()
    assert (out / "results.png").is_file()
    assert "\npeople, seed 0, row 1 of 1: one" in caplog.messages
    assert any(line.startswith("SYSU-MM01 all-search") for line in caplog.messages)


def test_rows_are_scored_by_several_protocols_as_evaluate_scores_them(row, people, tmp_path):
    out, options = tmp_path / "study", {"seeds": [0], "device": "cpu", "keep_checkpoints": True}
    one = ProtocolOptions(draws=2)
    (first,) = run_study({"one": row}, [people], out, protocol=one, **options).results()
    assert first.memory > 100, "Linux tells the peak of a process, and torch alone takes more"
    both = combinations(one, mode=["all", "indoor"])
    study = run_study({"one": row}, [people], out, protocol=both, flip="both", **options)
    found = study.results()
    assert found[0] == first
    assert {(r.key, r.minutes, r.training_mAP, r.memory) for r in found} == {
        (first.key, first.minutes, first.training_mAP, first.memory)
    }
    run = study.run(*first.key).folder
    for scored in evaluate_each([run], people, EvaluationOptions(protocol=both, flip=True)):
        (result,) = of_protocol(found, scored.key)
        assert result.mAP == round(scored.last.table()["mAP"], 4)
    assert len(found) == 4
    assert [f"\n## {name}\n" in study.page() for name in protocols_of(found)] == [True] * 4
    assert len(list(out.glob("results*.png"))) == 4
    lighten(Run(run))
    with pytest.raises(ConfigError, match=r"keeps no networks to score by .*multi-shot.*: leave"):
        run_study({"one": row}, [people], out, protocol=ProtocolOptions(shots=10), **options)
    assert run_study({"one": row}, [people], out, protocol=both, **options).results() == found


def test_results_of_an_earlier_version_get_the_name_of_their_protocol(row, people, tmp_path):
    study = studies_run.StudyFolder(tmp_path / "study")
    study.add(Result("people", 0, "one", 1.0, 2.0, 3.0, None, None, None, 1.0))
    found = run_study({"one": row}, [people], study.folder, seeds=[0], device="cpu").results()
    assert protocols_of(found) == [
        "SYSU-MM01 all-search, single-shot, infrared-to-visible, 10 draws"
    ]
    assert found[0].mAP == 2.0, "it is not trained again"


def test_rows_of_other_code_are_named(row, people, tmp_path, code):
    out = tmp_path / "study"
    rows = {"one": row, "two": replace(row, weight_decay=0.1)}
    code(NOW)
    assert said({"one": row}, people, out) == []
    assert list(json.loads((out / "study.json").read_text())["code"].values()) == [NOW]
    assert said({"one": row}, people, out) == [], "the same code"
    code(NOW | {"vireid": "later"})
    (line,) = said(rows, people, out)
    assert line == (
        f"{out} holds rows that were made by other code (vireid has changed): one; do not compare "
        "them with new ones: choose another --out, or delete the folder to train all rows anew"
    )
    assert len(said(rows, people, out)) == 1, "as long as the row is there"
    code(NOW)
    (line,) = said(rows, people, out)
    assert "(vireid has changed): two;" in line


def test_a_study_without_digests_is_taken_as_it_is(row, people, tmp_path, code):
    out = tmp_path / "study"
    code(NOW)
    said({"one": row}, people, out)
    plan = json.loads((out / "study.json").read_text())
    del plan["code"]
    (out / "study.json").write_text(json.dumps(plan))
    code({"vireid": "later"})
    assert said({"one": row}, people, out) == []


def test_cameras_that_may_be_others_are_said(row, people, draw, tmp_path, monkeypatch):
    monkeypatch.setattr(studies_run, "_train", lambda *_: None)
    named = {"test": [draw(tmp_path / "street", images=2)], "centre": "training", "device": "cpu"}
    with pytest.warns(UserWarning, match="trained on people, tested on street.* but numbers says"):
        run_study({"one": row}, [people], tmp_path / "study", **named)


def test_a_row_that_goes_on_keeps_the_code_it_was_begun_with(tmp_path):
    study = studies_run.StudyFolder(tmp_path / "study")
    run = study.run("people", 0, "one")
    study.note_code(run, {"vireid": "old"})
    study.note_code(run, {"vireid": "new"})
    assert study.codes() == {study.mark(run): {"vireid": "new"}}, "it was not begun yet"
    run.folder.mkdir(parents=True)
    study.note_code(run, {"vireid": "newer"})
    assert study.codes() == {study.mark(run): {"vireid": "new"}}
    old = Run(study.job("people", 1) / "begun-by-an-earlier-version")
    old.folder.mkdir(parents=True)
    study.note_code(old, {"vireid": "newer"})
    assert list(study.codes()) == [study.mark(run)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": []}, "--seeds holds none"),
        ({"seeds": [0, -1]}, "--seeds holds -1; expected 0 or more"),
        ({"test": ["a", "b"]}, "--test has 2 for 1 data sets"),
    ],
)
def test_options_that_cannot_be_used(row, people, tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        run_study({"one": row}, [people], tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_several_processes_of_one_training_are_refused(row, people, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="a study does not run under torchrun"):
        run_study({"one": row}, [people], tmp_path / "out")
