"""What is equal in all rows."""

from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.recipes import load_recipe
from vireid.runs import new_network
from vireid.studies.comparison import images_seen, with_images
from vireid.studies.comparison.fairness import demand_equal, unequal
from vireid.training import Stepped, fit

SMALL = load_recipe("synthetic")


def counted(recipe):
    """Count images batch by batch."""
    total = 0
    for stage in recipe.stages:
        for _ in range(stage.epochs):
            for _ in range(stage.iterations):
                for step in stage.steps():
                    labels = step.batch_labels or recipe.batch_labels
                    images = step.batch_images or recipe.batch_images
                    total += labels * images + labels * images
    return total


@pytest.mark.parametrize("name", ["adca", "bmil", "mmm", "pclhd", "synthetic", "mmm-sysu"])
def test_images_are_counted_batch_by_batch(name):
    assert images_seen(load_recipe(name)) == counted(load_recipe(name))


def test_a_training_sees_as_many(tiny, crops):
    steps = sum(isinstance(event, Stepped) and event.report.step > 0
                for event in fit(new_network(tiny), crops, tiny))  # fmt: skip
    assert images_seen(tiny) == steps * 2 * tiny.batch_labels * tiny.batch_images


@pytest.mark.parametrize("name", ["bmil", "pclhd"])
def test_methods_of_two_steps_see_as_many_with_fewer_iterations(name):
    recipe, wanted = load_recipe(name), images_seen(SMALL)
    assert images_seen(recipe) > 1.6 * wanted
    found = with_images(recipe, wanted)
    assert abs(images_seen(found) - wanted) < 0.02 * wanted
    stages = tuple(replace(new, iterations=old.iterations)
                   for new, old in zip(found.stages, recipe.stages, strict=True))  # fmt: skip
    assert replace(found, stages=stages) == recipe


def test_numbers_that_are_near_stay():
    recipe = load_recipe("adca")
    assert images_seen(recipe) != images_seen(SMALL)
    assert with_images(recipe, images_seen(SMALL)) is recipe


def test_other_networks_and_sizes_are_refused_all_at_once():
    other = load_recipe("mmm", ["height=128", "network.depth=3"])
    with pytest.raises(ConfigError) as caught:
        demand_equal({"synthetic": SMALL, "adca": load_recipe("adca"), "mine": other}, "synthetic")
    assert str(caught.value).startswith(
        "rows cannot be compared with synthetic: mine: height is 128, there 96; mine: "
        "network.depth is 3, there 4; make these settings equal"
    )


def test_what_is_not_equal_is_named():
    rows = {name: load_recipe(name) for name in ("synthetic", "adca", "mmm", "bmil")}
    assert list(unequal(rows, "synthetic")) == [
        "`mmm` differs from `synthetic`: augmentation.exchange_grey is False, there True.",
        "`bmil` sees 61,600 images, `synthetic` 36,800.",
    ]
