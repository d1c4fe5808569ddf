"""The comparison of two checkouts finds every difference, and names no other."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"

LINE = {
    "stage": "aligned",
    "losses": {"cluster_nce/visible": 1.5, "intra/matched": 0.25, "total": 1.625},
    "clusters": {"visible": 3},
    "margin": {"visible": float("nan")},
    "seconds": {"steps": 1.0},
}


@pytest.fixture
def equal(monkeypatch):
    """Return the benchmark that compares."""
    monkeypatch.syspath_prepend(FOLDER)
    yield import_module("equal")
    for name in ("equal", "few_people"):
        sys.modules.pop(name, None)


@pytest.fixture
def runs(tmp_path):
    """Return two run folders of equal contents."""
    found = tmp_path / "old", tmp_path / "new"
    for run in found:
        (run / "checkpoints").mkdir(parents=True)
        write(run, [LINE, LINE])
        save(run, "before", np.zeros(3, np.float32))
        save(run, "aligned", np.array([1, -0.0, np.nan], np.float32))
    return found


def write(run, lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (run / "metrics.jsonl").write_text(text, encoding="utf-8")


def save(run, stage, values):
    save_file({"weight": values}, run / "checkpoints" / f"{stage}.safetensors")


def test_equal_runs_have_no_difference(equal, runs):
    assert equal.differences(*runs) == []


def test_seconds_names_of_losses_and_new_keys_are_no_difference(equal, runs):
    losses = {"visible": 1.5, "total": 1.625, "intra": 0.25}
    write(runs[1], [LINE | {"seconds": {}, "losses": losses, "memory": 1}] * 2)
    assert equal.differences(*runs) == []
    assert equal.keys(runs[1]) - equal.keys(runs[0]) == {"memory"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"losses": LINE["losses"] | {"total": 1.625 + 2**-52}}, "losses was [1.625, 1.5, 0.25]"),
        ({"losses": {"intra": 0.25, "visible": 1.5, "total": 1.625}}, "[1.625, 0.25, 1.5]"),
        ({"losses": {"visible": 1.5, "total": 1.625}}, "is [1.625, 1.5]"),
        ({"clusters": {"visible": 4}}, 'clusters was {"visible": 3}, is {"visible": 4}'),
        ({"margin": {"visible": 0.0}}, 'margin was {"visible": NaN}, is {"visible": 0.0}'),
    ],
)
def test_a_difference_of_the_logs_is_found(equal, runs, change, told):
    write(runs[1], [LINE, LINE | change])
    (found,) = equal.differences(*runs)
    assert found.startswith("epoch 2: ")
    assert told in found


def test_a_key_or_an_epoch_that_is_missing_is_found(equal, runs):
    write(runs[1], [{key: value for key, value in LINE.items() if key != "clusters"}, LINE])
    assert equal.differences(*runs) == ['epoch 1: clusters was {"visible": 3}, is null']
    write(runs[1], [LINE])
    assert all(text.startswith("epoch 2: ") for text in equal.differences(*runs))
    assert len(equal.differences(*runs)) == 4
    write(runs[1], [LINE] * 3)
    assert equal.differences(*runs) == ["epoch 3 is new"]


@pytest.mark.parametrize(
    "values",
    [
        np.array([1, 0.0, np.nan], np.float32),
        np.array([1, -0.0, np.nan], np.float64),
        np.array([[1, -0.0, np.nan]], np.float32),
        np.array([1 + 2**-23, -0.0, np.nan], np.float32),
    ],
)
def test_a_bit_of_a_checkpoint_is_found(equal, runs, values):
    save(runs[1], "aligned", values)
    assert equal.differences(*runs) == ["aligned.safetensors: weight differs"]


def test_a_checkpoint_or_a_tensor_of_one_only_is_found(equal, runs):
    save(runs[1], "clearest", np.zeros(1))
    save_file({"weight": np.zeros(3, np.float32), "bias": np.zeros(1)},
              runs[1] / "checkpoints" / "before.safetensors")  # fmt: skip
    assert equal.differences(*runs) == [
        "checkpoint clearest.safetensors in one only",
        "before.safetensors: bias in one only",
    ]


def test_without_pairs_a_run_shows_nothing(equal, runs):
    write(runs[0], [LINE | {"clusters": {"matched": 3}}])
    assert len(list(equal.too_small(runs[0]))) == 1
    write(runs[0], [LINE | {"clusters": {"matched": 4}}])
    assert list(equal.too_small(runs[0])) == []


def test_all_shipped_recipes_are_compared(equal):
    from vireid.recipes import load_recipe, names

    assert set(names()) == {*equal.SMALL, *equal.FULL}
    for name in names():
        recipe = load_recipe(name, equal.settings(name))
        assert {stage.name: stage.epochs for stage in recipe.stages} == equal.stages(name)
        assert equal.STOPS[-1][0] > sum(stage.epochs for stage in recipe.stages[:-1])
        assert equal.STOPS[-1][0] < sum(stage.epochs for stage in recipe.stages)


def test_an_older_checkout_is_asked_for_the_name_that_it_knows(equal, tmp_path):
    old = object.__new__(equal.Checkout)
    old.root = tmp_path
    (tmp_path / "vireid" / "recipes").mkdir(parents=True)
    (tmp_path / "vireid" / "recipes" / "sysu.yaml").touch()
    assert [old.name(recipe) for recipe in ("mmm-sysu", "adca", "mmm")] == ["sysu", "", ""]
    (tmp_path / "vireid" / "recipes" / "mmm-sysu.yaml").touch()
    assert old.name("mmm-sysu") == "mmm-sysu"
    from vireid.recipes import FORMER

    assert {today: former for former, today in FORMER.items()} == equal.FORMER


def test_a_folder_without_the_package_is_refused(tmp_path):
    words = [sys.executable, str(FOLDER / "equal.py"), str(tmp_path), str(FOLDER.parent)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path} holds no package vireid; expected a checkout\n"
