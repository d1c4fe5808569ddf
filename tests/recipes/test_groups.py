"""A part of a group of settings leaves the others as they are."""

from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.labelling import ClusteringConfig
from vireid.recipes import (
    change_recipe,
    dump_recipe,
    load_recipe,
    parse_recipe,
    recipe_differences,
)

SMALL = """
stages:
- name: one
  epochs: 2
  terms: {visible: {loss: cluster_nce, labels: visible}}
"""
THEN = (
    SMALL
    + """  then:
  - terms: {mixed: {loss: cluster_nce, labels: mixed}}
"""
)


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        (SMALL + "labelling: {mixed: {eps: 0.5}}", []),
        (SMALL, ["labelling.mixed.eps=0.5"]),
        (SMALL, ["labelling.mixed={eps: 0.5}"]),
        (SMALL, ["labelling={mixed: {eps: 0.5}}"]),
    ],
)
def test_a_part_of_a_group_keeps_what_is_usual_there(text, overrides):
    recipe = parse_recipe(text, overrides, allow_unused=True)
    assert recipe.labelling.mixed == ClusteringConfig(40, 32, 0.5, 4)
    assert recipe.labelling.single == ClusteringConfig()


@pytest.mark.parametrize("name", ["regdb", "synthetic", "sysu"])
def test_an_override_by_a_group_changes_what_it_names_alone(name):
    plain = load_recipe(name)
    found = load_recipe(name, ["labelling.mixed={k1: 21}", "network={stripes: 2}"])
    mixed = replace(plain.labelling.mixed, k1=21)
    assert found.labelling == replace(plain.labelling, mixed=mixed)
    assert found.network == replace(plain.network, stripes=2)
    assert recipe_differences(plain, found) == [
        f"network.stripes is 2, was {plain.network.stripes}",
        f"labelling.mixed.k1 is 21, was {plain.labelling.mixed.k1}",
    ]


def test_a_change_of_a_base_by_a_group_replaces_it():
    found = parse_recipe("base: regdb\nchanges: {labelling.mixed: {k1: 20}}")
    assert found.labelling.mixed == ClusteringConfig(20, 32, 0.6, 4), "the rest is as usual there"


def test_terms_of_further_steps_go_by_their_names_too():
    found = parse_recipe(THEN, ["stages.*.terms.*.temperature=0.2"])
    (stage,) = found.stages
    assert [term.temperature for term in stage.all_terms().values()] == [0.2, 0.2]
    found = change_recipe(found, ["stages.one.terms.mixed.weight=3"])
    assert found.stages[0].then[0].terms["mixed"].weight == 3
    with pytest.raises(ConfigError, match="expected one of visible, mixed"):
        parse_recipe(THEN, ["stages.one.terms.matched.weight=3"])


RELEASED = """
base: synthetic
changes:
  margin: 0.2
  momentum: 0.3
  memory_update: hardest
  temperature: 0.07
  stages.joint.terms: [{loss: cluster_nce, labels: mixed}]
  stages.aligned.terms:
  - {loss: cluster_nce, labels: matched}
  - {loss: triplet, labels: matched}
"""


@pytest.mark.parametrize("turned", [False, True])
def test_settings_of_a_whole_former_recipe_reach_all_terms_in_any_order(turned):
    lines = RELEASED.strip().splitlines()
    if turned:
        lines = [*lines[:2], *lines[6:], *lines[2:6]]
    found = parse_recipe("\n".join(lines))
    for stage in found.stages:
        for term in stage.terms.values():
            if term.loss == "cluster_nce":
                assert (term.momentum, term.memory_update) == (0.3, "hardest")
                assert term.temperature == 0.07
    assert found.stages[2].terms["triplet"].margin == 0.2
    assert found.labelling.temperature == 0.07


def test_a_former_setting_that_no_term_takes_is_no_mistake():
    assert parse_recipe("base: synthetic\nchanges: {margin: 0.2}") == load_recipe("synthetic")


def test_the_order_of_stages_counts():
    one = load_recipe("synthetic")
    other = replace(one, stages=(one.stages[1], one.stages[0], one.stages[2]))
    assert recipe_differences(one, other) == [
        "stages in order is joint, intra, aligned, was intra, joint, aligned"
    ]
    assert recipe_differences(dump_recipe(one), one) == []
