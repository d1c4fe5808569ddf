"""Only what trains imports the classes of a recipe, and only where the user names its file."""

import sys

import pytest

import vireid
from vireid.errors import ConfigError
from vireid.recipes import change_recipe, dump_recipe, load_recipe, parse_recipe
from vireid.runs import Run

MODULE = """
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

from vireid.terms import ClusterNCE

Path({mark!r}).write_text("imported")
Choice = OneOf["{choice}", "any"]


@dataclass(frozen=True)
class Mine(ClusterNCE):
    choice: Choice = "{choice}"
"""
TERM = "stages.aligned.terms.mine: {class_path: writes.Mine, init_args: {labels: matched}}"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a module that leaves a mark when it is imported, and a recipe."""

    def write(name, choice="one"):
        place = tmp_path / name
        place.mkdir()
        mark = place / "mark"
        (place / "writes.py").write_text(MODULE.format(mark=str(mark), choice=choice))
        (place / "mine.yaml").write_text(f"base: synthetic\nchanges: {{{TERM}}}\n")
        return place

    return write


@pytest.fixture
def run(folder, people, tiny_text, call, tmp_path, monkeypatch):
    """Return a run of such a recipe, and the mark; the module can be imported by its name."""
    place = folder("mine")
    found = tmp_path / "run"
    shipped = "{loss: triplet, labels: matched}"
    text = tiny_text.replace(shipped, "{class_path: writes.Mine, init_args: {labels: matched}}")
    assert text != tiny_text
    (place / "mine.yaml").write_text(text)
    call("train", people, "--recipe", place / "mine.yaml", "--out", found)
    mark = place / "mark"
    assert mark.exists()
    mark.unlink()
    del sys.modules["writes"]
    monkeypatch.syspath_prepend(place)
    monkeypatch.chdir(place)
    return found, mark


def test_what_reads_a_run_imports_nothing(run, people, call, tmp_path):
    out, mark = run
    weights = Run(out).checkpoint_file("aligned")
    call("evaluate", out, people, "--every-stage")
    call("evaluate", weights, people)
    call("embed", out, people, "--part", "test", "--out", tmp_path / "test.npz")
    assert str(out.name) in call("runs", tmp_path)
    vireid.load_network(out)
    vireid.load_network(weights)
    assert vireid.Run(out).outline().stages[-1].name == "aligned"
    with pytest.raises(ConfigError, match=r"writes\.Mine lies outside of vireid"):
        vireid.Run(out).recipe()
    image = next(people.glob("cam1/*/*.jpg"))
    gallery = tmp_path / "test.npz"
    call("search", out, image, "--modality", "visible", "--gallery", gallery, "--top", 2)
    (out / "timing.json").unlink()
    message = call("train", people, "--out", out, "--resume", code=2)
    assert message.count("\n") == 1
    assert "writes.Mine" in message
    assert "name the recipe's file again, with --recipe" in message
    assert not mark.exists()
    assert "writes" not in sys.modules


def test_a_text_of_a_recipe_imports_nothing(folder):
    place = folder("mine")
    with pytest.raises(ConfigError, match="is not imported here"):
        parse_recipe((place / "mine.yaml").read_text())
    assert not (place / "mark").exists()


def test_a_module_is_found_beside_its_recipe_alone(folder):
    one, other = folder("one"), folder("other")
    (other / "writes.py").unlink()
    load_recipe(one / "mine.yaml")
    assert (one / "mark").exists()
    elsewhere = other / "mine.yaml"
    sys.modules.pop("writes")
    with pytest.raises(ConfigError, match=r"class_path writes\.Mine cannot be imported"):
        load_recipe(elsewhere)


def test_two_recipes_may_have_modules_of_one_name(folder):
    places = [folder("one", "one"), folder("two", "two")]
    recipes = [load_recipe(place / "mine.yaml") for place in places]
    terms = [recipe.stages[-1].terms["mine"] for recipe in recipes]
    assert [term.choice for term in terms] == ["one", "two"]
    assert type(terms[0]) is not type(terms[1])
    for recipe, choice in zip(recipes, ("one", "two"), strict=True):
        setting = "stages.aligned.terms.mine"
        changed = change_recipe(recipe, [f"{setting}.weight=3", f"{setting}.choice=any"])
        mine = changed.stages[-1].terms["mine"]
        assert (mine.weight, mine.choice) == (3, "any")
        assert type(mine) is type(recipe.stages[-1].terms["mine"])
        with pytest.raises(ConfigError, match=f"expected {choice} or any"):
            change_recipe(recipe, [f"{setting}.choice=three"])
    assert dump_recipe(recipes[0]) != dump_recipe(recipes[1])


def test_a_module_is_not_taken_for_one_of_python_itself(folder):
    place = folder("mine")
    (place / "writes.py").rename(place / "json.py")
    (place / "mine.yaml").write_text(
        (place / "mine.yaml").read_text().replace("writes.Mine", "json.Mine")
    )
    with pytest.raises(ConfigError, match="has the name of another module"):
        load_recipe(place / "mine.yaml")
    assert not (place / "mark").exists()
