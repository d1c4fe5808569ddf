"""The verb: what is trained, what is taken from the file of rows, and what is said."""

import warnings

import pytest

import vireid
from vireid.errors import ConfigError, Stopped
from vireid.recipes import load_recipe
from vireid.studies.comparison import RowFile, read_choices, recipe_digest, work
from vireid.studies.folder import locked


def compare(people, out, recipes, **named):
    return vireid.compare([people], out, recipes=recipes, device="cpu", **{"seeds": [0], **named})


def test_methods_are_set_beside_each_other_and_their_bound(people, short, tmp_path, trained):
    rows = tmp_path / "docs" / "table.csv"
    recipes = [short("one"), short("two", 2)]
    found = compare(people, tmp_path / "out", recipes, seeds=[0, 1], rows=rows, bound=True)
    assert trained == [
        (name, "people", seed) for seed in (0, 1) for name in ("one", "two", "bound of one")
    ]
    assert {name: len(lines) for name, lines in found.rows.items()} == dict.fromkeys(
        ("one", "two", "bound of one"), 4
    ), "two seeds, without and with mirror images"
    assert found.rows_file == rows
    assert found.page_file == rows.with_suffix(".md")
    assert found.page in found.page_file.read_text()
    for line in RowFile(rows).rows():
        assert (
            line.recipe == recipe_digest(load_recipe(recipes["two" in line.method])) or line.oracle
        )
        assert line.oracle == line.method.startswith("bound")
        assert (line.ari == 1) == line.oracle, "labels of the bound are the identities"
        assert line.images == 16
        assert None not in (line.rank1, line.mAP, line.training_mAP, line.clarity, line.minutes)
    plain, flipped = found.rows["one"][:2]
    assert flipped.protocol == f"{plain.protocol}, flip-averaged" or "flip-averaged" in (
        flipped.protocol
    )
    assert plain.mAP != flipped.mAP
    assert "| `bound of one` (*oracle*) |" in found.page


def test_rows_that_are_there_are_not_trained_again_whatever_commit_they_are_of(
    people, short, tmp_path, trained
):
    rows, recipe = tmp_path / "rows.csv", short("one")
    compare(people, tmp_path / "out", [recipe], rows=rows)
    text = rows.read_text()
    now = RowFile(rows).rows()[0]
    rows.write_text(text.replace(now.commit, "0ld").replace(now.code, "c0de"))
    with pytest.warns(UserWarning, match=r"one: rows were trained by other code \(commit 0ld\)"):
        again = compare(people, tmp_path / "elsewhere", [recipe], rows=rows)
    assert len(trained) == 1
    assert "commit 0ld." in again.page
    short("one", 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        changed = compare(people, tmp_path / "elsewhere", [recipe], rows=rows)
    assert len(trained) == 2, "another recipe is another training"
    assert len(RowFile(rows).rows()) == 4, "what was there stays"
    assert len(changed.rows["one"]) == 2


def test_a_killed_comparison_has_noted_all_that_was_trained(
    people, short, tmp_path, trained, monkeypatch
):
    run, out = work.run_study, tmp_path / "out"

    def killed(rows, *given, **named):
        found = run(rows, *given, **named)
        if "two" in rows:
            raise Stopped("killed", 143)
        return found

    recipes = [short("one"), short("two", 2), short("three", 3)]
    with monkeypatch.context() as patch:
        patch.setattr(work, "run_study", killed)
        with pytest.raises(Stopped):
            compare(people, out, recipes)
    assert {row.method for row in RowFile(out / "rows.csv").rows()} == {"one"}
    seen = [line for line in out.rglob("results.csv")]
    assert len(seen) == 2, "the second is trained, but not noted"
    before = {file: file.read_text() for file in seen}
    shown = compare(people, out, recipes, train=False)
    assert [len(lines) for lines in shown.rows.values()] == [2, 0, 0]
    found = compare(people, out, recipes)
    assert [len(lines) for lines in found.rows.values()] == [2, 2, 2]
    assert {file: file.read_text() for file in seen} == before, "and is not trained again"
    assert [name for name, *_ in trained] == ["one", "two", "two", "three"]


def test_what_cannot_be_trained_is_a_row_too(people, short, tmp_path, trained):
    file = short("one")
    never = short("never", text=file.read_text().replace("min_samples: 3", "min_samples: 100"))
    for _ in range(2):
        found = compare(people, tmp_path / "out", [file, never])
    assert len(trained) == 2, "it would fail again"
    assert [row.mAP for row in found.rows["never"]] == [None, None]
    assert (
        "- `never` on people, seed 0, could not be trained: never (people, seed 0): " in found.page
    )


def test_what_another_process_trains_is_left_to_it(people, short, tmp_path, trained, caplog):
    recipes, out = [short("one"), short("two", 2)], tmp_path / "out"
    compare(people, out, recipes[:1])
    (place,) = (out / "runs").glob("one-*/people-*")
    (out / "rows.csv").unlink()
    with locked(place / ".seed-0.lock") as mine, caplog.at_level("INFO", "vireid"):
        assert mine
        found = compare(people, out, recipes)
    assert [name for name, *_ in trained] == ["one", "two"]
    assert [len(lines) for lines in found.rows.values()] == [0, 2]
    assert "one on people, seed 0: another process is working on it" in caplog.messages


def test_each_method_gets_the_same_search_and_the_comparison_goes_on_with_the_best(
    people, draw, short, tmp_path, trained
):
    dev = draw(tmp_path / "dev", cameras=(1, 3), images=5)
    recipes, rows = [short("one"), short("two", 2)], tmp_path / "table.csv"
    search = {"search_on": [dev], "search_count": 2, "rows": rows}
    found = compare(people, tmp_path / "out", recipes, **search)
    assert [data for _, data, _ in trained] == ["dev"] * 4 + ["people"] * 2
    tried = RowFile(tmp_path / "table-search.csv").rows()
    choices = read_choices(tmp_path / "table-choices.yaml")
    assert (choices.rule, choices.count, list(choices.data)) == ("training_mAP", 2, ["dev"])
    for name in ("one", "two"):
        own = [row for row in tried if row.method == name and "flip" not in row.protocol]
        assert {row.setting for row in own} == {"as it ships", "eps − 0.1"}
        best = max(own, key=lambda row: (row.training_mAP, row.setting == "as it ships"))
        assert str(choices.chosen[name].move) == best.setting == found.rows[name][0].setting
    assert "each method was tried with 2 settings on dev (" in found.page
    trained.clear()
    again = compare(people, tmp_path / "other", recipes, rows=rows)
    assert (again.page, trained) == (found.page, []), "the file of choices is enough"
    with pytest.raises(ConfigError, match="is compared on, too; choose settings on other data"):
        compare(people, tmp_path / "out", recipes, **search | {"search_on": [people]})


def test_the_search_may_choose_by_what_needs_no_labels(people, draw, short, tmp_path):
    dev = draw(tmp_path / "dev", cameras=(1, 3), images=5)
    rows = tmp_path / "table.csv"
    search = {"search_on": [dev], "search_count": 2, "rows": rows, "choose": "clarity"}
    compare(people, tmp_path / "out", [short("one")], **search)
    tried = RowFile(tmp_path / "table-search.csv").rows()
    (choice,) = read_choices(tmp_path / "table-choices.yaml").chosen.values()
    assert str(choice.move) == max(tried, key=lambda row: row.clarity).setting


def test_options_make_rows_equal_or_name_what_is_not(people, short, tmp_path, trained):
    text = short("one").read_text()
    long = short("long", text=text.replace("iterations: 1", "iterations: 2"))
    found = compare(people, tmp_path / "out", [short("one"), long])
    assert "- `long` sees 32 images, `one` 16." in found.page
    equal = compare(people, tmp_path / "out", [short("one"), long], equal_images=True)
    assert "sees" not in equal.page
    assert equal.rows["long"][0].images == 16
    changed = compare(people, tmp_path / "out", [short("one")], settings=["weight_decay=0.1"])
    assert changed.rows["one"][0].recipe != found.rows["one"][0].recipe
    assert len(trained) == 3, "long with as many images as one is the same training"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"recipes": []}, "recipes hold none"),
        ({"base": "gone"}, "--base gone is none of the rows: one"),
        ({"bound": ["gone"]}, "--bound gone is none of the rows: one"),
        ({"settings": ["seed=3"]}, "--set seed: a comparison has its seeds from --seeds"),
        ({"seeds": []}, "--seeds holds none"),
        ({"recipes": ["one", "again/one"]}, "two recipes are called one"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_training(
    people, short, tmp_path, trained, named, message
):
    file = short("one")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "one.yaml").write_text(file.read_text())
    recipes = [tmp_path / f"{name}.yaml" for name in named.pop("recipes", ["one"])]
    with pytest.raises(ConfigError, match=message):
        compare(people, tmp_path / "out", recipes, **named)
    assert not trained
    assert not (tmp_path / "out").exists()


def test_the_same_images_twice_are_refused(people, draw, short, tmp_path):
    copy = draw(tmp_path / "copy")
    with pytest.raises(ConfigError, match="data people and copy are the same images"):
        vireid.compare([people, copy], tmp_path / "out", recipes=[short("one")], seeds=[0])
