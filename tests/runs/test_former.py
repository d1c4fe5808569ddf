"""Going on from an earlier run's network."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

import vireid
from vireid.data.sample import left_with
from vireid.errors import CheckpointError, DataError
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.runs.checkpoint import load_checkpoint, save_checkpoint
from vireid.runs.claim import write_settings
from vireid.runs.former import find_former
from vireid.runs.held_out import check_held_out
from vireid.runs.initial import former_data, note_initial

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")


@pytest.fixture(scope="module")
def former(people, tiny, tmp_path_factory):
    """Return a run of another seed on the fake people, with the network before training alone."""
    run = Run(tmp_path_factory.mktemp("former") / "run")
    run.folder.mkdir()
    recipe = replace(tiny, seed=7)
    write_settings(run, vireid.open_data(people), recipe)
    save_network(run, BEFORE, new_network(recipe), recipe)
    return run


def from_(recipe, weights):
    return replace(recipe, network=replace(recipe.network, weights=str(weights)))


def same(network, tensors):
    state = network.state_dict()
    assert state.keys() == tensors.keys()
    return all(torch.equal(state[name], tensors[name]) for name in state)


@pytest.mark.parametrize("how", ["folder", "stage", "file"])
def test_a_network_begins_with_all_weights_of_the_run(former, tiny, how):
    file = former.checkpoint_file(BEFORE)
    named = {"folder": former.folder, "stage": f"{former.folder}@{BEFORE}", "file": file}[how]
    tensors, _ = load_checkpoint(file)
    network = new_network(from_(tiny, named))
    assert same(network, tensors)
    assert not same(new_network(tiny), tensors), "another seed draws other weights"
    initial = network.initial
    assert (initial.way, initial.source, initial.revision) == ("run", str(file.resolve()), BEFORE)
    assert len(initial.sha256 or "") == 64


@pytest.mark.parametrize("weights", ["none", "pip", "hub", "hub@main", "torchvision", "x.pth"])
def test_other_weights_are_no_run(weights):
    assert find_former(weights) is None


def test_a_network_of_other_settings_is_refused_with_what_to_set(former, tiny):
    other = replace(tiny.network, stripes=2, last_stride=2, weights=str(former.folder))
    with pytest.raises(CheckpointError) as caught:
        new_network(replace(tiny, network=other, height=64))
    said = str(caught.value)
    assert "network.stripes 1 there and 2 here" in said
    assert said.endswith("--set network.stripes=1 network.last_stride=1 height=32")
    assert "\n" not in said


@pytest.mark.parametrize(("name", "expected"), [("empty", "no recipe.yaml"), ("stage", "no stage")])
def test_a_folder_without_the_network_is_refused(former, tiny, tmp_path, name, expected):
    named = {"empty": tmp_path, "stage": f"{former.folder}@aligned"}[name]
    with pytest.raises(CheckpointError, match=expected):
        new_network(from_(tiny, named))


@pytest.mark.parametrize("wrong", ["nan", "shape", "recipe"])
def test_a_checkpoint_that_is_not_what_it_says_is_refused(former, tiny, tmp_path, wrong):
    tensors, metadata = load_checkpoint(former.checkpoint_file(BEFORE))
    name = next(name for name, value in tensors.items() if value.ndim == 4)
    expected = {"nan": "NaN or infinite", "shape": "not what its recipe", "recipe": "no recipe"}
    if wrong == "nan":
        tensors[name].view(-1)[0] = float("nan")
    if wrong == "shape":
        tensors[name] = tensors[name][:1]
    if wrong == "recipe":
        del metadata["recipe"]
    save_checkpoint(tmp_path / "x.safetensors", tensors, metadata)
    with pytest.raises(CheckpointError, match=expected[wrong]):
        new_network(from_(tiny, tmp_path / "x.safetensors"))


def test_a_training_goes_on_from_it_and_says_so(former, people, tiny, tmp_path):
    short = replace(from_(tiny, former.folder), stages=tiny.stages[:1])
    run = vireid.train(people, tmp_path / "run", short, cache="none")
    assert same(
        vireid.load_network(run, BEFORE), load_checkpoint(former.checkpoint_file(BEFORE))[0]
    )
    told = json.loads(run.weights_file.read_text())
    assert told["way"] == "run"
    assert told["trained_on"] == [json.loads(former.data_file.read_text())]


def test_images_of_the_earlier_training_are_not_held_out(former, people, tiny, tmp_path):
    run, data = Run(tmp_path / "later"), vireid.open_data(people)
    run.folder.mkdir()
    write_settings(run, left_with(data, np.arange(3), (3, 0)), tiny)
    note_initial(run, new_network(from_(tiny, former.folder)).initial)
    with pytest.raises(DataError, match="or a run that it began from was trained on 1 of these"):
        check_held_out(run, data.train.plus(data.test).subset([9, -1]), people, named=True)
    check_held_out(run, data.test, people, named=True)


def test_a_run_knows_all_that_it_began_from(former, people, tiny, tmp_path):
    second = Run(tmp_path / "second")
    shutil.copytree(former.folder, second.folder)
    note_initial(second, new_network(from_(tiny, former.folder)).initial)
    third = Run(tmp_path / "third")
    third.folder.mkdir()
    note_initial(third, new_network(from_(tiny, second.folder)).initial)
    assert [one["name"] for one in former_data(third)] == [vireid.open_data(people).name] * 2
    assert former_data(former) == []
