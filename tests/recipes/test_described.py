"""Recipes with a comment over each key."""

import dataclasses
import math
import re
import sys
from dataclasses import dataclass, replace

import pytest
import yaml

from vireid.config import Recipe, StepConfig
from vireid.errors import ConfigError
from vireid.labelling import MultiMemoryMatching
from vireid.recipes import dump_recipe, foreign_classes, load_recipe, names, parse_recipe
from vireid.recipes.classes import Classes
from vireid.recipes.described import describe_recipe
from vireid.recipes.explained import explained, type_words, without_none
from vireid.terms import SHIPPED, ClusterNCE, Term, Triplet
from vireid.types import LabelSpace


@dataclass(frozen=True)
class Pull(Triplet):
    """Draws what is near nearer.

    A term of a test.
    """

    reach: float = 2.5
    """How far it reaches (more than 0)."""
    kinds: tuple[str, ...] = ("a",)


@dataclass(frozen=True)
class Sides(MultiMemoryMatching):
    """Labels by side."""

    depth: int = 3
    """How deep it looks (at least 1)."""

    def spaces(self):
        """Return other names than usual."""
        return {"left": LabelSpace(), "right": LabelSpace()}


@pytest.fixture
def foreign():
    """Return a recipe with a labeller and a term from outside the package."""
    term = Pull("left", weight=2.0, reach=1.5)
    plain = load_recipe("synthetic")
    stage = replace(plain.stages[0], terms={"pull": term}, sample_by="right")
    return replace(plain, stages=(stage,), labelling=Sides(depth=4))


def comments(text):
    """Return the comment over each key, in order."""
    found, above = [], []
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("#"):
            above.append(bare.removeprefix("# "))
        else:
            found.append((bare.removeprefix("- ").partition(":")[0], " ".join(above)))
            above = []
    return found


@pytest.mark.parametrize("name", [n for n in names() if not n.endswith(("-regdb", "-llcm"))])
def test_what_is_printed_is_read_back_to_an_equal_recipe(name):
    recipe = load_recipe(name)
    text = describe_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert describe_recipe(dump_recipe(recipe)) == text, "the text of a run says the same"
    assert all(comment for _, comment in comments(text)), "a comment over each key"
    assert max(map(len, text.splitlines())) <= 100


def test_further_steps_and_a_teacher_are_described_too():
    plain = load_recipe("synthetic")
    step = StepConfig({"again": ClusterNCE("mixed")}, "mixed")
    stage = replace(plain.stages[1], then=(step,))
    recipe = parse_recipe(dump_recipe(replace(plain, stages=(stage,))), ["teacher.momentum=0.5"])
    text = describe_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert all(comment for _, comment in comments(text))
    assert ("momentum", "Share of its old weights that the teacher keeps at each iteration, in "
            "[0, 1). [a number; default 0.999]") in comments(text)  # fmt: skip


def test_a_comment_says_meaning_range_type_choices_and_default():
    found = comments(describe_recipe(load_recipe("synthetic")))
    said = dict(found)
    assert said["height"] == (
        "Height of the network's input in pixels (at least 1). [a whole number; default 288]"
    )
    assert said["matching"].endswith(
        "[one of hungarian, progressive, nearest; default progressive]"
    )
    spaces = [text for name, text in found if name == "labels"]
    assert spaces[0].endswith("[one of visible, infrared, mixed, matched; required]")
    assert said["sample_by"].endswith("[one of own, mixed, matched; default own]")
    assert said["teacher"].endswith("[settings (momentum, used_for), or null; default null]")
    assert said["depth"].endswith("[a whole number, or null; default null]")
    assert said["milestones"].endswith("[a list of numbers; default [0.6]]")
    assert "cluster_nce" in said["loss"]
    ranges = [text for name, text in found if name == "k1"]
    assert [re.search(r"default (\d+)", text)[1] for text in ranges] == ["30", "40"]


def test_foreign_classes_are_described_by_their_own_docstrings(foreign):
    text = describe_recipe(foreign)
    assert parse_recipe(text, classes=Classes(loaded=foreign_classes(foreign))) == foreign
    said = dict(comments(text))
    assert said["pull"] == "Draws what is near nearer."
    assert said["reach"] == "How far it reaches (more than 0). [a number; default 2.5]"
    assert said["kinds"] == "[a list of texts; default [a]]"
    assert said["margin"].startswith("How much closer"), "inherited settings are known too"
    spaces = [text for name, text in comments(text) if name == "labels"]
    assert spaces[0].endswith("[one of left, right; required]")
    assert said["sample_by"].endswith("[one of own, left, right; default own]")
    assert ("class_path", "Labels by side. [MODULE.CLASS]") in comments(text)
    assert "How deep it looks (at least 1). [a whole number; default 3]" in text


def test_what_a_text_names_is_not_imported(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    mark = tmp_path / "imported"
    (tmp_path / "vireid_probe.py").write_text(f"open({str(mark)!r}, 'w')")
    settings = yaml.safe_load(dump_recipe(load_recipe("synthetic")))
    part = {"class_path": "vireid_probe.Part", "init_args": {"k": 3, "inner": {"a": [1, 2]}}}
    settings["stages"][0]["terms"]["mine"] = part
    settings["labelling"] = {"class_path": "vireid_probe.Labeller"}
    text = describe_recipe(yaml.safe_dump(settings, sort_keys=False))
    read = yaml.safe_load(text)
    settings["labelling"]["init_args"] = {}
    assert read == settings
    assert list(read["stages"][0]["terms"]) == ["visible", "infrared", "mine"]
    said = dict(comments(text))
    assert said["mine"] == "A term that is not known here."
    assert "Not imported here" in said["class_path"]
    assert said["labels"].endswith("[text; required]"), "its label spaces are not known"
    assert said["epochs"].endswith("(at least 1). [a whole number; required]")
    assert not mark.exists()
    assert "vireid_probe" not in sys.modules


def test_a_text_of_another_version_is_shown_as_far_as_it_is_known():
    settings = yaml.safe_load(dump_recipe(load_recipe("synthetic")))
    settings["stages"][0]["terms"] = {"new": {"loss": "newer", "labels": "mixed", "power": 2}}
    settings["novelty"] = {"deep": True}
    assert yaml.safe_load(describe_recipe(yaml.safe_dump(settings, sort_keys=False))) == settings
    for text in ("", "[1]", "a: ["):
        with pytest.raises(ConfigError, match=r"holds no settings|no valid YAML"):
            describe_recipe(text)


def classes():
    """Return all classes of settings that ship."""
    found, left = [], [Recipe, *SHIPPED, MultiMemoryMatching, StepConfig]
    while left:
        kind = left.pop()
        if kind not in found:
            found.append(kind)
            for setting in explained(kind).values():
                bare = without_none(setting.hint)
                inner = [bare, *getattr(bare, "__args__", ())]
                left += [one for one in inner if dataclasses.is_dataclass(one) and one is not Term]
    return found


NUMBERS = [
    (kind, name)
    for kind in classes()
    for name, setting in explained(kind).items()
    if without_none(setting.hint) in (int, float)
]


def bounds(meaning):
    """Return what lies outside of the range that a docstring states, and what lies inside."""
    if found := re.search(r"\(at least (\d)[,)]", meaning):
        return [int(found[1]) - 1], [int(found[1])]
    if "(more than 0)" in meaning:
        return [0.0, -1.0, math.nan, math.inf], [1e-3, 2.0]
    left, low, high, right = re.search(r"in ([\[(])(\d), (\d)([\])])", meaning).groups()
    ends = [(left == "[", float(low)), (right == "]", float(high))]
    outside = [float(low) - 0.1, float(high) + 0.1, *(end for inside, end in ends if not inside)]
    return outside, [0.5, *(end for inside, end in ends if inside)]


def problems(kind, name, value):
    """Return what a class says of one of its values."""
    recipe = load_recipe("released")
    place = {
        "Recipe": "", "NetworkConfig": "network.", "ClusteringConfig": "labelling.single.",
        "MultiMemoryMatching": "labelling.", "AugmentationConfig": "augmentation.",
        "ComputeConfig": "compute.", "GuardConfig": "guard.", "TeacherConfig": "teacher.",
        "StageConfig": "stages.aligned.", "StepConfig": "stages.aligned.then.0.",
        "CameraUse": "labelling.cameras.",
    }  # fmt: skip
    step = {"terms": {"more": {"loss": "triplet", "labels": "matched"}}}
    changes = [f"stages.aligned.then={[step]}"] if kind is StepConfig else []
    if issubclass(kind, Term):
        changes = [f"stages.aligned.terms.it={{loss: {kind('x').loss}, labels: matched}}"]
    where = "stages.aligned.terms.it." if issubclass(kind, Term) else place[kind.__name__]
    text = {"nan": ".nan", "inf": ".inf"}.get(str(value), str(value))
    try:
        parse_recipe(dump_recipe(recipe), [*changes, f"{where}{name}={text}"])
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("kind", "name"), NUMBERS, ids=lambda v: getattr(v, "__name__", v))
def test_a_number_says_its_range_and_the_range_is_true(kind, name):
    outside, inside = bounds(explained(kind)[name].meaning)
    if (kind.__name__, name) == ("NetworkConfig", "depth"):
        return  # asked when the network is built: its backbone says how many there are
    whole = without_none(explained(kind)[name].hint) is int
    for value in outside:
        assert f"{name} is" in problems(kind, name, int(value) if whole else value), value
    for value in inside:
        assert f"{name} is" not in problems(kind, name, int(value) if whole else value), value


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (int, "a whole number"),
        (bool, "true or false"),
        (str | None, "text, or null"),
        (tuple[int, ...], "a list of whole numbers"),
        (tuple[str, float], "a list of 2 values"),
        (object, "any value"),
    ],
)
def test_types_have_words(hint, words):
    assert type_words(hint) == words
