"""`vireid compare`: options reach the verb, rows and table come out."""

import pytest

from vireid.cli.main import main
from vireid.studies.comparison import RowFile


@pytest.fixture
def words(people, tiny_file, tmp_path):
    """Return a function that puts a command line together."""

    def run(*more):
        plain = ["compare", people, "--recipes", tiny_file, "--out", tmp_path / "out"]
        short = ["--set", "stages.joint.iterations=1", "stages.aligned.iterations=1"]
        short += ["stages.aligned.epochs=1", "labelling.memories=1"]
        return [str(word) for word in [*plain, *short, *more]]

    return run


def test_a_row_is_trained_and_the_table_shown_again(words, tmp_path, capsys):
    again = words(
        "--seeds", 1, "--threads", 1, "--mode", "indoor", "all", "--draws", 2, "--no-flip"
    )
    assert main(again) == 0
    out = capsys.readouterr().out
    assert "**SYSU-MM01 indoor" in out
    assert "**SYSU-MM01 all-search" in out
    assert "tiny on people, seed 1: as it ships" in out
    rows = RowFile(tmp_path / "out" / "rows.csv").rows()
    assert [(row.method, row.seed) for row in rows] == [("tiny", 1)] * 2
    assert not [row for row in rows if "flip" in row.protocol]
    page = (tmp_path / "out" / "rows.md").read_text()
    assert page.startswith("    vireid compare ")
    assert main([*again, "--show"]) == 0
    assert "tiny on people" not in capsys.readouterr().out


def test_nothing_is_trained_to_show_what_is_there(words, capsys):
    assert main(words("--show", "--bound")) == 0
    assert "No row is there yet." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--base", "gone"], "--base gone is none of the rows: tiny"),
        (["--bound", "gone"], "--bound gone is none of the rows: tiny"),
        (["--set", "seed=1"], "--set seed: a comparison has its seeds from --seeds"),
        (
            ["--recipes", "mmm", "adca-sysu"],
            "rows cannot be compared with mmm: adca-sysu: height is",
        ),
        (["--recipes", "mnm"], "did you mean mmm"),
        (["--show", "--search", "."], "--search trains; leave it or --show out"),
        (["--choose", "mAP"], "--choose: mAP is given; expected one of training_mAP"),
        (["--direction", "visible-to-infrared", "--roles", "paper"], "--roles applies to the pro"),
    ],
)
def test_mistakes_take_one_line(words, mistake, tmp_path, options, message):
    if options[0] == "--recipes":
        given = words()
        given = [*given[:2], *options, *given[4:6]]
    else:
        given = words(*options)
    assert message in mistake(*given)
    assert not (tmp_path / "out" / "rows.csv").exists()
