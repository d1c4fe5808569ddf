"""Recipes as version 0.1.0 had them, in ``former/``, mean what they meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from vireid.errors import ConfigError
from vireid.recipes import load_recipe, parse_recipe, read_outline, recipe_differences

FORMER = Path(__file__).parent / "former"
FILES = sorted(path.name.removesuffix(".yaml") for path in FORMER.iterdir())


def text(name):
    return (FORMER / f"{name}.yaml").read_text()


def expected(name):
    """Return the recipe of today that a former one means; what a run holds says parts is 1."""
    recipe = _expected(name)
    if "written" not in name:
        return recipe
    return replace(recipe, compute=replace(recipe.compute, parts=1))


def _expected(name):
    if name == "sysu":  # version 0.1.0 took timm's default weights, and fp32
        before = ["network.backbone=resnet50", "network.weights=hub", "compute.precision=fp32"]
        return load_recipe(name, before)
    if name != "changed.written":
        return load_recipe(name.removesuffix(".written"))
    changes = {"temperature": 0.1, "momentum": 0.3, "memory_update": "hardest"}
    recipe = load_recipe("synthetic", ["seed=3", "labelling.temperature=0.1"])
    stages = []
    for stage in recipe.stages:
        terms = {
            name: replace(term, **changes) if term.loss == "cluster_nce" else term
            for name, term in stage.terms.items()
        }
        stages.append(replace(stage, terms=terms))
    return replace(recipe, stages=tuple(stages))


def test_the_fixtures_are_all_that_shipped_and_three_that_runs_hold():
    assert FILES == [
        "changed.written", "llcm", "paper", "regdb", "released", "released.written", "synthetic",
        "synthetic.written", "sysu",
    ]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_former_recipe_is_read_to_the_equal_one_of_today(name, tmp_path):
    recipe = parse_recipe(text(name))
    assert recipe == expected(name)
    assert recipe_differences(recipe, expected(name)) == []
    file = tmp_path / "mine.yaml"
    file.write_text(text(name))
    assert load_recipe(file) == recipe


@pytest.mark.parametrize("name", [name for name in FILES if "written" in name])
def test_its_outline_is_that_of_the_recipe(name):
    outline, recipe = read_outline(text(name)), expected(name)
    assert (outline.height, outline.width, outline.seed) == (96, 48, recipe.seed)
    assert outline.network == recipe.network
    assert [(s.name, s.epochs) for s in outline.stages] == [
        (s.name, s.epochs) for s in recipe.stages
    ]


@pytest.mark.parametrize("name", [name for name in FILES if "written" in name])
def test_what_a_run_holds_differs_from_today_in_new_settings_alone(name):
    lines = recipe_differences(text(name), expected(name))
    new = {"then", "refiners", "matcher", "teacher"}
    new |= {"embedding", "embedding_batch", "deterministic", "phase", "ramp", "apart", "focal"}
    new |= {"neighbours", "subset"}
    new |= {"neighbours", "subset"}
    for line in lines:
        assert line.endswith("was absent")
        assert line.split(" ")[0].split(".")[-1] in new


TERMS = """
stages:
- name: one
  epochs: 1
  sample_by: matched
  terms:
  - {loss: cluster_nce, labels: visible}
  - {loss: cluster_nce, labels: visible, weight: 2}
  - {loss: cluster_nce, labels: matched}
  - {loss: intra, labels: matched}
  - {loss: intra, labels: mixed}
  - {loss: triplet, labels: matched}
"""


def test_terms_are_called_by_label_space_or_loss_and_by_both_where_names_repeat():
    terms = parse_recipe(TERMS).stages[0].terms
    assert [(name, t.loss, t.labels) for name, t in terms.items()] == [
        ("cluster_nce_visible", "cluster_nce", "visible"),
        ("cluster_nce_visible_2", "cluster_nce", "visible"),
        ("matched", "cluster_nce", "matched"),
        ("intra_matched", "intra", "matched"),
        ("intra_mixed", "intra", "mixed"),
        ("triplet", "triplet", "matched"),
    ]


@pytest.mark.parametrize(
    ("line", "losses", "field", "value"),
    [
        ("temperature: 0.2", {"cluster_nce"}, "temperature", 0.2),
        ("momentum: 0.7", {"cluster_nce"}, "momentum", 0.7),
        ("memory_update: hardest", {"cluster_nce"}, "memory_update", "hardest"),
        ("margin: 0.9", {"triplet"}, "margin", 0.9),
    ],
)
def test_settings_of_the_whole_recipe_reach_all_that_have_them(line, losses, field, value):
    found, plain = parse_recipe(f"{TERMS}\n{line}"), parse_recipe(TERMS)
    for name, term in found.stages[0].terms.items():
        before = plain.stages[0].terms[name]
        wanted = replace(before, **{field: value}) if term.loss in losses else before
        assert term == wanted
    labelling = replace(plain.labelling, temperature=0.2)
    assert found.labelling == (labelling if field == "temperature" else plain.labelling)


@pytest.mark.parametrize("first", [True, False])
def test_they_speak_of_terms_that_other_changes_bring_too(first):
    lines = [
        "  stages.aligned.terms: [{loss: triplet, labels: matched}]",
        "  margin: 0.8",
        "  temperature: 0.2",
    ]
    recipe = parse_recipe("\n".join(["base: synthetic", "changes:", *lines[:: 1 if first else -1]]))
    assert recipe.stages[2].terms["triplet"].margin == 0.8
    assert {t.temperature for t in recipe.stages[1].terms.values()} == {0.2}
    assert recipe.labelling.temperature == 0.2
    plain = parse_recipe("base: synthetic\nchanges: {margin: 0.8}")
    assert plain == load_recipe("synthetic"), "no term there has a margin"
    other = parse_recipe("base: released\nchanges: {margin: 0.8}")
    assert other.stages[2].terms["triplet"].margin == 0.8


def test_values_that_cannot_be_are_refused_as_before():
    with pytest.raises(ConfigError, match=r"visible: momentum is 1\.5; expected 0 or more"):
        parse_recipe(f"{TERMS}\nmomentum: 1.5")
    with pytest.raises(ConfigError, match="norm applies to intra, not to triplet"):
        parse_recipe(TERMS.replace("loss: triplet", "loss: triplet, norm: l1"))


@pytest.mark.parametrize("name", ["temperature", "momentum", "memory_update", "margin"])
def test_in_todays_form_and_on_the_command_line_they_name_their_new_place(name):
    new = "stages: [{name: s, epochs: 1, terms: {a: {loss: cluster_nce, labels: visible}}}]"
    place = rf"no such setting: {name}; it moved to stages.\*.terms.\*.{name}"
    with pytest.raises(ConfigError, match=place):
        parse_recipe(f"{new}\n{name}: 0.2")
    with pytest.raises(ConfigError, match=place):
        load_recipe("synthetic", [f"{name}=0.2"])
