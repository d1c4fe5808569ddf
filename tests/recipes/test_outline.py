"""The outline of a recipe: its network and stages, whatever else it holds."""

import pytest

from vireid.errors import ConfigError
from vireid.recipes import Outline, dump_recipe, load_recipe, names, read_outline
from vireid.recipes.outline import StageOutline


@pytest.mark.parametrize("name", names())
def test_it_is_what_the_recipe_says(name):
    recipe = load_recipe(name, ["seed=7"])
    assert read_outline(dump_recipe(recipe)) == Outline(
        stages=tuple(StageOutline(s.name, s.epochs, s.iterations) for s in recipe.stages),
        height=recipe.height,
        width=recipe.width,
        network=recipe.network,
        seed=7,
    )


LATER = """
height: 64
network: {backbone: resnet50, depth: 3}
labelling: {class_path: gone.Labeller, init_args: {x: 3}}
gallery: {kind: unheard of}
exporting: [1, 2]
stages:
- {name: a, epochs: 3, wings: 2, terms: {t: {class_path: gone.Term}}}
- {name: b, epochs: 4, iterations: 5, terms: 3}
"""


def test_sections_and_classes_that_are_not_known_are_passed_over():
    outline = read_outline(LATER)
    assert [(s.name, s.epochs, s.iterations) for s in outline.stages] == [("a", 3, 20), ("b", 4, 5)]
    assert (outline.height, outline.width, outline.seed) == (64, 144, 0)
    assert (outline.network.backbone, outline.network.depth) == ("resnet50", 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine: holds|mine holds no settings"),
        ("- 3", "mine holds no settings; expected lines such as"),
        ("a: [", "mine: .*while parsing"),
        ("height: 3", "mine: stages is missing"),
        ("stages: 3", "mine: stages is 3; expected a list"),
        ("stages: [3]", "mine: stages.0.name is missing; stages.0.epochs is missing"),
        ("stages: []\nheight: x", "mine: height is 'x'; expected a whole number"),
        ("stages: []\nnetwork: {wings: 2}", "mine: no such setting: network.wings"),
        ("stages: []\nnetwork: 3", "mine: network holds 3; expected settings by name"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        read_outline(text, "mine")
    assert "\n" not in str(caught.value)
