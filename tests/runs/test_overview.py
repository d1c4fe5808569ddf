"""What became of a run, told from its folder."""

import fcntl
import json
from dataclasses import replace

import pytest
import torch

from vireid.errors import DataError
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run
from vireid.runs.checkpoint import save_checkpoint
from vireid.runs.overview import describe_run, find_runs, is_locked
from vireid.studies.leaving import lighten

LAST = {
    "stage": "aligned", "epoch": 1, "epochs": 2, "step": 4, "seconds": {"steps": 1.0},
    "clarity": 0.5, "margin": {"visible": 0.25, "infrared": 0.75}, "stability": {},
}  # fmt: skip
FIRST = {**LAST, "stage": "joint", "epochs": 1, "step": 2, "seconds": {"steps": 2.0}}
SCORES = {"rank1": 50.0, "mAP": 40.0}


@pytest.fixture
def run(tmp_path, tiny):
    """Return a run of one and two epochs, two steps each, killed after the second epoch."""
    run = Run(tmp_path / "below" / "here" / "run")
    run.folder.mkdir(parents=True)
    run.recipe_file.write_text(dump_recipe(replace(tiny, seed=7)))
    run.data_file.write_text(json.dumps({"name": "people", "fold": None}))
    run.log_file.write_text("".join(json.dumps(line) + "\n" for line in (FIRST, LAST)))
    run.lock_file.touch()
    checkpoints(run, BEFORE, "joint")
    state(run, 2, 0)
    return run


def checkpoints(run, *stages):
    for stage in stages:
        save_checkpoint(run.checkpoint_file(stage), {}, {})


def state(run, epochs, step):
    values = {"stage": min(epochs, 1), "epoch": max(epochs - 1, 0), "step": step}
    values = {"stage": 2, "epoch": 0, "step": 0} if epochs == 3 else values
    file = run.folder / "states" / f"{epochs:05d}-{step:06d}.safetensors"
    save_checkpoint(file, {}, {"state": json.dumps(values), "data": "2 images"})
    return file


def finish(run):
    for file in (run.folder / "states").iterdir():
        file.unlink()
    checkpoints(run, "aligned")
    run.timing_file.write_text("{}")


def test_all_that_is_known_of_an_interrupted_run(run):
    found = describe_run(run.folder)
    assert (found.folder, found.state, found.reason) == (str(run.folder), "interrupted", None)
    assert found.resumes_at == "aligned 2/2"
    assert (found.recipe, found.seed, found.data) == ("test_efficientnet 32x16", 7, "people")
    assert (found.stage, found.epoch, found.epochs) == ("aligned", 1, 2)
    assert (found.progress, found.seconds) == (4 / 6, 3.0)
    assert found.signals == {"clarity": 0.5, "margin": 0.5}
    assert (found.scored, found.scores) == (None, {})


@pytest.mark.parametrize(
    ("epochs", "step", "place"),
    [(0, 1, "joint 1/1, step 2/2"), (1, 0, "aligned 1/2"), (3, 0, "the end")],
)
def test_where_a_run_goes_on(run, epochs, step, place):
    (run.folder / "states" / "00002-000000.safetensors").unlink()
    state(run, epochs, step)
    found = describe_run(run.folder)
    assert (found.state, found.resumes_at) == ("interrupted", place)


def test_a_run_that_saved_nothing_yet_goes_on_at_its_beginning(run):
    (run.folder / "states" / "00002-000000.safetensors").unlink()
    run.log_file.unlink()
    found = describe_run(run.folder)
    assert (found.state, found.resumes_at) == ("interrupted", "joint 1/1")
    assert (found.stage, found.progress, found.seconds) == (None, 0.0, None)


def test_a_run_is_running_as_long_as_its_lock_is_held(run, tmp_path):
    starting = tmp_path / "starting"
    starting.mkdir()
    with run.lock_file.open("w") as lock, (starting / ".lock").open("w") as other:
        for held in (lock, other):
            fcntl.flock(held, fcntl.LOCK_EX)
        found = describe_run(run.folder)
        assert (found.state, found.resumes_at, found.epoch) == ("running", None, 1)
        assert [describe_run(one).state for one in find_runs([tmp_path])] == ["running"] * 2
    assert not is_locked(run.folder)
    assert describe_run(run.folder).state == "interrupted"
    assert list(find_runs([tmp_path])) == [run.folder], "the other one never began"


def test_finished_and_evaluated(run):
    finish(run)
    assert describe_run(run.folder).state == "finished"
    table = {"joint": {"rank1": 1.0}, "aligned": SCORES, "before": {"rank1": 2.0}, "seed": 7}
    for stages, scored in ((("before",), "before"), (("aligned", "joint", "before"), "aligned")):
        metrics = {name: table[name] for name in (*stages, "seed")}
        run.metrics_file.write_text(json.dumps(metrics | {"seconds": {"evaluation": 1.0}}))
        found = describe_run(run.folder)
        assert (found.state, found.scored, found.scores) == ("evaluated", scored, table[scored])


def spoil(name, content):
    def do(run):
        file = run.folder / name
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)

    return do


def lose_checkpoint(run):
    finish(run)
    run.checkpoint_file("joint").unlink()


def truncate_checkpoint(run):
    finish(run)
    file = run.checkpoint_file("aligned")
    save_checkpoint(file, {"a": torch.zeros(100)}, {})
    file.write_bytes(file.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (spoil("recipe.yaml", None), "holds no recipe.yaml"),
        (spoil("recipe.yaml", b"\xff\xfe"), "is damaged"),
        (spoil("recipe.yaml", b"height: 7\nbogus: 1"), "stages is missing"),
        (spoil("recipe.yaml", b"stages: []\nheight: tall"), "height is 'tall'"),
        (spoil("recipe.yaml", b""), "holds no settings"),
        (spoil("data.json", b"{"), "data.json is damaged"),
        (spoil("metrics.json", b"[]"), "metrics.json is damaged: it holds no object"),
        (spoil("metrics.json", b'{"aligned": 3}'), "metrics.json is damaged: its stages are no ob"),
        (spoil("metrics.json", b'{"protocols": [1]}'), "metrics.json is damaged: its protocols"),
        (spoil("metrics.json", b'{"protocols": {"p": {"stages": 3}}}'), "its protocols are no ob"),
        (spoil("metrics.jsonl", b"\xff\xfe\n"), "files are damaged"),
        (spoil("metrics.jsonl", b"{}\n"), "files are damaged: 'stage'"),
        (spoil("metrics.jsonl", b"3\n"), "files are damaged"),
        (spoil("states/00002-000000.safetensors", b"torn"), "no state of"),
        (lose_checkpoint, "lacks the checkpoint of stage joint"),
        (truncate_checkpoint, "aligned.safetensors is damaged"),
    ],
)
def test_what_is_damaged_is_named(run, damage, reason):
    damage(run)
    found = describe_run(run.folder)
    assert found.state == "damaged"
    assert reason in found.reason
    assert "\n" not in found.reason
    assert list(find_runs([run.folder])) == [run.folder], "it is listed all the same"


def test_a_run_whose_networks_were_taken_away_is_not_damaged(run):
    finish(run)
    lighten(run)
    found = describe_run(run.folder)
    assert (found.state, found.reason, found.stage) == ("without networks", None, "aligned")


def test_an_older_state_serves_where_the_newest_is_torn(run):
    newest = state(run, 2, 1)
    newest.write_bytes(newest.read_bytes()[:-1])
    assert describe_run(run.folder).resumes_at == "aligned 2/2"


def test_a_folder_that_may_not_be_read_is_damaged(run, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vireid.runs.overview.read_lines", refuse)
    assert "Permission denied" in describe_run(run.folder).reason


def test_runs_are_found_at_any_depth_and_nothing_else_is(run, tmp_path):
    for name in ("a", "data/cam1/0001", ".hidden/run", "below/here/run/checkpoints/x"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    for name in ("a", ".hidden/run", "below/here/run/checkpoints/x"):
        (tmp_path / name / "recipe.yaml").touch()
    (tmp_path / "data" / "metrics.json").touch()
    assert list(find_runs([tmp_path])) == [tmp_path / "a", run.folder]
    assert list(find_runs([run.folder])) == [run.folder]
    with pytest.raises(DataError, match="is no folder; expected"):
        list(find_runs([tmp_path / "nowhere"]))
