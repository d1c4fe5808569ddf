"""`vireid sweep`: rows of settings, several data sets, several processes."""

import pytest
from PIL import Image

from tests.forked import Command
from vireid.cli.main import main
from vireid.errors import ConfigError
from vireid.recipes import load_recipe
from vireid.studies.folder import StudyFolder, locked

SHORT = ("--set", "stages.joint.iterations=1", "stages.aligned.iterations=1",
         "stages.aligned.epochs=1")  # fmt: skip


def words(people, tiny_file, out, *more):
    data = people if isinstance(people, list) else [people]
    found = ["sweep", *data, "--recipe", tiny_file, "--out", out, "--threads", 1, *SHORT, *more]
    return [str(word) for word in found]


def keys(out):
    return [result.key for result in StudyFolder(out).results()]


def test_values_are_rows_and_more_may_be_added(people, tiny_file, tmp_path, capsys):
    out = tmp_path / "n"
    few = words(people, tiny_file, out, "--seeds", 0, "--parameter", "n", "--values", 2)
    assert main(few) == 0
    assert main([*few, "1"]) == 0
    assert "skipping what is finished: n=2" in capsys.readouterr().out
    assert keys(out) == [("people", 0, "n=2"), ("people", 0, "n=1")]
    page = (out / "results.md").read_text()
    assert "| n=1 | n=2 | " in page, "each row over the one before"
    with Image.open(out / "results.png") as image:
        assert image.width > image.height > 300
    assert not (out / "by-data.png").exists()


def test_named_rows_on_several_data_sets(people, draw, tiny_file, tmp_path):
    other = draw(tmp_path / "fewer", cameras=(1, 2, 3), images=6)
    rows = tmp_path / "rows.yaml"
    rows.write_text("one to one: [matching=hungarian]\nplain: []\n")
    options = ["--seeds", 1, "--rows", rows, "--test", people, "--keep-checkpoints"]
    out = tmp_path / "out"
    assert main(words([people, other], tiny_file, out, *options)) == 0
    assert keys(out) == [
        (data, 1, row) for data in ("people", "fewer") for row in ("one to one", "plain")
    ]
    assert "| fewer | plain | " in (out / "results.md").read_text()
    assert (out / "by-data.png").exists()
    assert (out / "gains.png").exists()
    for data, seed, row in keys(out):
        kept = StudyFolder(out).run(data, seed, row).checkpoint_file("joint").parent
        assert {file.stem for file in kept.iterdir()} >= {"before", "joint", "aligned"}


def test_protocols_are_asked_for_as_evaluate_takes_them(people, tiny_file, tmp_path, monkeypatch):
    asked = {}

    def note(*_, **options):
        asked.update(options)
        raise ConfigError("enough")

    monkeypatch.setattr("vireid.studies.run.run_study", note)
    options = ["--parameter", "n", "--values", 1, "--mode", "all", "indoor", "--shots", 1, 10]
    more = ["--seeds", 1, 10, "--flip-both", "--draws", 3, "--keep-checkpoints"]
    assert main(words(people, tiny_file, tmp_path / "out", *options, *more)) == 2
    expected = [(mode, shots, 3) for mode in ("all", "indoor") for shots in (1, 10)]
    assert [(one.mode, one.shots, one.draws) for one in asked["protocol"]] == expected
    assert (asked["seeds"], asked["flip"], asked["keep_checkpoints"]) == ([1, 10], "both", True)


def test_what_another_process_works_on_is_left_to_it(people, tiny_file, tmp_path, capsys):
    out = tmp_path / "out"
    again = words(people, tiny_file, out, "--seeds", 0, 1, "--parameter", "n", "--values", 2)
    with locked(StudyFolder(out).job("people", 0) / ".lock") as mine:
        assert mine
        assert main(again) == 0
    assert "people, seed 0: another process is working on it" in capsys.readouterr().out
    assert keys(out) == [("people", 1, "n=2")]
    assert main(again) == 0
    assert keys(out) == [("people", 1, "n=2"), ("people", 0, "n=2")]


def test_two_processes_share_a_study(people, tiny_file, tmp_path):
    out = tmp_path / "out"
    options = ["--seeds", 0, 1, "--parameter", "lambda_intra", "--values", 0.5, 2]
    command = words(people, tiny_file, out, *options)
    both = [Command(command, tmp_path / f"said-{number}") for number in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    printed = [process.out for process in both]
    expected = [("people", seed, f"lambda_intra={value}") for seed in (0, 1) for value in (0.5, 2)]
    assert sorted(keys(out)) == expected, "no line is lost, none is there twice"
    for _, seed, row in expected:
        head = f"people, seed {seed}, row {1 + row.endswith('=2')} of 2: {row}\n"
        assert sum(text.count(head) for text in printed) == 1


def test_a_row_that_cannot_be_trained_does_not_keep_the_others_back(
    people, tiny_file, tmp_path, capsys
):
    setting = "labelling.single.min_samples"
    options = ["--seeds", 0, "--parameter", setting, "--values", 100, 3]
    assert main(words(people, tiny_file, tmp_path / "out", *options)) == 2
    err = capsys.readouterr().err
    (line,) = [line for line in err.splitlines() if "could not be trained" in line]
    assert f"could not be trained: {setting}=100 (people, seed 0): " in line
    assert line.endswith("all others are finished")
    assert keys(tmp_path / "out") == [("people", 0, f"{setting}=3")]


def test_a_shared_stage_that_cannot_be_trained_is_tried_once(people, tiny_file, tmp_path, capsys):
    setting = "labelling.single.min_samples"
    file = tmp_path / "rows.yaml"
    file.write_text(f"""
first: [{setting}=100]
second: [{setting}=100, n=1]
other: []
third: [{setting}=100, lambda_intra=2]
""")
    assert main(words(people, tiny_file, tmp_path / "out", "--seeds", 0, 1, "--rows", file)) == 2
    out, err = capsys.readouterr()
    twin = "this row cannot be trained: it shares with first the stage that cannot be trained\n"
    assert out.count(twin) == 4
    assert out.count("this row cannot be trained: ") == 6
    assert "second (people, seed 1): it shares with first the stage" in err
    assert keys(tmp_path / "out") == [("people", 0, "other"), ("people", 1, "other")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "expected --parameter NAME with --values ..., or --rows FILE alone"),
        (["--parameter", "n"], "expected --parameter NAME with --values"),
        (["--values", "1"], "expected --parameter NAME with --values"),
        (["--rows", "gone.yaml", "--values", "1"], "or --rows FILE alone"),
        (["--rows", "gone.yaml"], "--rows gone.yaml cannot be read as YAML"),
        (["--parameter", "n", "--values", "0"], "labelling.memories is 0; expected at least 1"),
        (["--parameter", "bogus", "--values", "0"], "setting bogus=0: no such setting: bogus"),
        (["--parameter", "seed", "--values", "0", "1"], "has its seeds from --seeds"),
        (["--parameter", "n", "--values", "1", "--set", "seed=2"], "--set seed: a study has its"),
        (["--parameter", "n", "--values", "1", "--seeds", "-1"], "--seeds"),
        (["--parameter", "n", "--values", "1", "--seeds", "x"], "--seeds"),
        (["--parameter", "n", "--values", "1", "--test", "a", "b"], "--test has 2 for 1 data sets"),
        (["--parameter", "n", "--values", "1", "--flip", "--flip-both"], "not allowed with"),
        (["--parameter", "n", "--values", "1", "--threads", "0"], "--threads 0: expected at least"),
    ],
)
def test_options_that_cannot_be_used(people, tiny_file, tmp_path, mistake, options, message):
    out = tmp_path / "out"
    assert message in mistake(*words(people, tiny_file, out, *options))
    assert not out.exists()


@pytest.mark.parametrize(
    "text", ["", "- n=1\n", "one: n=1\n", "one: [1]\n", "one: [n=1\n", "{one: {n: 1}}"]
)
def test_files_of_rows_that_cannot_be_used(people, tiny_file, tmp_path, mistake, text):
    rows = tmp_path / "rows.yaml"
    rows.write_text(text)
    message = mistake(*words(people, tiny_file, tmp_path / "out", "--rows", rows))
    assert f"--rows {rows}" in message


def test_data_that_cannot_be_used(people, draw, tiny_file, tmp_path, mistake):
    options = ("--parameter", "n", "--values", 1)
    twin = draw(tmp_path / "people", cameras=(1, 3), images=1)
    message = mistake(*words([people, twin], tiny_file, tmp_path / "out", *options))
    assert "two data sets are called people" in message
    gone = mistake(*words([tmp_path / "gone"], tiny_file, tmp_path / "out", *options))
    assert "does not exist" in gone
    taken = tmp_path / "taken"
    taken.write_text("")
    message = mistake(*words(people, tiny_file, taken, *options))
    assert f"cannot write {taken}" in message
    assert "choose another --out" in message


def test_the_synthetic_recipe_is_the_default(people, tmp_path, mistake):
    last = load_recipe("synthetic").stages[-1].name
    message = mistake(
        "sweep", people, "--out", tmp_path / "out", "--parameter", f"stages.{last}.epochs",
        "--values", 0,
    )  # fmt: skip
    assert f"stage {last}: epochs is 0" in message


def test_torchrun_is_told_how_to_share_instead(people, tiny_file, tmp_path, mistake, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    options = ("--parameter", "n", "--values", 1)
    message = mistake(*words(people, tiny_file, tmp_path / "out", *options))
    assert "does not run under torchrun; start it several times with one --out" in message
