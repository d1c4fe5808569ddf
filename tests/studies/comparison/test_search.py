"""The same search for each method, on development data."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

import vireid
from vireid.errors import ConfigError
from vireid.scoring import ProtocolOptions
from vireid.studies.comparison import Row, RowFile, read_choices, work
from vireid.studies.comparison.search import best_of

ROW = Row("m", "r", "dev", "c", "all", 0, 1.0, 2.0, 3.0, training_mAP=50.0, clarity=0.5)


@pytest.fixture
def compare(people, draw, tmp_path, pretended):  # noqa: ARG001 - nothing is trained
    """Return a function that searches and compares, with a call for all that was trained."""
    dev = draw(tmp_path / "dev", cameras=(1, 3), images=5)

    def run(recipes, out="out", **named):
        search = {"search_on": [dev], "search_count": 2, "rows": tmp_path / "table.csv"}
        return vireid.compare(
            [people], tmp_path / out, recipes=recipes, seeds=[0], device="cpu", **search | named
        )

    return run


def test_each_method_gets_the_same_search_and_the_comparison_goes_on_with_the_best(
    compare, short, tmp_path, pretended
):
    recipes = [short("one"), short("two", 2)]
    found = compare(recipes, choose="clarity")
    assert [one[:2] for one in pretended] == [
        ("one", "dev"), ("one", "dev"), ("two", "dev"), ("two", "dev"),
        ("one", "people"), ("two", "people"),
    ]  # fmt: skip
    tried = RowFile(tmp_path / "table-search.csv").rows()
    assert {row.neighbour_overlap for row in tried} == {0.2}
    assert {(row.method, row.setting, row.clarity, row.matching_margin) for row in tried} == {
        (name, setting, clarity, 1 - clarity)
        for name in ("one", "two")
        for setting, clarity in (("as it ships", 0.4), ("eps − 0.1", 0.5))
    }
    choices = read_choices(tmp_path / "table-choices.yaml")
    assert (choices.rule, choices.count, list(choices.data)) == ("clarity", 2, ["dev"])
    assert {str(one.move) for one in choices.chosen.values()} == {"eps − 0.1"}
    assert found.rows["two"][0].training_mAP == 50
    assert "each method was tried with 2 settings on dev (" in found.page
    pretended.clear()
    compare(recipes, choose="clarity", flip=False, protocol=ProtocolOptions(shots=10))
    assert {data for _, data, _ in pretended} <= {"people"}, "any protocol may have scored a search"
    pretended.clear()
    again = compare(recipes, "other", search_on=[])
    assert (again.page, pretended) == (found.page, []), "the file of choices is enough"


def test_identities_of_the_training_people_choose_otherwise(compare, short, tmp_path, pretended):
    found = compare([short("one")])
    assert str(read_choices(tmp_path / "table-choices.yaml").chosen["one"].move) == "as it ships"
    assert found.rows["one"][0].setting == "as it ships"
    more = compare([short("one"), short("two", 2)], search_on=[])
    assert more.rows["two"][0].setting == "as it ships, not searched"
    assert "Settings: `one` alone: each was tried with 2 settings" in more.page
    alone = compare([short("two", 2)], search_on=[], base="two", out="other")
    assert "tried with" not in alone.page
    compare([short("two", 2)])
    assert read_choices(tmp_path / "table-choices.yaml").chosen.keys() == {"one", "two"}
    pretended.clear()
    with pytest.raises(ConfigError, match="chosen in another way, which is not fair: rule train"):
        compare([short("two", 3)], choose="clarity")
    assert not pretended, "it is said before the search"


def test_a_page_says_how_settings_are_now_whatever_the_rows_were_made_of(compare, short):
    recipes = [short("one"), short("two", 2)]
    first = compare(recipes, search_on=[])
    assert [row.setting for row in first.rows["one"]] == [""] * 2
    compare([short("two", 2)], search_count=1)
    found = compare(recipes, search_on=[])
    assert found.rows["one"] == first.rows["one"], "the rows stay"
    lines = {line.split(" | ")[0]: line for line in found.page.splitlines()}
    assert "| as it ships, not searched |" in lines["| `one`"]
    assert "| as it ships |" in lines["| `two`"]


def test_a_recipe_that_changed_since_is_refused(compare, short):
    compare([short("one")])
    with pytest.raises(ConfigError, match="is not the recipe that settings were chosen for"):
        compare([short("one", 4)], search_on=[])


def test_what_is_compared_on_chooses_nothing(compare, short, people, tmp_path, pretended):
    for named, kind in (
        ({"search_on": [people]}, "training"),
        ({"search_on": [people], "test": [tmp_path / "dev"]}, "training"),
        ({"test": [tmp_path / "dev"]}, "test"),
    ):
        with pytest.raises(ConfigError, match=f"its {kind} images are those of people, which is"):
            compare([short("one")], **named)
    assert not pretended


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (
            {"choose": "mAP"},
            "choose is mAP; expected one of training_mAP, neighbour_overlap, clarity, match",
        ),
        (
            {"choose": "matching_margin"},
            "--choose matching_margin: the last stage of one matches no clusters; say",
        ),
        ({"bound": ["gone"]}, "--bound gone is none of the rows: one"),
        ({"train": False}, "--search trains; leave it or --show out"),
        ({"search_count": 0}, "--search-count 0: expected at least 1"),
        ({"search_count": 40}, "settings that change this training; expected 40"),
    ],
)
def test_a_search_that_cannot_be_is_refused(compare, short, pretended, named, message):
    with pytest.raises(ConfigError, match=message):
        compare([short("one")], **named)
    assert not pretended


def test_the_best_is_that_of_the_highest_mean_the_first_of_equal_ones():
    def tried(*values):
        return [replace(ROW, training_mAP=value, seed=seed) for seed, value in enumerate(values)]

    assert best_of("m", [tried(50, 60), tried(58, 58), tried(90, 20)], "training_mAP") == 1
    assert best_of("m", [tried(50, 60), tried(55, 55)], "training_mAP") == 0
    test_scores = [[replace(one, mAP=90.0) for one in tried(50)], tried(51)]
    assert best_of("m", test_scores, "training_mAP") == 1, "test scores do not choose"


def test_a_setting_that_cannot_be_trained_is_not_chosen():
    lost = replace(ROW, training_mAP=None, clarity=None, mAP=None, failed="no clusters")
    for rule in ("training_mAP", "clarity"):
        assert best_of("m", [[lost, ROW], [ROW, ROW]], rule) == 1
        assert best_of("m", [[lost], [lost]], rule) == 0, "so that the table says so"
    unknown = replace(ROW, training_mAP=None)
    with pytest.raises(ConfigError, match="m has no training_mAP on dev; it needs people that"):
        best_of("m", [[ROW], [unknown]], "training_mAP")
    with pytest.raises(ConfigError, match="m has no matching_margin on dev; it needs a method"):
        best_of("m", [[ROW]], "matching_margin")


def test_what_another_process_tries_is_waited_for(compare, short, tmp_path, pretended, monkeypatch):
    compare([short("one")], out="first")
    pretended.clear()
    asked = []

    @contextmanager
    def taken(file, *, wait=True):
        asked.append((file.name, wait))
        yield wait or "dev-" not in str(file.parent.name)

    monkeypatch.setattr(work, "locked", taken)
    (tmp_path / "table-search.csv").unlink()
    compare([short("one")], out="second")
    assert asked.count((".seed-0.lock", True)) == 2, "both settings"
    assert [data for _, data, _ in pretended] == ["dev", "dev"]
