"""Which faults stop training and which evaluation, all folds of RegDB, and files in no list."""

import shutil
from dataclasses import replace

import pytest

from vireid.data import LLCM, open_data
from vireid.data.check import inspection
from vireid.data.check.inspection import QueryCount, check
from vireid.errors import ConfigError, DataError


def spoil(root, *paths):
    """Make files unreadable."""
    for path in paths:
        (root / path).write_bytes(b"")


def stops(found):
    """Return what each fault stops."""
    return [fault.stops for fault in found.reasons]


@pytest.mark.parametrize("layout", ["sysu", "llcm", "manifest"])
def test_unreadable_images_stop_what_they_are_for(copied, layout):
    root = copied(layout)
    data = open_data(root)
    spoil(root, data.test.paths[0])
    found = check(root)
    assert (found.training, found.evaluation) == ("", "mend the faults first")
    assert stops(found) == [("evaluation",)]
    spoil(root, data.train.paths[0])
    both = check(root)
    assert both.training == both.evaluation == "mend the faults first"
    assert stops(both) == [("training",), ("evaluation",)]


def test_training_tolerates_a_share_of_unreadable_images(copied):
    root = copied("sysu")
    train = open_data(root).train
    spoil(root, *train.paths[:2])
    share = 2 / len(train)
    found = check(root, max_unreadable=share)
    assert (found.usable, found.training, found.faults) == (True, "", ())
    assert found.findings["unreadable files"] == 2
    assert found.warnings[0].startswith(
        "2 training images cannot be read; training goes on without, as"
    )
    less = check(root, max_unreadable=share - 0.001)
    assert stops(less) == [("training",)]
    for wrong in (-0.1, 1.0, float("nan")):
        with pytest.raises(ConfigError, match="expected a share from 0 to below 1"):
            check(root, max_unreadable=wrong)


def test_a_modality_that_is_wholly_unreadable_is_not_tolerated(copied):
    root = copied("sysu")
    train = open_data(root).train
    spoil(root, *(path for path, kind in zip(train.paths, train.modality, strict=True) if kind))
    found = check(root, max_unreadable=0.9)
    assert found.reasons[0].what == "training images of one modality only"
    assert "and 0 infrared training images" in found.faults[0]


def test_one_sided_training_images_leave_evaluation_alone(copied):
    root = copied("manifest")
    lines = (root / "manifest.csv").read_text().splitlines(keepends=True)
    kept = [line for line in lines if ",infrared," not in line or "train" not in line]
    (root / "manifest.csv").write_text("".join(kept))
    found = check(root)
    assert stops(found) == [("training",)]
    assert found.evaluation == ""


@pytest.mark.parametrize(
    ("layout", "name", "part"),
    [("sysu", "exp/test_id.txt", "train"), ("llcm", "idx/train_nir.txt", "test"),
     ("regdb", "idx/test_visible_1.txt", "train")],
)  # fmt: skip
@pytest.mark.parametrize("empty", [True, False])
def test_without_a_list_the_rest_is_counted(copied, layout, name, part, empty):
    root = copied(layout)
    before = check(root)
    (root / name).unlink()
    if empty:
        (root / name).write_text("\n")
    found = check(root, fold=1 if layout == "regdb" else None)
    assert found.findings["missing or unreadable lists"] == 1
    assert found.counts[f"{part} images"] == before.counts[f"{part} images"] > 0
    assert len(found.faults) == 1, "what follows from it is not said again"
    assert found.faults[0].startswith(f"list {name} ")
    assert found.warnings == ()
    assert found.findings["image files in no list"] == 0, "they may be in the missing one"
    assert found.training == found.evaluation == "mend the faults first"


def test_all_folds_of_regdb_are_looked_at_and_images_once(original):
    calls, asked = [], []

    def count(data):
        asked.append(data.fold)
        return QueryCount("RegDB", 4, (4,))

    root = original("regdb")
    found = check(root, progress=lambda *call: calls.append(call), count_queries=count)
    assert asked == list(range(1, 11))
    assert found.name == "regdb (RegDB layout), fold 1 of 10"
    assert calls[-1] == (20, 20)
    assert found.counts["images of all folds"] == 20
    assert check(root, fold=3).name == "regdb (RegDB layout), fold 3"


def test_a_missing_list_of_any_fold_of_regdb_is_found(copied):
    root = copied("regdb")
    for name in ("train_visible_1", "test_thermal_7"):
        (root / "idx" / f"{name}.txt").unlink()
    found = check(root)
    assert found.findings["missing or unreadable lists"] == 2
    assert "list idx/test_thermal_7.txt is missing" in found.faults[0]
    assert found.name.endswith("fold 2 of 10"), "the first sound fold is counted"
    assert found.counts["train images"] == 12
    assert found.warnings == (), "what follows from missing lists is not said again"
    assert found.findings["train identities in one modality"] == 0
    reason = "folds 1, 7: mend the faults first; the other folds are good"
    assert found.training == found.evaluation == reason
    assert check(root, fold=2).usable


def test_a_missing_file_of_regdb_is_one_fault_however_many_lists_name_it(copied):
    root = copied("regdb")
    path = open_data(root).train.paths[0]
    (root / path).unlink()
    found = check(root)
    assert found.findings["list entries without a file"] == 1
    assert len(found.faults) == 1
    assert "(and 9 other lists): file" in found.faults[0]
    assert found.training == "mend the faults first"
    (root / "idx" / "test_visible_1.txt").unlink()
    assert check(root).name.endswith("fold 2 of 10"), "rather one without its file"


def test_an_unreadable_file_of_regdb_stops_each_fold_in_its_way(copied):
    root = copied("regdb")
    path = open_data(root).train.paths[0]
    spoil(root, path)
    trains = [t for t in range(1, 11) if path in open_data(root, fold=t).train.paths]
    found = check(root)
    assert found.findings["unreadable files"] == 1
    for fault, use, folds in zip(
        found.reasons,
        ("training", "evaluation"),
        (trains, sorted({*range(1, 11)} - {*trains})),
        strict=True,
    ):
        assert fault.stops == (use,)
        word = "folds" if len(folds) > 1 else "fold"
        assert fault.folds == f"{word} {', '.join(map(str, folds))}"
        assert getattr(found, use) == (
            f"{fault.folds}: mend the faults first; the other folds are good"
        )


@pytest.mark.parametrize(
    ("layout", "place"),
    [("sysu", "cam4/0099"), ("regdb", "Visible/99"), ("llcm", "test_nir/cam3/0099"),
     ("manifest", "images"), ("manifest", "images/0001")],
)  # fmt: skip
def test_files_in_no_list_are_counted_and_no_fault(copied, layout, place):
    root = copied(layout)
    (root / place).mkdir(parents=True, exist_ok=True)
    for name in ("x.jpg", ".hidden.jpg", "notes.txt"):
        shutil.copy(next(root.rglob("*.csv")), root / place / name)
    found = check(root)
    assert found.usable
    assert found.findings["image files in no list"] == 1
    assert found.warnings[0] == f"1 image file in no list and not used: {place}/x.jpg"
    (others,) = found.warnings[1:]
    assert others.startswith(f"1 file of other kinds not used: 1 .txt, such as '{place}/notes.txt'")


@pytest.mark.parametrize(
    ("layout", "place"), [("folders", "visible"), ("sysu", "cam3/0001"), ("llcm", "nir")]
)
def test_image_files_of_other_endings_are_counted(copied, layout, place):
    root = copied(layout)
    for name in ("a.TIF", "b.webp", ".c.tif", "notes.txt"):
        (root / place / name).write_bytes(b"")
    found = check(root)
    assert found.usable
    line, others = found.warnings
    assert others.startswith("1 file of other kinds not used: 1 .txt, such as")
    assert line.startswith("2 image files not used, as the name does not end in .jpg, .jpeg, .png")
    assert "(1 .tif, 1 .webp)" in line
    assert f"{place}/a.TIF, {place}/b.webp; convert them, or name them in a manifest" in line


def test_a_file_of_any_ending_may_be_listed(copied):
    root = copied("manifest")
    path = open_data(root).train.paths[0]
    (root / path).rename((root / path).with_suffix(".webp"))
    text = (root / "manifest.csv").read_text()
    (root / "manifest.csv").write_text(text.replace(path, path.replace(".jpg", ".webp")))
    assert check(root).warnings == ()


def test_a_file_that_is_listed_twice_is_no_copy_of_itself(copied):
    root = copied("regdb")
    path = open_data(root).train.paths[0]
    with (root / "idx" / "test_visible_1.txt").open("a") as file:
        file.write(f"{path} 0\n")
    found = check(root, fold=1)
    assert (found.findings["copies of other files"], found.warnings) == (0, ())
    (root / path).write_bytes(b"")
    assert check(root, fold=1).findings["unreadable files"] == 1


@pytest.mark.parametrize("kind", ["visible", "infrared"])
def test_a_search_within_one_modality_is_a_warning(copied, kind):
    root = copied("manifest")
    lines = (root / "manifest.csv").read_text().splitlines(keepends=True)
    for old in ("visible", "infrared"):
        lines = [
            line if ",train" in line else line.replace(f",{old},", f",{kind},") for line in lines
        ]
    (root / "manifest.csv").write_text("".join(lines))
    found = check(root)
    assert found.usable
    assert (
        f"queries and gallery are all {kind}; scores are those of a search within"
        in (found.warnings[0])
    )


def test_files_beside_a_manifest_count_where_it_names_some_there(copied):
    root = copied("manifest")
    (root / "other").mkdir()
    spoil(root, "other/a.jpg", "b.jpg")
    assert check(root).findings["image files in no list"] == 0
    shutil.copy(root / open_data(root).train.paths[0], root / "c.jpg")
    with (root / "manifest.csv").open("a") as file:
        header = (root / "manifest.csv").read_text().splitlines()[0].split(",")
        cells = {"path": "c.jpg", "modality": "visible", "camera": "1", "identity": "1",
                 "split": "train"}  # fmt: skip
        file.write(",".join(cells.get(name, "") for name in header) + "\n")
    found = check(root).findings["image files in no list"]
    assert found == 1 + sum(path.name.endswith(".png") for path in root.iterdir())


@pytest.mark.parametrize("layout", ["regdb", "llcm", "manifest"])
def test_an_image_of_a_faulty_entry_is_in_a_list(copied, layout):
    root = copied(layout)
    lists = {"regdb": "idx/train_visible_1.txt", "llcm": "idx/train_vis.txt"}
    name = lists.get(layout, "manifest.csv")
    first = open_data(root).train.paths[0]
    lines = (root / name).read_text().splitlines(keepends=True)
    bad = [
        line.replace(" ", " x") if " " in line else line.replace(",visible,", ",green,")
        for line in lines
        if first in line
    ]
    (root / name).write_text("".join(line for line in lines if first not in line) + bad[0])
    found = check(root, fold=1 if layout == "regdb" else None)
    assert found.findings["faulty list entries"] == 1
    assert found.findings["image files in no list"] == 0


def test_a_protocol_that_cannot_be_built_is_a_fault_and_not_tried_on_faulty_data(copied):
    def refuse(_):
        raise DataError("no camera fits")

    root = copied("llcm")
    found = check(root, count_queries=refuse)
    assert (found.faults, stops(found)) == (("no camera fits",), [("evaluation",)])
    assert (found.training, found.evaluation) == ("", "mend the faults first")
    spoil(root, open_data(root).test.paths[0])
    assert "no camera fits" not in check(root, count_queries=refuse).faults


def test_a_draw_without_any_valid_query_is_a_fault(original):
    found = check(original("sysu"), count_queries=lambda _: QueryCount("S", 9, (3, 0)))
    assert found.faults[0].startswith("in draw 2 of 2 none of the 9 queries has a true match in")
    assert found.queries.valid == (3, 0)


def test_a_missing_modality_is_said_once(copied):
    root = copied("sysu")
    for camera in (3, 6):
        for identity in (1, 2, 3):
            shutil.rmtree(root / f"cam{camera}" / f"{identity:04d}")
    found = check(root)
    assert len([line for line in found.faults if "infrared training image" in line]) == 1
    with pytest.raises(DataError, match="holds no infrared training image"):
        open_data(root)


def test_published_numbers_are_compared_for_parts_whose_lists_are_there(copied, monkeypatch):
    root = copied("llcm")
    counts = check(root).counts
    card = replace(LLCM, statistics={name: number + 1 for name, number in counts.items()})
    card = replace(
        card, statistics={**card.statistics, "train identities": 3, "test identities": 2}
    )
    monkeypatch.setitem(inspection.CARDS, "llcm", card)
    names = {line.split(":")[0] for line in check(root).warnings}
    assert names == {name for name in counts if "identities" not in name}
    (root / "idx" / "train_nir.txt").unlink()
    names = {line.split(":")[0] for line in check(root).warnings}
    assert names == {
        "test visible images", "test infrared images", "test images",
    }  # fmt: skip
