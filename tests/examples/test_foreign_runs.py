"""A term and a labeller outside the package: trained, stopped, resumed, swept, shared."""

import json
import shlex

import pytest

from tests.forked import pair
from vireid.runs import Run
from vireid.runs.states import state_files
from vireid.studies.folder import StudyFolder


def test_a_run_of_foreign_classes_goes_on_bit_equal(
    people, foreign, call, same_run, stop_after, monkeypatch, tmp_path
):
    whole, half = tmp_path / "whole", tmp_path / "half"
    setting = "stages.aligned.terms.mine.weight=3"
    words = ["train", people, "--recipe", foreign, "--seed", 3, "--set", setting]
    call(*words, "--out", whole)
    losses = json.loads(Run(whole).log_file.read_text().splitlines()[-1])["losses"]
    assert list(losses) == ["mine", "triplet", "total"], "terms are logged by their names"
    assert losses["total"] == pytest.approx(3 * losses["mine"] + losses["triplet"], rel=1e-5)
    stop_after(3)
    message = call(*words, "--out", half, code=143)
    monkeypatch.undo()
    assert state_files(Run(half))
    refused = call("train", people, "--out", half, "--resume", code=2)
    assert refused.count("\n") == 1
    assert "is not imported here; name the recipe's file again, with --recipe" in refused
    again = message.splitlines()[-1].partition("go on with: vireid ")[2]
    assert f"--recipe {foreign} --set {setting} seed=3" in again
    call(*shlex.split(again))
    same_run(half, whole)


def test_a_setting_of_a_foreign_term_is_swept(people, foreign, call, tmp_path):
    out = tmp_path / "study"
    parameter = "stages.aligned.terms.mine.weight"
    call("sweep", people, "--recipe", foreign, "--out", out, "--parameter", parameter,
         "--values", 1, 2, "--seeds", 0)  # fmt: skip
    rows = [result.key[2] for result in StudyFolder(out).results()]
    assert rows == [f"{parameter}=1", f"{parameter}=2"]


def test_a_setting_of_a_foreign_labeller_is_changed_by_its_name(people, foreign, call, tmp_path):
    words = ["train", people, "--recipe", foreign, "--out", tmp_path / "run"]
    refused = call(*words, "--set", "labelling.clusters=0", code=2)
    assert "labelling.clusters is 0; expected at least 1" in refused
    refused = call(*words, "--set", "labelling.cluster=3", code=2)
    assert "labelling.cluster" in refused
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_two_processes_share_a_run_of_foreign_classes(people, foreign, call, same_run, tmp_path):
    words = ["train", people, "--recipe", foreign, "--set", "compute.precision=fp64"]
    for name in ("two", "again"):
        both = pair([*map(str, words), "--out", str(tmp_path / name)], tmp_path)
        assert [process.wait() for process in both] == [0, 0], both[0].err + both[1].err
    same_run(tmp_path / "two", tmp_path / "again")
    call(*words, "--out", tmp_path / "one")
    one, two = (
        [json.loads(line) for line in Run(tmp_path / name).log_file.read_text().splitlines()]
        for name in ("one", "two")
    )
    for alone, shared in zip(one, two, strict=True):
        assert shared["losses"] == pytest.approx(alone["losses"], rel=1e-6)
        assert shared["clusters"] == alone["clusters"]
