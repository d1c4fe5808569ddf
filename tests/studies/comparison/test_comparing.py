"""The verb: what is trained, what is taken from the file of rows, and what is said."""

import json
import warnings

import pytest

import vireid
from vireid.errors import ConfigError, Stopped
from vireid.recipes import load_recipe
from vireid.studies import run as studies_run
from vireid.studies.comparison import RowFile, arena, recipe_digest, work
from vireid.studies.folder import locked


def compare(people, out, recipes, **named):
    return vireid.compare([people], out, recipes=recipes, device="cpu", **{"seeds": [0], **named})


def test_a_method_and_its_bound_are_trained_and_scored(people, short, tmp_path, monkeypatch):
    recipe, rows = short("one"), tmp_path / "docs" / "table.csv"
    found = compare(people, tmp_path / "out", [recipe], rows=rows, bound=True)
    assert found.page in rows.with_suffix(".md").read_text()
    assert "| `bound of one` (*oracle*) |" in found.page
    assert found.rows_file == rows
    for line in RowFile(rows).rows():
        assert (line.recipe == recipe_digest(load_recipe(recipe))) != line.oracle
        assert line.images == 16
        assert None not in (line.rank1, line.mAP, line.training_mAP, line.clarity, line.minutes)
    plain, flipped = found.rows["one"]
    assert "flip-averaged" in flipped.protocol
    assert "flip" not in plain.protocol
    assert plain.mAP != flipped.mAP
    logs = list((tmp_path / "out").rglob("metrics.jsonl"))
    assert len(logs) == 2
    for log in logs:
        labels = json.loads(log.read_text().splitlines()[-1])["ari"]["visible"]
        assert (labels == 1) == ("bound" in str(log)), "labels of the bound are the identities"
    rows.unlink()
    assert compare(people, tmp_path / "out", [recipe], rows=rows).rows["one"] == [plain, flipped]
    kept = {file.name for file in (tmp_path / "out").rglob("*.safetensors")}
    assert kept == {"intra.safetensors"}, "the last network of each stays, and no other"
    before = [log.stat().st_mtime_ns for log in logs]
    further = {"flip": False, "centre": "own", "settings": ["evaluation.centre=training"]}
    for place in (arena, studies_run):
        monkeypatch.setattr(place, "code_of", lambda _: {"vireid": "c0de"})
    monkeypatch.setattr(arena, "commit_of_code", lambda: "new")
    with pytest.warns(UserWarning, match="one: rows were trained by other code") as told:
        found = compare(people, tmp_path / "out", [recipe], rows=rows, **further)
    lines = [str(one.message) for one in told if "other code" in str(one.message)]
    assert len(lines) == 1, "its study says nothing of it"
    (own,) = found.rows["one"]
    assert (own.code, own.scored_by) == (plain.code, "new")
    assert f"{own.protocol}: `one` scored by the code of commit new" in found.page
    assert {row.scored_by for row in RowFile(rows).rows() if row.protocol != own.protocol} == {""}
    assert (own.recipe, own.minutes) == (plain.recipe, plain.minutes)
    assert (", centred" in own.protocol, ", centred" in plain.protocol) == (True, False)
    assert own.mAP != plain.mAP
    assert [log.stat().st_mtime_ns for log in logs] == before, "nothing is trained again"


def test_each_method_is_trained_with_each_seed(people, short, tmp_path, pretended):
    recipes = [short("one"), short("two", 2)]
    found = compare(people, tmp_path / "out", recipes, seeds=[0, 1, 1])
    assert pretended == [(name, "people", seed) for seed in (0, 1) for name in ("one", "two")]
    assert {name: len(lines) for name, lines in found.rows.items()} == {"one": 4, "two": 4}
    assert "| `two` | 50.0 ± 0.0 | 42.5 ± 0.7 | 30.0 ± 0.0 | +1.5 ± 0.0 | 0.500" in found.page
    assert "| `two` | 50.0 ± 0.0 | 43.5 ± 0.7 | 30.0 ± 0.0 | +1.5 ± 0.0 | 0.500" in found.page
    over = compare(people, tmp_path / "out", recipes, seeds=[0, 1], base="two")
    assert "| `one` | 50.0 ± 0.0 | 41.0 ± 0.7 | 30.0 ± 0.0 | -1.5 ± 0.0 | 0.500" in over.page
    assert len(pretended) == 4


def test_rows_that_are_there_are_not_trained_again_whatever_commit_they_are_of(
    people, short, tmp_path, pretended
):
    rows, recipe = tmp_path / "rows.csv", short("one")
    compare(people, tmp_path / "out", [recipe], rows=rows)
    now = RowFile(rows).rows()[0]
    rows.write_text(rows.read_text().replace(now.commit, "0ld").replace(now.code, "c0de"))
    with pytest.warns(UserWarning, match=r"one: rows were trained by other code \(commit 0ld\)"):
        again = compare(people, tmp_path / "elsewhere", [recipe], rows=rows)
    assert len(pretended) == 1
    assert "code of commit 0ld." in again.page
    short("one", 4)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*other code")
        changed = compare(people, tmp_path / "elsewhere", [recipe], rows=rows)
    assert len(pretended) == 2, "another recipe is another training"
    assert len(RowFile(rows).rows()) == 4, "what was there stays"
    assert len(changed.rows["one"]) == 2


def test_lines_that_are_taken_out_are_trained_anew_by_other_code(
    people, short, tmp_path, pretended, monkeypatch, caplog
):
    rows, recipes = tmp_path / "rows.csv", [short("one"), short("two", 2)]
    first = compare(people, tmp_path / "out", recipes, rows=rows).rows["one"][0]
    monkeypatch.setattr(arena, "commit_of_code", lambda: "new")
    rows.unlink()
    assert compare(people, tmp_path / "out", recipes, rows=rows).rows["one"][0] == first
    assert len(pretended) == 2, "the same code: what is there is taken, with its commit"
    monkeypatch.setattr(arena, "code_of", lambda _: {"vireid": "c0de"})
    kept = [line for line in rows.read_text().splitlines() if not line.startswith("one,")]
    rows.write_text("\n".join(kept) + "\n")
    with (
        pytest.warns(UserWarning, match="two: .* anew, take their lines out of .*rows.csv$"),
        caplog.at_level("INFO", "vireid"),
    ):
        found = compare(people, tmp_path / "out", recipes, rows=rows)
    assert [name for name, *_ in pretended] == ["one", "two", "one"]
    assert {(row.commit, row.code) for row in found.rows["one"]} == {("new", "c0de")}
    assert {row.code for row in found.rows["two"]} == {first.code}
    anew = (
        f"one on people, seed 0, is trained anew: other code has begun it (commit {first.commit})"
    )
    assert anew in caplog.messages
    (aside,) = (tmp_path / "out").rglob("*.before-1")
    assert f"the former training lies in {aside}" in caplog.messages


def test_other_data_of_the_same_name_are_other_rows(people, draw, short, tmp_path, pretended):
    other = draw(tmp_path / "people", images=5)
    for data in (people, other, people):
        compare(data, tmp_path / "out", [short("one")])
    assert len(pretended) == 2
    assert len({row.contents for row in RowFile(tmp_path / "out" / "rows.csv").rows()}) == 2


def test_a_killed_comparison_has_noted_all_that_was_trained(
    people, short, tmp_path, pretended, monkeypatch
):
    run, out = work.run_rows, tmp_path / "out"

    def killed(study):
        found = run(study)
        if "two" in study.rows:
            raise Stopped("killed", 143)
        return found

    recipes = [short("one"), short("two", 2), short("three", 3)]
    with monkeypatch.context() as patch:
        patch.setattr(work, "run_rows", killed)
        with pytest.raises(Stopped):
            compare(people, out, recipes)
    shown = compare(people, out, recipes, train=False)
    assert [len(lines) for lines in shown.rows.values()] == [2, 0, 0]
    found = compare(people, out, recipes)
    assert [len(lines) for lines in found.rows.values()] == [2, 2, 2]
    assert [name for name, *_ in pretended] == ["one", "two", "three"], "nothing is trained twice"


def test_cameras_that_may_be_others_are_said_once(people, draw, short, tmp_path, pretended):
    named = {"test": [draw(tmp_path / "street", images=2)], "centre": "training", "seeds": [0, 1]}
    with pytest.warns(UserWarning, match="nothing but numbers says") as told:
        compare(people, tmp_path / "out", [short("one"), short("two", 2)], **named)
    lines = [one for one in told if "nothing but numbers says" in str(one.message)]
    assert (len(lines), len(pretended)) == (1, 4)


def test_what_cannot_be_trained_is_a_row_too(people, short, tmp_path, pretended):
    file = short("one")
    never = short("never", text=file.read_text().replace("min_samples: 3", "min_samples: 100"))
    for _ in range(2):
        found = compare(people, tmp_path / "out", [file, never])
    assert len(pretended) == 2, "it would fail again"
    assert [row.mAP for row in found.rows["never"]] == [None, None]
    assert "- `never` on people, seed 0, could not be trained: no clusters\n" in (found.page)


def test_what_another_process_trains_is_left_to_it(people, short, tmp_path, pretended, caplog):
    recipes, out = [short("one"), short("two", 2)], tmp_path / "out"
    compare(people, out, recipes[:1])
    (place,) = (out / "runs").glob("one-*/people-*")
    (out / "rows.csv").unlink()
    with locked(place / ".seed-0.lock") as mine, caplog.at_level("INFO", "vireid"):
        assert mine
        found = compare(people, out, recipes)
    assert [name for name, *_ in pretended] == ["one", "two"]
    assert [len(lines) for lines in found.rows.values()] == [0, 2]
    assert "one on people, seed 0: another process is working on it" in caplog.messages


def test_options_make_rows_equal_or_name_what_is_not(people, short, tmp_path, pretended):
    text = short("one").read_text()
    long = short("long", text=text.replace("iterations: 1", "iterations: 2"))
    found = compare(people, tmp_path / "out", [short("one"), long])
    assert "- `long` sees 32 images, `one` 16." in found.page
    equal = compare(people, tmp_path / "out", [short("one"), long], equal_images=True)
    assert "`long` sees" not in equal.page
    assert equal.rows["long"][0].images == 16
    changed = compare(people, tmp_path / "out", [short("one")], settings=["weight_decay=0.1"])
    assert changed.rows["one"][0].recipe != found.rows["one"][0].recipe
    assert len(pretended) == 3, "long with as many images as one is the same training"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"recipes": []}, "recipes hold none"),
        ({"rows": "table.md"}, r"--rows table\.md: expected a name that ends in \.csv"),
        ({"page": "table.csv"}, r"--page table\.csv: expected a name that ends in \.md"),
        ({"centre": "all"}, "centre is all; expected one of none, training, own"),
        ({"base": "gone"}, "--base gone is none of the rows: one"),
        ({"bound": ["gone"]}, "--bound gone is none of the rows: one"),
        ({"settings": ["seed=3"]}, "--set seed: a comparison has its seeds from --seeds"),
        ({"seeds": []}, "--seeds holds none"),
        ({"recipes": ["one", "again/one"]}, "two recipes are called one"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_training(
    people, short, tmp_path, pretended, named, message
):
    file = short("one")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "one.yaml").write_text(file.read_text())
    recipes = [tmp_path / f"{name}.yaml" for name in named.get("recipes", ["one"])]
    with pytest.raises(ConfigError, match=message):
        compare(people, tmp_path / "out", **named | {"recipes": recipes})
    assert not pretended
    assert not (tmp_path / "out").exists()


def test_the_same_images_twice_are_refused(people, draw, short, tmp_path):
    copy = draw(tmp_path / "copy")
    with pytest.raises(ConfigError, match="data people and copy are the same images"):
        vireid.compare([people, copy], tmp_path / "out", recipes=[short("one")], seeds=[0])
