"""Every kind of field takes what it should, and says in one line what it does not take."""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import get_type_hints

import pytest
import yaml

from vireid.config import Recipe
from vireid.errors import ConfigError
from vireid.recipes import dump_recipe, load_recipe, parse_recipe
from vireid.recipes.classes import TERMS, Classes
from vireid.recipes.reader import FAILED, Reader
from vireid.recipes.yaml_text import read_yaml

TEXT = "stages: [{name: s, epochs: 1, terms: {t: {loss: cluster_nce, labels: visible}}}]\n"
WRONG = {
    "a whole number": ["seed", "height", "network.depth", "labelling.single.k1", "stages.s.epochs"],
    "a number": ["weight_decay", "labelling.max_cost", "stages.s.terms.t.weight", "stages.s.decay"],
    "true or false": ["network.split_statistics", "compute.compile", "stages.s.terms.t.confidence"],
    "text": ["network.backbone", "stages.s.sample_by", "stages.s.terms.t.labels"],
    "a list": ["network.non_local", "stages.s.milestones", "labelling.refiners", "stages.s.then"],
}
"""Settings by what they expect."""
VALUES = {
    "a whole number": ["x", "1.5", "true", "[1]", "{a: 1}", "2024-01-01"],
    "a number": ["x", "true", "[1]", "{a: 1}", "1" * 400],
    "true or false": ["x", "1", "0.5", "[true]", "{a: true}", "null"],
    "text": ["1", "0.5", "true", "[a]", "{a: b}", "null"],
    "a list": ["1", "x", "true", "{a: b}", "null"],
}
"""What they do not take."""


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (name, value, expected)
        for expected, names in WRONG.items()
        for name in names
        for value in VALUES[expected]
    ],
)
def test_a_value_of_another_type_ends_in_one_line_that_says_what_is_expected(name, value, expected):
    with pytest.raises(ConfigError) as caught:
        parse_recipe(TEXT, [f"{name}={value}"])
    message = str(caught.value)
    assert f"expected {expected}" in message
    assert name in message
    assert "\n" not in message
    assert len(message) < 700


@pytest.mark.parametrize(
    "name",
    ["network", "labelling", "labelling.single", "augmentation", "compute", "guard", "teacher"],
)
@pytest.mark.parametrize("value", ["3", "x", "[1]", "true"])
def test_a_part_that_is_no_mapping(name, value):
    with pytest.raises(ConfigError, match=rf"recipe: {name} holds .*; expected settings") as e:
        parse_recipe(TEXT, [f"{name}={value}"])
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("labelling.matching", "hungarain", "is hungarain; expected hungarian, progressive or near"
         "est; did you mean hungarian?"),
        ("labelling.matching", "best", "is best; expected hungarian, progressive or nearest"),
        ("network.last_stride", "3", "network.last_stride is 3; expected 1 or 2"),
        ("network.last_stride", "true", "rue; expected 1 or 2"),
        ("network.last_stride", "'1'", "network.last_stride is 1; expected 1 or 2"),
        ("stages.s.init", "pretraind", "expected continue or pretrained; did you mean pretrained?"),
        ("stages.s.terms.t.memory_update", "all", "is all; expected every or hardest"),
        ("teacher", "{used_for: label}", "evaluation, labels or both; did you mean labels?"),
    ],
)  # fmt: skip
def test_choices_are_listed_and_the_nearest_named(name, value, message):
    with pytest.raises(ConfigError) as caught:
        parse_recipe(TEXT, [f"{name}={value}"])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("heigth: 3", "no such setting: heigth; did you mean height?"),
        ("labeling: {}", "no such setting: labeling; did you mean labelling?"),
        ("network: {backbon: x}", "no such setting: network.backbon; did you mean backbone?"),
        ("compute: {precison: fp32}", "no such setting: compute.precison; did you mean precision?"),
        ("zzz: 3", "no such setting: zzz"),
        ("3: 3", "no such setting: 3"),
        ("teacher: {momentun: 0.9}", "no such setting: teacher.momentun; did you mean momentum?"),
    ],
)
def test_a_name_that_is_not_known_gets_the_nearest_one(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_recipe(TEXT + text)
    assert str(caught.value) == f"recipe: {message}"


def test_all_problems_of_reading_come_at_once_and_of_many_the_first_five():
    with pytest.raises(ConfigError) as caught:
        parse_recipe(TEXT + "a: 1\nb: 2\nheight: x\nnetwork: {depth: y}")
    for part in ("setting: a", "setting: b", "height is 'x'", "network.depth is 'y'"):
        assert part in str(caught.value)
    with pytest.raises(ConfigError, match=r"setting: e and 2 more$"):
        parse_recipe(TEXT + "\n".join(f"{name}: 1" for name in "abcdefg"))


@pytest.mark.parametrize("text", ["height: 3", "stages: []", "stages: 3", "stages: {s: 1}"])
def test_a_recipe_without_stages(text):
    with pytest.raises(ConfigError, match="stages") as caught:
        parse_recipe(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "hint", "expected"),
    [(1, float, 1.0), ("5e-2", float, 0.05), ("inf", float, float("inf")), (None, int | None, None),
     (3, int | None, 3), ([1, 2], tuple[int, ...], (1, 2)), ((1, 2), tuple[float, ...], (1.0, 2.0)),
     (["a", 2], tuple[str, float], ("a", 2.0)),
     ([], tuple[int, ...], ()), (True, bool, True), ("x", str, "x"),
     ({"a": 1}, dict[str, int], {"a": 1})],
)  # fmt: skip
def test_values_are_read_to_their_type(given, hint, expected):
    reader = Reader(Classes())
    found = reader.value(hint, given, "x")
    assert found == expected
    assert type(found) is type(expected)
    assert not reader.problems


@pytest.mark.parametrize(
    ("given", "problem"),
    [("ab", "x is 'ab'; expected a list of 2 values"),
     (["a"], "x is [a]; expected a list of 2 values"),
     (["a", "b"], "x.1 is 'b'; expected a whole number")],
)  # fmt: skip
def test_a_list_of_fixed_length_has_that_length(given, problem):
    reader = Reader(Classes())
    assert reader.value(tuple[str, int], given, "x") is FAILED
    assert reader.problems == [problem]


@dataclass(frozen=True)
class Inner:
    number: int
    text: str = "a"


@dataclass(frozen=True)
class Outer:
    inner: Inner
    more: tuple[Inner, ...] = ()
    maybe: Inner | None = None
    made: int = field(default=3, init=False)


def test_dataclasses_in_dataclasses():
    reader = Reader(Classes())
    given = {"inner": {"number": 1}, "more": [{"number": 2, "text": "b"}], "maybe": {"number": 3}}
    assert reader.settings(Outer, given, "") == Outer(Inner(1), (Inner(2, "b"),), Inner(3))
    wrong = {"inner": {}, "more": [{"number": "x"}, {"numbr": 1}], "made": 3}
    assert reader.settings(Outer, wrong, "") is FAILED
    assert reader.problems == [
        "no such setting: made; did you mean maybe?",
        "inner.number is missing",
        "more.0.number is 'x'; expected a whole number",
        "no such setting: more.1.numbr; did you mean number?",
        "more.1.number is missing",
    ]


def every_class():
    """Return the recipe's class and all that are in it, and the shipped terms."""
    left, found = [Recipe, *TERMS.values()], []
    while left:
        kind = left.pop()
        if kind in found or not is_dataclass(kind):
            continue
        found.append(kind)
        for hint in get_type_hints(kind).values():
            left += [hint, *getattr(hint, "__args__", ())]
    return found


def test_every_setting_survives_being_written_and_read():
    names = {kind.__name__ for kind in every_class()}
    assert {"Recipe", "StageConfig", "StepConfig", "TeacherConfig", "Triplet"} <= names
    for name in ("synthetic", "released", "sysu"):
        recipe = load_recipe(name, ["teacher={momentum: 0.5}", "labelling.max_cost=3"])
        written = yaml.safe_load(dump_recipe(recipe))
        assert written.keys() == {f.name for f in fields(Recipe)}
        assert parse_recipe(dump_recipe(recipe)) == recipe


def test_who_changes_what_was_read_changes_no_later_reading():
    text = "stages: [{epochs: 1}]"
    read_yaml(text, "recipe")["stages"][0]["epochs"] = 2
    assert read_yaml(text, "recipe") == {"stages": [{"epochs": 1}]}
