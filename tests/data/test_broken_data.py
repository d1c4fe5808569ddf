"""What is an error, a warning or fine: one table of damages over all layouts."""

import csv
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vireid.data import load_pixels, open_data
from vireid.data.check.inspection import check
from vireid.errors import DataError

LAYOUTS = ("sysu", "regdb", "llcm", "manifest", "folders")


def first(root: Path) -> Path:
    """Return the first training image of a data set."""
    train = open_data(root).train
    return train.root / train.paths[0]


def rewrite(path: Path, old: str, new: str, count: int = 1) -> None:
    """Replace text in a list."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def edit_manifest(root: Path, change) -> None:
    """Write a manifest's rows anew."""
    with (root / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows = list(change(rows))
    with (root / "manifest.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


def refused(root: Path, message: str, **options: int) -> None:
    """Demand that opening fails with one clear line, and that the check agrees."""
    with pytest.raises(DataError, match=message) as caught:
        open_data(root, **options)
    assert "\n" not in str(caught.value)
    if "has no known layout" not in str(caught.value):
        found = check(root, **options)
        assert not found.usable
        assert found.faults


# --- files that are no good images -------------------------------------------------------------


def spoil_corrupt(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[: len(data) // 2] = b"\x00" * (len(data) // 2)
    path.write_bytes(data)


def spoil_text(path: Path) -> None:
    path.write_text("no image")


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_corrupt, "cannot be decoded"),
        (spoil_text, "cannot be decoded"),
        (spoil_empty, "is empty"),
        (spoil_truncated, "cannot be decoded"),
    ],
    ids=["corrupt", "text", "zero bytes", "truncated"],
)
def test_an_unreadable_image_is_a_fault(copied, layout, spoil, message):
    root = copied(layout)
    path = first(root)
    spoil(path)
    found = check(root, fold=1 if layout == "regdb" else None)
    assert found.findings["unreadable files"] == 1
    assert len(found.faults) == 1
    assert message in found.faults[0]
    assert path.name in found.faults[0]
    assert str(root) not in found.faults[0]
    assert "\n" not in found.faults[0]
    assert not found.usable
    with pytest.raises(DataError, match=message) as caught:
        load_pixels(open_data(root).train, (8, 4))
    assert "\n" not in str(caught.value)


def test_headers_alone_do_not_show_a_truncated_file(copied):
    root = copied("sysu")
    spoil_truncated(first(root))
    assert check(root, quick=True).usable
    spoil_text(first(root))
    assert "cannot be decoded" in check(root, quick=True).faults[0]
    spoil_empty(first(root))
    assert "is empty" in check(root, quick=True).faults[0]


# --- images in other modes are fine ------------------------------------------------------------


def colours() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 16, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("mode", "format_"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("P", "PNG"),
     ("LA", "PNG"), ("1", "PNG")],
)  # fmt: skip
def test_other_modes_are_converted_without_a_word(copied, layout, mode, format_):
    root = copied(layout)
    image = deep(colours()) if mode == "I;16" else colours().convert(mode)
    image.save(first(root), format=format_)  # whatever its name says
    found = check(root)
    assert (found.faults, found.warnings, found.usable) == ((), (), True)
    pixels = load_pixels(open_data(root).train.subset([0]), (32, 16))[0]
    if mode in {"L", "LA", "1", "I;16"}:
        assert np.ptp(pixels.astype(int), axis=2).max() == 0
    if mode in {"RGBA", "I;16"}:
        grey = np.asarray(colours().convert("L"))[..., None].repeat(3, axis=2)
        assert np.array_equal(pixels, colours() if mode == "RGBA" else grey)


# --- lists and files that disagree -------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "name"),
    [*(("sysu", f"exp/{split}_id.txt") for split in ("train", "val", "test")),
     *(("regdb", f"idx/{part}_{word}_1.txt")
       for part in ("train", "test") for word in ("visible", "thermal")),
     *(("llcm", f"idx/{name}.txt") for name in ("train_vis", "train_nir", "test_id"))],
)  # fmt: skip
def test_a_list_must_be_there_and_hold_text(copied, layout, name):
    root = copied(layout)
    (root / name).unlink()
    refused(root, f"{Path(name).name} is missing")
    (root / name).write_bytes(b"\xff\xfe\x00")
    refused(root, "cannot be read as text")
    (root / name).write_text("\n")
    refused(root, "holds no identity" if "_id" in name else "is empty; expected lines")
    (root / name).unlink()
    (root / name).mkdir()
    refused(root, "cannot be read as text")


def test_a_fold_without_lists_is_named(copied):
    root = copied("regdb")
    (root / "idx" / "test_thermal_4.txt").unlink()
    refused(root, r"test_thermal_4\.txt is missing", fold=4)
    assert open_data(root, fold=3).fold == 3


@pytest.mark.parametrize(
    ("layout", "folder"), [("sysu", "cam?/0002"), ("sysu", "cam?/0005"), ("llcm", "*/cam?/0005")]
)
def test_an_identity_without_images_is_named(copied, layout, folder):
    root = copied(layout)
    for found in root.glob(folder):
        shutil.rmtree(found)
    refused(root, f"no image of the listed identities {int(folder[-4:])};")


@pytest.mark.parametrize("layout", ["regdb", "llcm", "manifest"])
def test_an_entry_without_its_file_is_named_with_its_line(copied, layout):
    root = copied(layout)
    first(root).unlink()
    refused(root, r"line \d+: file '.*' is missing$")
    assert check(root).findings["list entries without a file"] == 1


@pytest.mark.parametrize("layout", ["regdb", "llcm", "manifest"])
def test_upper_and_lower_case_of_a_listed_name_must_agree(copied, layout):
    root = copied(layout)
    path = first(root)
    path.rename(path.with_suffix(path.suffix.upper()))
    refused(root, f"is missing; there is '{path.stem}{path.suffix.upper()}', upper and lower case")


@pytest.mark.parametrize("layout", ["sysu", "llcm", "folders"])
def test_endings_in_upper_case_are_fine_where_folders_are_listed(copied, layout):
    root = copied(layout)
    data = open_data(root)
    images = data.test if layout == "llcm" else data.train
    path = root / images.paths[0]
    path.rename(path.with_suffix(".JPG"))
    again = open_data(root)
    assert len(again.train) + len(again.test) == len(data.train) + len(data.test)
    assert check(root).usable


LISTS = {"regdb": "idx/train_visible_1.txt", "llcm": "idx/train_vis.txt"}


@pytest.mark.parametrize("layout", LISTS)
def test_faulty_lines_are_named(copied, layout):
    root = copied(layout)
    name = LISTS[layout]
    text = (root / name).read_text()
    line = text.splitlines()[0]
    path = line.split()[0]
    folder = path.rpartition("/")[0]
    for new, message in (
        (f"{line}\n{line}", rf"line 2: '{path}' is on line 1 already"),
        (f"{line}\n{folder}/../../{path} 0", "line 2: '.*' is on line 1 already"),
        (f"../{path} 0", "line 1: path '../.*' leaves the folder"),
        (f"/{path} 0", "line 1: path '/.*' leaves the folder"),
        (f"{folder} 0", "line 1: path '.*' is no file"),
        (f"{path} anna", "line 1: '.* anna' is no path and label"),
        (f"{path} -1", "line 1: '.* -1' is no path and label"),
        (path, "line 1: '.*' is no path and label"),
        (f"{'n' * 5000}.bmp 0", "is missing"),
    ):
        (root / name).write_text(text.replace(line, new, 1))
        refused(root, message)
    (root / name).write_text(text.replace("\n", "\r\n\r\n"))
    assert open_data(root).train.paths[0] == path


def test_paths_in_lists_may_hold_spaces(copied):
    root = copied("regdb")
    path = first(root)
    path.rename(path.with_name("a b.bmp"))
    rewrite(root / LISTS["regdb"], path.name, "a b.bmp")
    assert open_data(root).train.paths[0].endswith("/a b.bmp")


def test_more_than_five_problems_are_counted(copied):
    root = copied("regdb")
    shutil.rmtree(root / "Visible")
    with pytest.raises(DataError, match=r": 10 lines: the file is missing, such as idx/") as caught:
        open_data(root)
    assert str(caught.value).count("line 1: file 'Visible") == 1


def test_an_image_for_training_and_test_is_named(copied):
    root = copied("regdb")
    line = (root / LISTS["regdb"]).read_text().splitlines()[0]
    with (root / "idx" / "test_visible_1.txt").open("a") as file:
        file.write(line + "\n")
    refused(root, "test_visible_1.txt: '.*' is a training image too")


def test_an_identity_for_training_and_test_is_named(copied):
    root = copied("sysu")
    (root / "exp" / "test_id.txt").write_text("3,4")
    refused(root, "identities 3 are listed for training and for test")


def test_llcm_file_names_state_the_camera(copied):
    root = copied("llcm")
    path = first(root)
    path.rename(path.with_name("0001_s1.jpg"))
    rewrite(root / LISTS["llcm"], path.name, "0001_s1.jpg")
    refused(root, "file name of '.*0001_s1.jpg' states no camera; expected such as _c04_")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",visible,1,", ",visible,1.5,", "line 2: camera '1.5' is no whole number"),
        (",visible,", ",day,", "line 2: modality 'day' is unknown"),
        ("images/0001", "../images/0001", "line 2: path '../.*' leaves the folder"),
        ("images/0001/camera1-01.jpg", "images/0001", "line 2: path 'images/0001' is no file"),
        ("camera1-02.jpg", "camera1-01.jpg", "line 3: path '.*' is on line 2 already"),
    ],
)
def test_faulty_rows_of_a_manifest_are_named(copied, old, new, message):
    root = copied("manifest")
    rewrite(root / "manifest.csv", old, new)
    refused(root, message)


# --- names and folders -------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["sysu", "llcm", "folders"])
def test_a_name_that_is_no_utf_8_is_a_fault(copied, layout):
    root = copied(layout)
    images = open_data(root).test if layout == "llcm" else open_data(root).train
    path = root / images.paths[0]
    bad = os.fsencode(path.parent) + b"/\xff.jpg"
    try:
        os.rename(os.fsencode(path), bad)  # noqa: PTH104 - bytes
    except OSError:
        pytest.skip("this file system demands UTF-8")
    refused(root, r"name of '.*udcff.jpg' is no UTF-8; rename the file")


@pytest.mark.parametrize("layout", ["sysu", "regdb", "llcm", "manifest"])
def test_a_folder_in_the_place_of_an_image_is_a_fault(copied, layout):
    root = copied(layout)
    images = open_data(root).test if layout == "llcm" else open_data(root).train
    path = root / images.paths[0]
    path.unlink()
    path.mkdir()
    refused(root, "is no file; expected an image file")


def test_a_folder_called_like_an_image_is_a_folder_of_images_elsewhere(copied):
    root = copied("folders")
    path = first(root)
    path.parent.rename(root / "visible" / "a.jpg")
    assert f"visible/a.jpg/{path.name}" in open_data(root).train.paths


# --- modalities, cameras, identities -----------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "gone", "message"),
    [
        ("sysu", ("cam3", "cam6"), "no infrared training image; expected some in cam3, cam6"),
        ("sysu", ("cam1", "cam2", "cam4", "cam5"), "no visible training image"),
        ("folders", ("infrared",), "has no known layout"),
    ],
)
def test_an_empty_modality_is_named(copied, layout, gone, message):
    root = copied(layout)
    for name in gone:
        shutil.rmtree(root / name)
    refused(root, message)


def test_an_empty_modality_of_a_manifest_is_a_fault_of_its_training_part(copied):
    root = copied("manifest")
    edit_manifest(root, lambda rows: (r for r in rows if r["modality"] == "visible"))
    found = check(root)
    assert "there are 24 visible and 0 infrared training images" in found.faults[0]
    assert "there is no query test image" in found.faults[1]


@pytest.mark.parametrize("layout", ["sysu", "llcm"])
def test_a_test_part_without_a_modality_cannot_be_evaluated(copied, layout):
    root = copied(layout)
    for pattern in ("cam[36]/000[45]", "test_nir"):
        for folder in root.glob(pattern):
            shutil.rmtree(folder)
    found = check(root)
    assert found.faults == (
        "there is no infrared test image; expected some to search for or to search in",
    )


def test_one_camera_alone_is_a_warning(copied):
    root = copied("manifest")
    edit_manifest(root, lambda rows: ({**r, "camera": "1"} for r in rows))
    found = check(root)
    assert found.usable
    assert [line for line in found.warnings if "of one camera, 1" in line]
    edit_manifest(root, lambda rows: ({**r, "camera": "0"} for r in rows))
    assert check(root).warnings == (), "unknown cameras are fine"


def test_an_identity_in_queries_only_is_a_warning_and_without_any_match_a_fault(copied):
    root = copied("manifest")

    def lose(rows, *identities):
        return (r for r in rows if r["split"] != "gallery" or r["identity"] not in identities)

    edit_manifest(root, lambda rows: lose(rows, "4"))
    found = check(root)
    assert found.usable
    assert found.warnings[0] == "1 identity in queries only, not counted by the scores: 4"
    assert found.warnings[1].startswith("8 image files in no list and not used: images/0004/")
    assert found.findings["image files in no list"] == 8
    assert len(found.warnings) == 2
    edit_manifest(
        root,
        lambda rows: ({**r, "identity": "9"} if r["split"] == "gallery" else r for r in rows),
    )
    assert check(root).faults == (
        "no query identity has gallery test images; expected the same people",
    )


def test_an_identity_in_one_modality_is_a_warning(copied):
    root = copied("sysu")
    for folder in (*root.glob("cam[36]/0001"), *root.glob("cam[1245]/0004")):
        shutil.rmtree(folder)
    found = check(root)
    assert found.usable
    assert found.warnings == (
        "1 train identity in one modality only: 1",
        "1 test identity in one modality only: 4",
    )
    assert found.findings["train identities in one modality"] == 1


def test_people_in_training_and_test_of_a_manifest_are_a_warning(copied):
    root = copied("manifest")
    edit_manifest(
        root, lambda rows: ({**r, "identity": r["identity"].replace("1", "4")} for r in rows)
    )
    found = check(root)
    assert found.usable
    assert found.warnings == ("1 person in training and in test: 4",)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_copies_of_a_file_are_a_warning(copied, layout):
    root = copied(layout)
    train = open_data(root).train
    shutil.copy(root / train.paths[0], root / train.paths[1])
    found = check(root)
    assert found.usable
    assert found.warnings == (f"1 copy of other files: {train.paths[1]} of {train.paths[0]}",)
    assert found.findings["copies of other files"] == 1


@pytest.mark.parametrize("size", [(60, 30), (12, 40), (17, 33)], ids=["lying", "narrow", "other"])
def test_odd_sizes_are_a_warning(copied, size):
    root = copied("sysu")
    colours().resize(size).save(first(root))
    found = check(root)
    assert found.usable
    width, height = size
    assert found.warnings == (
        "1 image of an odd size (height x width): "
        f"{open_data(root).train.paths[0]} ({height}x{width})",
    )
