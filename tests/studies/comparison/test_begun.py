"""Which code a training is of, and when it begins anew."""

from dataclasses import replace

import pytest

from vireid.studies import Result, StudyFolder
from vireid.studies.comparison.begun import Begun, Trained
from vireid.studies.comparison.rows import Row

OLD, NEW = Begun("0ld", "aa"), Begun("new", "bb")
KEY = ("dev", 0, "one")
ROW = Row("one", "r", "dev", "c", "all", 0, commit="0ld", code="aa", failed="so")
RESULT = Result(*KEY, 50.0, 40.0, 30.0, 0.5, None, 1.0, 2.0, protocol="all")


@pytest.fixture
def trained(tmp_path):
    """Return where a training lies that old code has begun."""
    found = Trained(StudyFolder(tmp_path / "study"), KEY, "joint")
    assert found.begin(OLD, [], ["all"]) == OLD
    found.run.folder.mkdir(parents=True)
    return found


def finish(trained, *, network):
    trained.run.timing_file.write_text("{}")
    if network:
        trained.run.checkpoint_file("joint").parent.mkdir()
        trained.run.checkpoint_file("joint").write_text("")
    trained.study.add(RESULT)


def test_what_the_same_code_has_begun_goes_on_with_the_commit_it_was_begun_with(trained):
    assert trained.begin(replace(OLD, commit="later"), [], ["all"]) == OLD
    assert trained.run.folder.exists()


def test_what_other_code_has_half_trained_is_set_aside(trained):
    for _ in range(2):
        trained.run.log_file.write_text("half")
        assert trained.begin(NEW, [], ["all"]) == NEW
        assert not trained.run.folder.exists()
        assert trained.begin(OLD, [], ["all"]) == OLD, "nothing is there yet"
        trained.run.folder.mkdir()
    aside = sorted(one.name for one in trained.run.folder.parent.glob("*.before-*"))
    assert aside == [f"{trained.run.folder.name}.before-{number}" for number in (1, 2)]


@pytest.mark.parametrize(
    ("now", "rows", "protocols", "network", "stays"),
    [
        (NEW, [], ["all"], True, False),  # its line was taken out
        (OLD, [], ["all"], False, True),
        (NEW, [ROW], ["all", "indoor"], True, True),  # a protocol is added
        (OLD, [ROW], ["all", "indoor"], True, True),
        (OLD, [ROW], ["all", "indoor"], False, False),
        (NEW, [replace(ROW, protocol="indoor")], ["all", "indoor"], True, False),
        (NEW, [replace(ROW, code="cc")], ["all", "indoor"], True, False),
    ],
)
def test_what_is_finished_stays_where_its_scores_can_be_told_from_those_of_other_code(
    trained, now, rows, protocols, network, stays
):
    finish(trained, network=network)
    assert trained.begin(now, rows, protocols) == (OLD if stays else now)
    assert trained.run.folder.exists() == stays
    assert trained.study.results() == [RESULT] * stays


def test_half_a_training_of_other_code_does_not_pass_for_what_is_noted(trained):
    assert trained.begin(NEW, [ROW], ["all", "indoor"]) == NEW
    assert not trained.run.folder.exists()


def test_results_without_a_folder_are_forgotten(trained):
    trained.study.add(RESULT, replace(RESULT, seed=1))
    trained.run.folder.rmdir()
    assert trained.begin(OLD, [], ["all"]) == OLD
    assert [one.seed for one in trained.study.results()] == [1]


def test_of_a_training_that_an_earlier_version_began_the_study_tells_the_code(trained):
    trained.note.unlink()
    assert trained.begin(NEW, [], ["all"]) == NEW, "nobody knows"
    trained.note.unlink()
    trained.study.note_code(trained.run, {"vireid": "aa"})
    trained.run.folder.mkdir()
    assert trained.begin(replace(OLD, commit="later"), [], ["all"]).commit == "later"
    finish(trained, network=True)
    assert trained.begin(NEW, [ROW], ["all", "indoor"]) == OLD
