"""Recipes: every shipped one is valid, and any can be changed, written and read back."""

from dataclasses import replace

import pytest
import yaml

from vireid.errors import ConfigError
from vireid.labelling import ClusteringConfig
from vireid.recipes import dump_recipe, find_recipe, load_recipe, names, parse_recipe

SMALL = """
stages:
- name: one
  epochs: 2
  terms: {visible: {loss: cluster_nce, labels: visible}}
- name: two
  epochs: 3
  terms: {matched: {loss: cluster_nce, labels: matched}}
  sample_by: matched
"""


@pytest.mark.parametrize("name", names())
def test_shipped_recipes_are_valid_and_survive_writing(name):
    recipe = load_recipe(name)
    assert parse_recipe(dump_recipe(recipe)) == recipe
    assert find_recipe(name).startswith("#"), "a shipped recipe says what it is for"


def test_the_default_recipe_ships():
    assert "synthetic" in names()


def test_a_written_recipe_holds_every_setting_in_plain_yaml():
    plain = yaml.safe_load(dump_recipe(parse_recipe(SMALL)))
    mixed = {"k1": 40, "k2": 32, "eps": 0.6, "min_samples": 4, "neighbours": "nearest"}
    assert plain["labelling"]["mixed"] == mixed
    assert plain["network"]["non_local"] == []
    assert plain["stages"][0]["milestones"] == [0.6]


def test_a_file_is_read_like_a_shipped_recipe(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL)
    assert load_recipe(str(path), ["seed=5"]).seed == 5


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("seed=4", lambda r: (r.seed, 4)),
        ("labelling.temperature=5e-2", lambda r: (r.labelling.temperature, 0.05)),
        (
            "stages.one.terms.visible.temperature=3e-2",
            lambda r: (r.stages[0].terms["visible"].temperature, 0.03),
        ),
        ("labelling.single.eps=0.25", lambda r: (r.labelling.single.eps, 0.25)),
        ("labelling.max_cost=2", lambda r: (r.labelling.max_cost, 2.0)),
        ("labelling.matching=nearest", lambda r: (r.labelling.matching, "nearest")),
        ("network.depth=3", lambda r: (r.network.depth, 3)),
        ("network.depth=null", lambda r: (r.network.depth, None)),
        ("network.non_local=[0,2,3,0]", lambda r: (r.network.non_local, (0, 2, 3, 0))),
        ("network.weights=a=b.safetensors", lambda r: (r.network.weights, "a=b.safetensors")),
        ("network.split_statistics=true", lambda r: (r.network.split_statistics, True)),
        ("stages.two.epochs=9", lambda r: ([s.epochs for s in r.stages], [2, 9])),
        ("stages.one.learning_rate=1e-2", lambda r: (r.stages[0].learning_rate, 0.01)),
        ("stages.one.milestones=[0.2,0.5]", lambda r: (r.stages[0].milestones, (0.2, 0.5))),
    ],
)
def test_single_settings_can_be_changed(override, read):
    found, expected = read(parse_recipe(SMALL, [override]))
    assert found == expected


def test_changes_do_not_undo_each_other():
    recipe = parse_recipe(
        SMALL,
        ["stages.one.epochs=7", "seed=4", "labelling.single.k1=9", "stages.two.iterations=8",
         "stages.one.iterations=5", "labelling.single.k2=3"],
    )  # fmt: skip
    one, two = recipe.stages
    assert (one.epochs, one.iterations, two.iterations, recipe.seed) == (7, 5, 8, 4)
    assert (recipe.labelling.single.k1, recipe.labelling.single.k2) == (9, 3)


def test_a_recipe_may_name_one_that_ships_and_what_it_changes():
    assert parse_recipe("base: sysu") == load_recipe("sysu")
    text = """
    base: paper
    changes:
      seed: 4
      compute.parts: 2
      labelling.mixed: {k1: 9, k2: 3, eps: 0.5, min_samples: 2}
      labelling.mixed.eps: 0.4
      stages.joint.epochs: 7
      stages.joint.terms: {mixed: {loss: cluster_nce, labels: mixed}}
    """
    found, plain = parse_recipe(text, ["stages.joint.iterations=5"]), load_recipe("paper")
    joint = replace(
        plain.stages[1], epochs=7, iterations=5, terms={"mixed": plain.stages[1].terms["mixed"]}
    )
    assert found == replace(
        plain,
        seed=4,
        compute=replace(plain.compute, parts=2),
        labelling=replace(plain.labelling, mixed=ClusteringConfig(9, 3, 0.4, 2)),
        stages=(plain.stages[0], joint, plain.stages[2]),
    )


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        ("", (), "holds no settings"),
        ("- a", (), "holds no settings"),
        ("a: [", (), "while parsing"),
        ("height: 3", (), "stages"),
        (SMALL + "heigth: 3", (), "heigth"),
        (SMALL + "height: tall", (), "height is 'tall'; expected a whole number"),
        (SMALL.replace("epochs: 2", "epoch: 2"), (), "epoch"),
        (SMALL.replace("cluster_nce", "nce", 1), (), "loss is nce; expected one of cluster_nce"),
        (
            SMALL + "temperature: 0",
            (),
            r"temperature; it moved to stages.\*.terms.\*.temperature and labelling.temperature",
        ),
        (SMALL, ["momentum=0.2"], r"no such setting: momentum; it moved to stages.\*.terms"),
        (SMALL, ["labelling.temperature=0"], "labelling.temperature is 0.0; expected more than 0"),
        (SMALL, ["seed"], "expected name=value"),
        (SMALL, ["sead=3"], "no such setting: sead; did you mean seed?"),
        (SMALL, ["tempe=0.3"], "no such setting: tempe"),
        (SMALL, ["labelling.sing.k1=3"], "no such setting: labelling.sing; did you mean single?"),
        (SMALL, ["seed=x"], "seed is 'x'; expected a whole number"),
        (SMALL, ["=3"], "no such setting: "),
        (SMALL, ["stages.three.epochs=3"], "NAME one of one, two"),
        (SMALL, ["stages.one=3"], "expected stages.NAME.FIELD with NAME one of one, two"),
        ("base: sysuu", (), "mine.yaml: base is sysuu; expected one of: llcm, paper"),
        ("base: [sysu]", (), "expected one of: llcm, paper"),
        ("base: sysu\nseed: 3", (), "a base and seed; beside a base only `changes` is read"),
        ("base: sysu\nchanges: [seed]", (), "changes are no mapping; expected lines such as"),
        ("base: sysu\nchanges: {sead: 3}", (), "sead"),
        ("base: sysu\nchanges: {seed.x: 3}", (), "setting seed.x: seed holds no other settings"),
        ("base: sysu\nchanges: {stages.one.epochs: 3}", (), "NAME one of intra, joint, aligned"),
        ("base: sysu\nchanges: {stages.joint.epochs: 0}", (), "epochs is 0; expected at least 1"),
        (SMALL, ["stages.one.epoch=3"], "epoch"),
        (SMALL, ["stages.one.epochs=[3"], "while parsing"),
        (SMALL, ["stages.one.epochs=0"], "epochs is 0; expected at least 1"),
    ],
)
def test_mistakes_are_explained_in_one_line(text, overrides, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse_recipe(text, overrides, source="mine.yaml")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_an_unknown_recipe_lists_the_known_ones(tmp_path):
    for name in ("nothing", str(tmp_path)):
        with pytest.raises(ConfigError, match=r"neither a YAML file nor one of: .*synthetic"):
            load_recipe(name)
