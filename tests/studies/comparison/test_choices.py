"""What a search chose, in a file."""

from dataclasses import replace

import pytest

from vireid.errors import CheckpointError, ConfigError
from vireid.studies.comparison import Choice, Choices, Move, read_choices, write_choices
from vireid.studies.comparison.choices import merged

CHOICES = Choices(
    "training_mAP", 8, {"dev100": "abc"}, (0, 1),
    {"mmm": Choice("123", Move(eps=-0.1, neighbours=1.5)), "adca": Choice("456", Move())},
)  # fmt: skip


def test_choices_survive_writing(tmp_path):
    file = tmp_path / "choices.yaml"
    assert read_choices(file) is None
    write_choices(CHOICES, file)
    assert read_choices(file) == CHOICES
    assert "eps: -0.1" in file.read_text()


def test_a_choice_holds_for_the_recipe_that_it_was_made_for():
    assert CHOICES.move("mmm", "123") == Move(eps=-0.1, neighbours=1.5)
    assert CHOICES.move("pgm", "123") is None
    with pytest.raises(ConfigError, match=r"mmm, as it is now with --set .* choose anew"):
        CHOICES.move("mmm", "124")


def test_how_it_was_chosen_is_said():
    assert CHOICES.how(["mmm", "adca"]) == (
        "each method was tried with 8 settings on dev100 (abc), training seeds 0, 1, and the best "
        "was chosen by the training images' mAP"
    )
    assert replace(CHOICES, rule="clarity").how(["mmm"]).endswith("by clarity, without labels")
    assert CHOICES.how(["mmm", "pgm"]).startswith("`mmm` alone: each was tried with 8 settings on ")


def test_methods_may_be_searched_one_after_the_other_in_the_same_way():
    more = replace(CHOICES, chosen={"pgm": Choice("7", Move()), "mmm": Choice("9", Move())})
    found = merged(CHOICES, more)
    assert found.chosen == CHOICES.chosen | more.chosen
    assert merged(None, more) == more
    for other in ({"count": 4}, {"rule": "clarity"}, {"seeds": (0,)}, {"data": {}}, {"grid": ()}):
        with pytest.raises(ConfigError, match="chosen in another way, which is not fair: "):
            merged(CHOICES, replace(more, **other))


def test_a_file_that_does_not_say_its_moves_holds_and_gets_no_further_methods(tmp_path):
    file = tmp_path / "choices.yaml"
    write_choices(CHOICES, file)
    head, _, rest = file.read_text().partition("moves:")
    file.write_text(head + rest[rest.index("chosen:") :])
    found = read_choices(file)
    assert found == replace(CHOICES, grid=())
    with pytest.raises(ConfigError, match="chosen in another way, which is not fair: grid"):
        merged(found, CHOICES)


@pytest.mark.parametrize("text", ["", "[1]", "rule: a\n", "chosen: {mmm: {recipe: a, move: 3}}"])
def test_a_damaged_file_is_refused(tmp_path, text):
    file = tmp_path / "choices.yaml"
    file.write_text(text)
    with pytest.raises(CheckpointError, match="holds no chosen settings"):
        read_choices(file)


def test_a_move_that_is_not_known_is_refused(tmp_path):
    file = tmp_path / "choices.yaml"
    write_choices(CHOICES, file)
    file.write_text(file.read_text().replace("eps", "epsilon"))
    with pytest.raises(CheckpointError, match="epsilon"):
        read_choices(file)
