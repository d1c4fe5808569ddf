"""Images that occur twice are named for what that does; traps of an evaluation are counted."""

import shutil

import pytest
from PIL import Image

from tests.people import manifest, two_folders
from vireid.data.check.inspection import check

ONE = {"visible": "visible/0007/0.png", "infrared": "infrared/0007/0.png"}


def warned(root, table):
    return check(manifest(root / "m.csv", table), workers=1).warnings


def told(lines, text):
    """Demand one line with a text, and return it."""
    (line,) = [line for line in lines if text in line]
    return line


@pytest.fixture
def root(tmp_path):
    return two_folders(tmp_path / "data")


def copied(root, source, name):
    shutil.copy(root / source, root / name)
    return name


def reencoded(root, source, name):
    Image.open(root / source).save(root / name)
    return name


@pytest.mark.parametrize(("write", "name"), [(copied, "x.png"), (reencoded, "x.bmp")])
@pytest.mark.parametrize(
    ("source", "row", "text"),
    [
        ("infrared/0007/0.png", ("infrared", "9", "7", "gallery"), "1 query with the same picture"),
        ("infrared/0001/0.png", ("infrared", "4", "7", "query"), "1 test image whose picture is"),
        ("visible/0007/0.png", ("visible", "1", "6", "gallery"), "1 image given to two people"),
        ("visible/0007/0.png", ("infrared", "4", "7", "query"), "that are visible images too"),
        ("visible/0007/0.png", ("visible", "1", "7", "gallery"), "1 gallery image there before"),
        ("infrared/0007/0.png", ("infrared", "4", "7", "query"), "1 query there before"),
        ("visible/0001/0.png", ("visible", "1", "1", "train"), "1 training image there before"),
        ("visible/0001/0.png", ("visible", "1", "2", "train"), "1 image given to two people"),
    ],
)
def test_each_kind_of_copy_has_a_line(root, write, name, source, row, text):
    write(root, source, name)
    lines = warned(root, [*listed(root), (name, *row)])
    line = told(lines, text)
    assert name in line
    assert source in line
    assert not [line for line in lines if "copies" in line]


def listed(root):
    """Yield the rows of the pictures in folders; one that lies beside them has none."""
    for file in sorted(root.glob("*/*/*.png")):
        path = file.relative_to(root).as_posix()
        kind, who = path.split("/")[0], int(path.split("/")[1])
        split = "train" if who < 4 else "query" if kind == "infrared" else "gallery"
        yield path, kind, "1" if kind == "visible" else "4", str(who), split


def test_plain_pictures_that_look_alike_are_no_copies(root):
    for number, path in enumerate(("visible/0001/0.png", "visible/0002/0.png")):
        picture = Image.new("RGB", (320, 640), "grey")
        picture.putpixel((number, 0), (0, 0, 0))
        picture.save(root / path)
    assert not [line for line in warned(root, listed(root)) if "two people" in line]


def test_the_querys_own_camera_and_modality_are_counted(root):
    table = [
        (p, k, c, w, "gallery" if s == "query" and not p.endswith("/0.png") else s)
        for p, k, c, w, s in listed(root)
    ]
    lines = warned(root, table)
    assert told(lines, "4 of 4 queries have gallery images of their own person, modality and")
    hidden = [(p, k, "0", w, s) for p, k, _, w, s in table]
    lines = warned(root, hidden)
    assert told(lines, "no camera of the test images is known: nothing of the query's own camera")
    assert told(lines, "12 of 28 matches are of the query's own modality")
    half = [(p, k, "0" if w == "7" else c, w, s) for p, k, c, w, s in table]
    assert told(warned(root, half), "8 of 32 test images have no known camera")


def test_an_image_that_is_both_is_no_match_of_itself(root):
    table = [(p, k, c, w, "both" if s != "train" else s) for p, k, c, w, s in listed(root)]
    assert told(warned(root, table), "32 of 32 queries have gallery images of their own person")
    alone = [row for row in table if row[4] == "train" or row[0] in ONE.values()]
    lines = warned(root, alone)
    assert not [line for line in lines if "of their own person" in line]
    single = [row for row in table if row[4] == "train" or row[0] == ONE["visible"]
              or row[3] == "6"]  # fmt: skip
    assert told(warned(root, single), "1 test person has a single image").endswith(": 7")


def test_camera_numbers_counted_anew_are_said(root):
    table = [(p, k, "1", w, s) for p, k, _, w, s in listed(root)]
    assert told(warned(root, table), "camera 1 in both modalities")


def test_what_follows_from_missing_files_is_not_said(root):
    table = [(p.replace("visible", "Visible"), *rest) for p, *rest in listed(root)]
    found = check(manifest(root / "m.csv", table), workers=1)
    assert found.faults
    assert not [
        line
        for line in (*found.faults, *found.warnings)
        if "one camera" in line or "no gallery" in line or "all infrared" in line
    ]
