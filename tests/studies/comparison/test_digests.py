"""The digest of a recipe: what counts, and what does not."""

from dataclasses import dataclass, replace

import pytest

from vireid.labelling import MultiMemoryMatching
from vireid.recipes import dump_recipe, load_recipe, names, parse_recipe, recipe_differences
from vireid.studies.comparison import recipe_digest

SMALL = load_recipe("synthetic")


def test_the_digest_of_a_published_recipe_stays():
    assert recipe_digest(SMALL) == "01caa8895502", "rows of docs/results would be trained again"


def test_the_seed_and_the_way_through_a_file_do_not_count():
    assert recipe_digest(replace(SMALL, seed=7)) == recipe_digest(SMALL)
    assert recipe_digest(parse_recipe(dump_recipe(SMALL))) == recipe_digest(SMALL)


@pytest.mark.parametrize(
    "setting",
    [
        "height=128", "network.depth=3", "labelling.mixed.eps=0.5", "labelling.memories=2",
        "augmentation.flip=0.25", "stages.joint.epochs=5", "batch_labels=9",
        "stages.aligned.terms.inter.weight=3", "stages.aligned.terms.inter=null",
        "weight_decay=0.001", "teacher={momentum: 0.9}", "compute.precision=bf16",
    ],
)  # fmt: skip
def test_every_setting_of_the_training_counts(setting):
    assert recipe_digest(load_recipe("synthetic", [setting])) != recipe_digest(SMALL)


def test_a_whole_number_is_the_same_with_and_without_a_point():
    stage = SMALL.stages[0]
    whole, point = (replace(stage, learning_rate=rate) for rate in (2, 2.0))
    recipes = [replace(SMALL, stages=(one, *SMALL.stages[1:])) for one in (whole, point)]
    assert recipe_digest(recipes[0]) == recipe_digest(recipes[1]) != recipe_digest(SMALL)


def test_the_order_of_terms_counts():
    stage = SMALL.stages[0]
    turned = replace(stage, terms=dict(reversed(list(stage.terms.items()))))
    assert recipe_digest(replace(SMALL, stages=(turned, *SMALL.stages[1:]))) != recipe_digest(SMALL)


def test_a_setting_that_no_stage_uses_does_not_count():
    plain, other = load_recipe("adca"), load_recipe("adca", ["labelling.mixed.eps=0.5"])
    assert plain != other
    assert recipe_digest(plain) == recipe_digest(other)


def test_an_option_that_comes_later_leaves_digests_as_they_were_while_it_is_off(monkeypatch):
    @dataclass(frozen=True)
    class Later(MultiMemoryMatching):
        use_moon: bool = False

    def of(**settings):
        labelling = SMALL.labelling
        known = {name: getattr(labelling, name) for name in labelling.__dataclass_fields__}
        return recipe_digest(replace(SMALL, labelling=Later(**known, **settings)))

    for name in ("__module__", "__qualname__"):  # as the class itself will be called
        setattr(Later, name, getattr(MultiMemoryMatching, name))
    monkeypatch.setattr("vireid.studies.shared.MultiMemoryMatching", type(None))
    before = recipe_digest(SMALL)
    assert of() == before
    assert of(use_moon=True) != before


def test_shipped_recipes_have_one_digest_only_where_they_are_the_same():
    found: dict[str, str] = {}
    for name in names():
        twin = found.setdefault(recipe_digest(load_recipe(name)), name)
        assert not recipe_differences(load_recipe(twin), load_recipe(name))
    assert len(found) > 25
