"""Which stage of a run is used where none is named."""

import pytest

import vireid
from vireid.cli.main import main
from vireid.errors import CheckpointError
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, load_network, new_network, save_network


@pytest.fixture
def run(tmp_path, tiny):
    """Return a run that stopped in its first stage."""
    run = Run(tmp_path / "run")
    save_network(run, BEFORE, new_network(tiny), tiny)
    run.recipe_file.write_text(dump_recipe(tiny))
    return run


def test_a_training_that_has_not_ended_is_told(run, tiny, people):
    with pytest.warns(UserWarning, match="lacks joint, aligned: the network before training is"):
        vireid.embed(run, people, part="test")
    save_network(run, "joint", new_network(tiny), tiny)
    with pytest.warns(UserWarning, match=r"lacks aligned: stage joint is used; .* --resume"):
        load_network(run)
    save_network(run, "aligned", new_network(tiny), tiny)
    load_network(run)
    load_network(run, "joint")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("option", [(), ("--every-stage",)])
def test_the_command_tells_it_once(run, people, tmp_path, capsys, option):
    words = ["evaluate", run.folder, people, "--out", tmp_path / "out", *option]
    assert main([str(word) for word in words]) == 0
    assert capsys.readouterr().err.count("the network before training is used") == 1


def test_a_finished_run_without_its_last_checkpoint_is_refused(run, tiny, people):
    save_network(run, "joint", new_network(tiny), tiny)
    run.timing_file.write_text("{}")
    for use in (load_network, lambda run: vireid.embed(run, people)):
        with pytest.raises(CheckpointError, match=r"no checkpoint of aligned; name .*joint\.safe"):
            use(run)
    with pytest.raises(CheckpointError, match="no checkpoint of aligned"):
        vireid.evaluate(run, people)
    load_network(run, "joint")
