"""The run folder."""

from dataclasses import replace

import pytest
import torch

from vireid.data import open_data
from vireid.errors import CheckpointError, ConfigError
from vireid.recipes import dump_recipe, parse_recipe, read_outline
from vireid.runs import (
    BEFORE,
    CLEAREST,
    Origin,
    Run,
    keep_clearest,
    load_network,
    new_network,
    open_weights,
    save_network,
)
from vireid.runs.checkpoint import load_checkpoint, save_checkpoint
from vireid.runs.claim import write_settings

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")


@pytest.fixture
def run(tmp_path, tiny):
    """Return a run that stopped after its first stage; the stages' necks tell them apart."""
    run = Run(tmp_path / "run")
    for number, stage in enumerate((BEFORE, "joint")):
        network = new_network(tiny)
        torch.nn.init.constant_(network.neck.weight, number + 2)
        save_network(run, stage, network, tiny)
    run.recipe_file.write_text(dump_recipe(tiny))
    return run


def test_finished_stages_come_in_the_order_of_training(run, tiny):
    assert run.recipe() == tiny
    assert run.stages() == ["before", "joint"]
    save_network(run, "aligned", new_network(tiny), tiny)
    assert run.stages() == ["before", "joint", "aligned"]
    run.checkpoint_file("joint").unlink()
    assert run.stages() == ["before", "aligned"]


@pytest.mark.parametrize(("stage", "number"), [(None, 3), ("joint", 3), ("before", 2)])
def test_the_last_finished_stage_is_loaded_unless_one_is_named(run, stage, number):
    network = load_network(run, stage)
    assert not network.training
    assert (network.neck.weight == number).all()


def test_only_clearer_labels_replace_the_clearest(run, tiny):
    with pytest.raises(CheckpointError, match="has no stage clearest"):
        load_network(run, CLEAREST)
    for number, clarity in ((5, 0.25), (6, 0.5), (7, 0.375), (8, 0.5)):
        network = new_network(tiny)
        torch.nn.init.constant_(network.neck.weight, number)
        keep_clearest(run, network.state_dict(), tiny, clarity)
    assert (load_network(run, CLEAREST).neck.weight == 6).all()
    assert run.stages() == ["before", "joint"]
    assert (load_network(run).neck.weight == 3).all()


def test_a_checkpoint_can_be_read_alone(run, tiny):
    tensors, metadata = load_checkpoint(run.checkpoint_file("joint"))
    assert metadata["stage"] == "joint"
    assert parse_recipe(metadata["recipe"]) == tiny
    assert tensors.keys() == new_network(tiny).state_dict().keys()


def test_loading_needs_no_initial_weights(run, tiny):
    gone = replace(tiny, network=replace(tiny.network, weights="gone.safetensors"))
    run.recipe_file.write_text(dump_recipe(gone))
    assert load_network(run)
    with pytest.raises(CheckpointError, match=r"gone\.safetensors"):
        new_network(gone)


def test_the_seed_makes_the_initial_weights(tiny):
    one, again = new_network(tiny).state_dict(), new_network(tiny).state_dict()
    other = new_network(replace(tiny, seed=1)).state_dict()
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_what_is_missing_or_damaged_is_named(run, tmp_path):
    with pytest.raises(CheckpointError, match=r"holds no recipe\.yaml"):
        Run(tmp_path).stages()
    with pytest.raises(CheckpointError, match="has no stage aligned; it has: before, joint"):
        load_network(run, "aligned")
    for file in run.checkpoint_file("joint").parent.iterdir():
        file.unlink()
    with pytest.raises(CheckpointError, match="it has: none yet"):
        load_network(run)
    run.recipe_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CheckpointError, match=r"recipe\.yaml is damaged"):
        run.recipe()
    run.recipe_file.write_text("height: [")
    with pytest.raises(ConfigError, match=r"recipe\.yaml: "):
        run.recipe()


def test_a_checkpoint_away_from_its_run_is_a_network(run, tiny, tmp_path):
    assert run.origin() == Origin()
    run.data_file.write_text('{"name": "RegDB, fold 4", "fold": 4}')
    save_network(run, "aligned", new_network(tiny), tiny)
    keep_clearest(run, load_network(run, "aligned").state_dict(), tiny, 0.5)
    known = Origin("RegDB, fold 4", 4)
    for stage, origin in (("joint", Origin()), ("aligned", known), ("clearest", known)):
        file = run.checkpoint_file(stage).rename(tmp_path / f"{stage}.safetensors")
        weights = open_weights(file)
        assert (weights.stage, weights.origin) == (stage, origin)
        assert weights.recipe == read_outline(dump_recipe(tiny))
        assert not weights.network.training
        assert (weights.network.neck.weight == 3).all() == (stage == "joint")
    save_checkpoint(file, {}, {})
    with pytest.raises(CheckpointError, match="holds no recipe"):
        open_weights(file)


def test_a_run_says_what_labelled_unless_an_older_version_began_it(people, tiny, tmp_path):
    run, data = Run(tmp_path), open_data(people)
    write_settings(run, data, tiny)
    assert (run.says_labeller(), run.labeller_name()) == (True, None)
    write_settings(run, data, tiny, labeller="a.B")
    write_settings(run, data, tiny)
    assert run.labeller_name() == "a.B"
    run.data_file.write_text('{"name": "people", "fold": null}')
    write_settings(run, data, tiny)
    assert not run.says_labeller()
