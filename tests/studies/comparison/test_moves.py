"""The search gives every method the same number of settings, which change its training."""

import pytest

from tests.cut_down import METHODS
from vireid.errors import ConfigError
from vireid.recipes import load_recipe, recipe_differences
from vireid.studies.comparison import GRID, Move, moves_for, recipe_digest

SMALL = load_recipe("synthetic")


@pytest.mark.parametrize("name", [*METHODS, "synthetic"])
def test_each_method_gets_eight_different_trainings_its_own_first(name):
    recipe = load_recipe(name)
    moves = moves_for(recipe)
    assert len({recipe_digest(move.applied(recipe)) for move in moves}) == len(moves) == 8
    assert moves[0] == Move()
    assert moves[0].applied(recipe) == recipe


def test_moves_that_do_not_apply_are_replaced_by_others_that_do():
    found = [str(move) for move in moves_for(load_recipe("adca"))]
    assert not [text for text in found if "weights" in text], "all its weights are 1"
    assert found[-2:] == ["momentum × 2", "eps − 0.1, k1, k2 × 1.5"]
    high = load_recipe("synthetic", ["labelling.single.eps=0.97", "labelling.mixed.eps=0.97"])
    with pytest.raises(ConfigError, match="eps"):
        GRID[-1].applied(high)
    assert GRID[-1] not in moves_for(high, len(GRID) - 1)


def test_too_few_moves_are_no_search():
    with pytest.raises(ConfigError, match=r"the search has 14 settings .* expected 15"):
        moves_for(SMALL, 15)


def test_a_move_changes_what_it_says_and_nothing_else():
    def changes(**move):
        return recipe_differences(SMALL, Move(**move).applied(SMALL))

    assert changes(eps=-0.1) == [
        f"labelling.{part}.eps is 0.5, was 0.6" for part in ("single", "mixed")
    ]
    assert changes(neighbours=1.5) == [
        "labelling.single.k1 is 22, was 15", "labelling.single.k2 is 6, was 4",
        "labelling.mixed.k1 is 30, was 20", "labelling.mixed.k2 is 12, was 8",
    ]  # fmt: skip
    assert changes(weights=2) == [
        "stages.aligned.terms.intra.weight is 1.0, was 0.5",
        "stages.aligned.terms.inter.weight is 20.0, was 10.0",
    ]
    assert len(changes(momentum=2)) == 8
    assert {line.partition(".momentum is ")[2] for line in changes(momentum=2)} == {"0.2, was 0.1"}
    assert changes(rate=0.5) == [
        f"stages.{stage}.learning_rate is 0.0005, was 0.001"
        for stage in ("intra", "joint", "aligned")
    ]
    assert len(changes(temperature=0.7)) == 8
    assert all("temperature is 0.035, was 0.05" in line for line in changes(temperature=0.7))


def test_terms_of_further_steps_are_moved_too():
    recipe = load_recipe("bmil")
    moved = Move(weights=2, momentum=2).applied(recipe)
    before, after = (one.stages[-1].then[0].terms["proxies"] for one in (recipe, moved))
    assert (before.weight, before.momentum) == (0.5, 0.1)
    assert (after.weight, after.momentum) == (1.0, 0.2)


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (Move(), "as it ships"),
        (Move(eps=0.05), "eps + 0.05"),
        (
            Move(eps=-0.1, neighbours=1.5, weights=0.5, momentum=2, rate=0.5, temperature=0.7),
            "eps − 0.1, k1, k2 × 1.5, weights × 0.5, momentum × 2, learning rate × 0.5, "
            "temperature × 0.7",
        ),
    ],
)
def test_a_move_says_what_it_is_and_is_made_of_its_settings(move, text):
    assert str(move) == text
    assert Move(**move.settings()) == move
