"""`vireid evaluate` of several runs at once: RegDB's folds, a run for each."""

import json
import shutil
from dataclasses import replace
from statistics import mean, stdev

import pytest

from tests.written import entries, only
from vireid.cli.main import main
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.synthetic import DEFAULTS, synthesise

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")

SMALL = {"identities": 4, "test_identities": 4, "visible_images": 2, "infrared_images": 2}
DIRECTIONS = ("visible-to-infrared", "infrared-to-visible")
SCORES = ["rank1", "rank5", "rank10", "rank20", "mAP", "mINP"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a small data set with ten folds."""
    root = tmp_path_factory.mktemp("folds") / "pairs"
    synthesise(root, replace(DEFAULTS["regdb"], height=32, width=16, **SMALL), processes=1)
    return root


@pytest.fixture
def folds(tmp_path, tiny):
    """Return three runs of untrained networks, of folds 1, 4 and 10."""
    runs = []
    for fold in (1, 4, 10):
        run, recipe = Run(tmp_path / "runs" / f"fold-{fold}"), replace(tiny, seed=fold)
        run.folder.mkdir(parents=True)
        name = f"pairs (RegDB layout), fold {fold}"
        run.data_file.write_text(json.dumps({"name": name, "fold": fold}))
        save_network(run, BEFORE, new_network(recipe), recipe)
        run.recipe_file.write_text(dump_recipe(recipe))
        runs.append(run.folder)
    return runs


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


def test_the_mean_is_that_of_the_runs_each_on_its_own_fold(folds, data, capsys):
    go(*folds, data)
    out = capsys.readouterr().out
    found = only(folds[0].parent / "runs.json")
    assert out.endswith(f"written: {folds[0].parent / 'runs.json'}\n")
    assert found["protocol"] == "RegDB, visible-to-infrared"
    assert [run["fold"] for run in found["runs"]] == [1, 4, 10]
    assert [run["run"] for run in found["runs"]] == [str(run) for run in folds]
    tables = []
    for run, expected in zip(folds, found["runs"], strict=True):
        tables.append(only(run / "evaluation.json")["stages"][BEFORE]["mean"])
        metrics = only(run / "metrics.json")
        assert metrics["stages"][BEFORE] == expected["stages"][BEFORE] == tables[-1]
        assert metrics["data"] == expected["data"] == f"pairs (RegDB layout), fold {run.name[5:]}"
    assert len({table["mAP"] for table in tables}) == 3, "three networks on three folds"
    stage = found["stages"][BEFORE]
    assert stage["runs"] == 3
    assert list(stage["mean"]) == list(stage["spread"]) == SCORES
    for name in SCORES:
        values = [table[name] for table in tables]
        assert stage["mean"][name] == pytest.approx(mean(values), abs=1e-9)
        assert stage["spread"][name] == pytest.approx(stdev(values), abs=1e-9)
    start = out.index("mean ± standard deviation over runs, %")
    line = out[start:].splitlines()[2]
    assert line.startswith("RegDB, visible-to-infrared  before")
    for name in SCORES:
        assert f"{stage['mean'][name]:.1f} ± {stage['spread'][name]:.1f}" in line
    capsys.readouterr()
    assert main(["runs", "--mean", *map(str, folds)]) == 0
    assert line in capsys.readouterr().out, "the same table"


def test_each_run_gives_what_it_gives_alone(folds, data, tmp_path):
    go(*folds, data, "--direction", "infrared-to-visible", "--out", tmp_path / "together")
    for run in folds:
        go(run, data, "--direction", "infrared-to-visible", "--out", tmp_path / "alone")
        one, other = (
            json.loads((place / "evaluation.json").read_text())
            for place in (tmp_path / "alone", tmp_path / "together" / run.name)
        )
        assert one == other
    assert (tmp_path / "together" / "runs.json").is_file()
    assert not (folds[0].parent / "runs.json").exists()


def test_weights_know_their_fold_too_and_options_may_stand_anywhere(folds, data, tmp_path):
    files = [
        shutil.copy(Run(run).checkpoint_file(BEFORE), tmp_path / f"{run.name}.safetensors")
        for run in folds
    ]
    go(files[0], "--direction", "infrared-to-visible", *files[1:], data)
    found = only(tmp_path / "runs.json")
    assert [run["fold"] for run in found["runs"]] == [1, 4, 10]
    assert found["protocol"] == "RegDB, infrared-to-visible"
    assert (tmp_path / "fold-4-evaluation" / "evaluation.json").is_file()


def test_means_of_protocols_stand_side_by_side(folds, data):
    file = folds[0].parent / "runs.json"
    old = {"protocol": "RegDB, visible-to-infrared", "stages": {}, "runs": []}  # of version 0.1.0
    file.write_text(json.dumps(old))
    go(*folds[:2], data)
    first = entries(file)
    go(*folds[:2], data, "--direction", "infrared-to-visible")
    found = entries(file)
    assert found.items() > first.items()
    assert list(found) == [f"RegDB, {one}, 1 draw" for one in DIRECTIONS]
    words = ("--protocol", "sysu", "--mode", "all", "indoor", "--draws", "1")
    assert main(["evaluate", *map(str, (*folds[:2], data, *words))]) == 2, "other cameras"
    assert entries(file) == found


def test_mistakes_are_found_before_anything_is_evaluated(folds, data, tmp_path, mistake):
    words = (folds[0], folds[1])
    assert "holds no recipe.yaml" in mistake("evaluate", *words, tmp_path / "nowhere", data)
    assert "named twice; name each run once" in mistake("evaluate", *words, words[0], data)
    other = shutil.copytree(words[0], tmp_path / "other" / words[0].name)
    out = ("--out", tmp_path / "out")
    assert "fold-1: named twice; leave --out out" in mistake("evaluate", *words, other, data, *out)
    for fold, other in ((4, 1), (1, 4)):
        found = mistake("evaluate", *words, data, "--fold", fold)
        assert f"fold-{other} was trained on fold {other}" in found, "also if it is the second"
    assert "fold-4 has no stage joint" in mistake("evaluate", words[1], data, "--stage", "joint")
    (words[1] / "metrics.json").write_text("{")
    assert "fold-4/metrics.json is damaged" in mistake("evaluate", *words, data)
    shutil.rmtree(words[1] / "checkpoints")
    assert "fold-4 holds no checkpoint" in mistake("evaluate", *words, data)
    assert "required: data" in mistake("evaluate", words[0])
    assert not list(folds[0].parent.rglob("evaluation.json"))
