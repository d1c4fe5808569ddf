"""A run of version 0.1.0 stays readable: its network, its overview, its recipe."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.errors import CheckpointError
from vireid.models.extract import extract
from vireid.runs import Run, load_network
from vireid.runs.overview import describe_run
from vireid.training import TrainingState, first_state, pack, unpack

FORMER = Path(__file__).resolve().parents[1] / "fixtures" / "run-0.1.0"
PIXELS = np.random.default_rng(0).integers(0, 256, (8, 32, 16, 3), dtype=np.uint8)
MODALITY = np.array([0, 1] * 4)


@pytest.mark.parametrize("place", [FORMER, FORMER / "checkpoints" / "aligned.safetensors"])
def test_its_network_embeds_as_it_did(place):
    found = extract(load_network(place), PIXELS, MODALITY)
    np.testing.assert_allclose(found.vectors, np.load(FORMER / "vectors.npy"), atol=1e-6)


def test_its_recipe_is_read_with_terms_by_name():
    recipe = Run(FORMER).recipe()
    assert list(recipe.stages[-1].terms) == ["visible", "infrared", "matched", "intra", "inter"]
    assert {term.momentum for term in recipe.stages[0].terms.values()} == {0.1}
    assert recipe.labelling.temperature == 0.05
    assert [stage.name for stage in Run(FORMER).outline().stages] == ["intra", "joint", "aligned"]


def test_its_test_people_are_embedded_scored_and_listed(people, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(FORMER, run)
    assert main(["evaluate", str(run), str(people)]) == 0
    assert main(["embed", str(run), str(people), "--out", str(tmp_path / "x.npz")]) == 0
    query = str(people / "cam3" / "0009" / "0000.jpg")
    gallery = ["--modality", "infrared", "--gallery", str(tmp_path / "x.npz")]
    assert main(["search", str(run), query, *gallery]) == 0
    assert describe_run(run).stage == "aligned"


def test_a_state_of_0_1_0_is_refused_in_one_line(tiny):
    from vireid.runs import new_network

    network = new_network(tiny)
    state: TrainingState = first_state(network, tiny)
    tensors, values = pack(state)
    del values["format"]
    with pytest.raises(CheckpointError, match="format 1, expected 2: another version"):
        unpack(network, tiny, tensors, values)
