"""A row that goes on after shared stages is the training from the start, bit for bit."""

import json
from dataclasses import replace

import pytest
import torch

from vireid.data import load_pixels, open_data
from vireid.errors import CheckpointError, ConfigError
from vireid.recipes import dump_recipe, parse_recipe
from vireid.runs import Run
from vireid.runs.checkpoint import load_checkpoint
from vireid.runs.fingerprints import fingerprint
from vireid.runs.session import Session
from vireid.runs.snapshot import write_snapshot
from vireid.runs.states import branch_off
from vireid.runs.train_run import train_run
from vireid.studies import ablation_rows, shared_stages, with_settings
from vireid.studies.branch import Branch

FIRST = ("stages.joint.epochs=2", "stages.aligned.epochs=2")


@pytest.fixture(scope="module")
def data(people):
    return open_data(people)


@pytest.fixture(scope="module")
def recipe(tiny_text):
    return parse_recipe(tiny_text, FIRST)


@pytest.fixture(scope="module")
def branch(data, recipe, tmp_path_factory):
    """Return where a training of the recipe stood after its first stage, and the log until then."""
    folder = tmp_path_factory.mktemp("branch")
    run, file = Run(folder / "run"), folder / "joint.safetensors"

    def keep(stages, taken):
        pixels = load_pixels(data.train, (recipe.height, recipe.width))
        assert taken.metadata["data"] == fingerprint(data.train, pixels)
        if stages == 1:
            write_snapshot(file, taken)

    train_run(Session(data, recipe, run, keep=keep))
    lines = run.log_file.read_text().splitlines(keepends=True)[:2]
    return file, "".join(lines)


def epochs(run):
    """Return the log without what the clock says."""
    lines = [json.loads(line) for line in run.log_file.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def rows(recipe):
    last = recipe.stages[1]
    again = replace(last, init="pretrained")
    changed = {
        "another optimiser": replace(last, optimiser="sgd", learning_rate=0.01),
        "initial weights": again,
        "labels that stay": replace(last, relabel_every=0, recentre_every=1),
    }
    return {
        **{name: replace(recipe, stages=(recipe.stages[0], s)) for name, s in changed.items()},
        "clustering only": ablation_rows(recipe)["clustering only"],
        "other matching": with_settings(recipe, ["n=3", "matching=nearest"]),
    }


@pytest.mark.parametrize(
    "name",
    ["another optimiser", "initial weights", "labels that stay", "clustering only",
     "other matching"],
)  # fmt: skip
def test_a_row_is_bit_equal_to_a_training_from_the_start(data, recipe, branch, tmp_path, name):
    row = rows(recipe)[name]
    assert row != recipe
    assert shared_stages(row, recipe) == 1
    whole, late = Run(tmp_path / "whole"), Run(tmp_path / "late")
    train_run(Session(data, row, whole))
    file, log = branch
    late.folder.mkdir()
    late.log_file.write_text(log)
    late.recipe_file.write_text(dump_recipe(row))
    branch_off(late, file, row)
    train_run(Session(data, row, late, resume=True))
    assert epochs(late) == epochs(whole)
    one, other = (load_checkpoint(run.checkpoint_file("aligned"))[0] for run in (whole, late))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_other_images_are_refused(recipe, branch, draw, tmp_path):
    run = Run(tmp_path / "run")
    branch_off(run, branch[0], recipe)
    other = open_data(draw(tmp_path / "other", cameras=(1, 3)))
    with pytest.raises(ConfigError, match="was trained on other images"):
        train_run(Session(other, recipe, run, resume=True))


def test_only_a_state_of_the_same_network_will_do(recipe, branch, tmp_path):
    file, _ = branch
    run = Run(tmp_path / "run")
    wide = replace(recipe, network=replace(recipe.network, stripes=2))
    with pytest.raises(CheckpointError, match="the state belongs to another training"):
        branch_off(run, file, wide)
    with pytest.raises(CheckpointError, match="is not a file"):
        branch_off(run, tmp_path / "gone", recipe)
    network = file.parent / "run" / "checkpoints" / "joint.safetensors"
    with pytest.raises(CheckpointError, match="holds no state of a training"):
        branch_off(run, network, recipe)
    assert not list(run.folder.rglob("*.safetensors"))


def test_networks_that_shared_stages_did_not_keep_are_told(data, recipe, branch, tmp_path, caplog):
    state = tmp_path / "shared" / "joint.safetensors"
    state.parent.mkdir()
    state.write_bytes(branch[0].read_bytes())

    def take(name, *, with_networks):
        caplog.clear()
        run = Run(tmp_path / name)
        with caplog.at_level("INFO", "vireid"):
            Branch(run, recipe, data, {1: state}, with_networks).take()
        return [line for line in caplog.messages if "networks" in line]

    assert take("plain", with_networks=False) == []
    (line,) = take("lacks", with_networks=True)
    assert line.endswith(f"without --keep-checkpoints: {tmp_path / 'lacks'} lacks before, joint")
    for name in ("before", "joint"):
        state.with_name(f"joint-{name}.network").write_bytes(b"")
    assert take("has", with_networks=True) == []
    assert Run(tmp_path / "has").checkpoint_file("joint").is_file()
