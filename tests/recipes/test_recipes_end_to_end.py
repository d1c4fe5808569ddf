"""The recipes of the paper and of the released code learn from synthetic images, end to end."""

import json
from pathlib import Path

import pytest

from tests.written import only
from vireid.cli.main import main
from vireid.recipes import load_recipe


def run(*words: object) -> None:
    assert main([str(word) for word in words]) == 0


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return synthetic data of 16 people to train on and 10 to test on."""
    folder = tmp_path_factory.mktemp("data") / "few"
    few = ("--identities", 16, "--test-identities", 10, "--seed", 100)
    run("synth", folder, *few, "--processes", 1)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mmm", "released"])
def test_a_recipe_learns_and_matches(name: str, few: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    stages = load_recipe(name).stages
    short = [f"stages.{stage.name}.iterations=12" for stage in stages]
    short += [f"stages.{stage.name}.epochs=3" for stage in stages]
    short += ["batch_labels=6", "height=64", "width=32"]
    run("train", few, "--recipe", name, "--out", out, "--set", *short)
    run("evaluate", out, few, "--every-stage")
    scores = only(out / "metrics.json")["stages"]
    assert scores["aligned"]["mAP"] > scores["before"]["mAP"] + 5
    last = json.loads((out / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["clusters"]["matched"] > 8
    assert last["ari"]["matched"] > 0.3
    assert last["pair_precision"] > 0.3
    assert last["losses"].keys() == {*stages[-1].terms, "total"}
