"""Which weights a run began from."""

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import timm

import vireid
from vireid.models import InitialWeights
from vireid.runs import Run, load_network
from vireid.runs import train_run as module
from vireid.runs.initial import initial_change, note_initial
from vireid.studies.run import run_study

HUB = InitialWeights("hub", "timm/resnet50.tv_in1k", "c0ffee", "ab" * 32)


@pytest.fixture
def weights(tmp_path):
    """Return a file of weights for the tiny network."""
    path = tmp_path / "first.safetensors"
    safetensors.torch.save_file(timm.create_model("test_efficientnet").state_dict(), path)
    return path


def other_weights(path):
    safetensors.torch.save_file(timm.create_model("test_efficientnet").state_dict(), path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def begun_from(recipe, file):
    return replace(recipe, network=replace(recipe.network, weights=str(file)))


def test_the_file_says_where_weights_come_from(tmp_path):
    run = Run(tmp_path)
    note_initial(run, HUB)
    assert InitialWeights(**json.loads(run.weights_file.read_text())) == HUB


def test_the_same_weights_from_elsewhere_are_no_change(tmp_path):
    run = Run(tmp_path)
    note_initial(run, HUB)
    assert initial_change(run, HUB) is None
    assert initial_change(run, InitialWeights("file", "/x/y", None, HUB.sha256)) is None


def test_other_weights_are_described(tmp_path):
    run = Run(tmp_path)
    note_initial(run, HUB)
    other = replace(HUB, revision=None, sha256="cd" * 32)
    assert initial_change(run, other) == (
        f"initial weights are others than {tmp_path} began from: timm/resnet50.tv_in1k c0ffee, "
        f"SHA-256 {'ab' * 32}; now timm/resnet50.tv_in1k, SHA-256 {'cd' * 32}"
    )


@pytest.mark.parametrize("text", [None, "", "[]", "{}", "3"])
def test_a_run_that_does_not_say_is_no_change(tmp_path, text):
    run = Run(tmp_path)
    if text is not None:
        run.weights_file.write_text(text)
    assert initial_change(run, HUB) is None


def test_a_training_writes_what_it_began_from(people, tiny, tmp_path, weights):
    run = vireid.train(people, tmp_path / "run", begun_from(tiny, weights))
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    said = InitialWeights(**json.loads(run.weights_file.read_text()))
    assert said == InitialWeights("file", str(weights), None, sha256)
    assert load_network(run).initial == InitialWeights(), "its weights are those of the checkpoint"


class EndedError(Exception):
    """Ends a training after its first epoch."""


def test_going_on_tells_of_other_initial_weights(
    people, tiny, tmp_path, weights, monkeypatch, caplog
):
    recipe, out = begun_from(tiny, weights), tmp_path / "run"
    keep = module.Keeper.keep

    def keep_and_end(keeper, event, embeddings=None):
        keep(keeper, event, embeddings)
        if isinstance(event, module.EpochEnded):
            raise EndedError

    with monkeypatch.context() as patch:
        patch.setattr(module.Keeper, "keep", keep_and_end)
        with pytest.raises(EndedError):
            vireid.train(people, out, recipe)
    before = Run(out).weights_file.read_text()
    sha256 = other_weights(weights)
    with caplog.at_level(logging.INFO, "vireid"):
        vireid.train(people, out, recipe, resume=True)
    said = [line for line in caplog.messages if "initial weights" in line]
    assert len(said) == 1
    assert said[0].endswith(f"now {weights}, SHA-256 {sha256}")
    assert Run(out).weights_file.read_text() == before


def test_rows_that_share_a_stage_share_what_it_began_from(people, tiny, tmp_path, weights, caplog):
    recipe, out = begun_from(tiny, weights), tmp_path / "study"
    last = replace(recipe.stages[1], epochs=1)
    again = replace(recipe, stages=(recipe.stages[0], replace(last, init="pretrained")))
    rows = {"one": replace(recipe, stages=(recipe.stages[0], last)), "two": again}
    run_study(rows, [people], out, seeds=[0], device="cpu")
    files = {path.parent.name: path.read_text() for path in sorted(out.rglob("weights.json"))}
    assert len(files) == 2
    assert len(set(files.values())) == 1
    before = hashlib.sha256(weights.read_bytes()).hexdigest()
    other_weights(weights)
    third = replace(recipe, stages=(recipe.stages[0], replace(last, epochs=2)))
    with caplog.at_level(logging.INFO, "vireid"):
        run_study({**rows, "three": third}, [people], out, seeds=[0], device="cpu")
    said = [line for line in caplog.messages if "initial weights" in line]
    assert len(said) == 1
    assert before in said[0].partition("; now")[0]
    texts = {json.loads(path.read_text())["sha256"] for path in Path(out).rglob("weights.json")}
    assert texts == {before}
