"""What goes wrong with files of boxes is said, or left out and counted."""

import json

import numpy as np
import pytest

from tests.cropping.drawn import HEIGHT, WIDTH, Row, coco, frames, listed, random_rows, text, write
from vireid.cropping import CropSettings
from vireid.cropping.boxes import NO_AREA, NOT_FINITE
from vireid.cropping.crop import crop
from vireid.cropping.cuts import COVERED, OUTSIDE, SMALL
from vireid.cropping.mot import IGNORED
from vireid.cropping.people import AGAIN, TORN, UNSURE
from vireid.cropping.placing import MISSING
from vireid.errors import ConfigError, DataError

KIND = {"": "visible"}


@pytest.fixture
def cut(tmp_path):
    """Return a function that crops frames by the text of a file of boxes."""
    count = iter(range(100))

    def run(content, name="boxes.txt", root=None, **settings):
        number = next(count)
        root = root or frames(tmp_path / f"frames{number}")
        boxes = text(tmp_path / f"boxes{number}" / name, content)
        boxes = boxes.parent if name[0].isdigit() else boxes
        how = CropSettings(**({"modality": KIND, "camera": "a"} | settings))
        done = crop(root, boxes, tmp_path / f"out{number}", how)
        return done, listed(tmp_path / f"out{number}")

    return run


def lines(*rows):
    """Return MOTChallenge text of boxes."""
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


GOOD = (1, 1, 10, 10, 20, 30, 0.9, -1, -1, -1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((2, 1, 10, 10, 0, 30, 0.9), NO_AREA),
        ((2, 1, 10, 10, 20, -3, 0.9), NO_AREA),
        ((2, 1, "nan", 10, 20, 30, 0.9), NOT_FINITE),
        ((2, 1, 10, "inf", 20, 30, 0.9), NOT_FINITE),
        ((2, 1, "1e999", 10, 20, 30, 0.9), NOT_FINITE),
        ((2, 1, -15, 10, 20, 30, 0.9), OUTSIDE),
        ((77, 1, 10, 10, 20, 30, 0.9), MISSING),
        ((1, 1, 10, 10, 20, 30, 0.9), AGAIN),
        ((2, 1, 10, 10, 20, 30, 0.1), UNSURE),
        ((2, 1, 10, 10, 20, 5, 0.9), SMALL),
    ],
)
def test_a_box_that_is_none_is_left_out_and_counted(cut, row, reason):
    done, rows = cut(lines(GOOD, row), min_confidence=0.5, min_height=6)
    assert len(rows) == done.crops == 1
    assert done.left_out == {reason: 1}


def test_a_track_at_two_places_of_a_frame_is_nowhere_there(cut):
    rows = [(k, 1, 10, 10, 20, 30, 0.9) for k in range(1, 6)]
    done, found = cut(lines(*rows, (3, 1, 50, 10, 20, 30, 0.9)))
    assert [row["frame"] for row in found] == [f"{k:06d}.png" for k in (1, 2, 4, 5)]
    assert done.left_out == {TORN: 2}
    with pytest.raises(DataError, match="line 2: track '1' is at several places"):
        cut(lines((1, 1, 10, 10, 20, 30), (1, 1, 50, 10, 20, 30), (2, 1, 5, 5, 9, 9)))


def test_corners_where_sizes_are_expected_are_noticed(cut):
    rows = [(k, 1, 30 + k, 20, 60 + k, 60, 0.9) for k in range(1, 7)]
    with pytest.raises(DataError, match="say --corners"):
        cut(lines(*rows))
    _, found = cut(lines(*rows), form="corners")
    assert found[0]["box"] == "31 20 30 40"


@pytest.mark.parametrize("name", ["boxes.txt", "boxes.csv"])
def test_corners_that_fit_the_frame_as_sizes_are_noticed(cut, name):
    header = "" if name == "boxes.txt" else "frame,track,left,top,width,height\n"
    starts = [(1 + k % 40, 1 + k % 8) for k in range(1, 25)]
    rows = [(1 + k % 6, k, x, y, x + 5 + k % 3, y + 12 + k % 4) for k, (x, y) in enumerate(starts)]
    with pytest.raises(DataError, match=r"as right and bottom edges do; say --corners, or --sizes"):
        cut(header + lines(*rows), name)
    if name == "boxes.txt":
        _, found = cut(lines(*rows), name, form="corners")
        assert len(found) == 24
    assert cut(header + lines(*rows), name, form="size")[0].crops > 0


@pytest.mark.parametrize("seed", range(4))
def test_sizes_of_large_people_at_the_upper_left_are_no_corners(cut, seed):
    rng = np.random.default_rng(seed)
    starts, sizes = rng.integers(0, (12, 8), (30, 2)), rng.integers((30, 30), (60, 50), (30, 2))
    rows = [(1 + k % 6, k, *a, *b) for k, (a, b) in enumerate(zip(starts, sizes, strict=True))]
    assert cut(lines(*rows))[0].crops > 20


def test_sizes_where_corners_are_expected_are_noticed(cut):
    rows = [f"{k},1,{60 + k},20,20,30" for k in range(1, 6)]
    with pytest.raises(DataError, match="5 of 5 boxes have a width or height of 0 or less"):
        cut("\n".join(["frame,track,x1,y1,x2,y2", *rows]), "boxes.csv")


@pytest.mark.parametrize("name", ["boxes.txt", "boxes.csv"])
def test_shares_where_pixels_are_expected_are_noticed(cut, name):
    header = "" if name == "boxes.txt" else "frame,track,left,top,width,height\n"
    with pytest.raises(DataError, match="not shares of the frame"):
        cut(header + lines((1, 1, 0.2, 0.1, 0.3, 0.4)), name)


def test_pixels_where_shares_are_expected_are_noticed(cut):
    with pytest.raises(DataError, match="no share of the frame"):
        cut("0 20 30 10 10\n", "000001.txt")


def test_boxes_of_larger_frames_are_noticed(cut):
    rows = [(k, 1, 10 * WIDTH, 10 * HEIGHT, 20, 30, 0.9) for k in range(1, 6)]
    with pytest.raises(DataError, match="their numbers are no pixels of these frames"):
        cut(lines(*rows))
    found = coco([Row(1, 1, 10, 10, 20, 30)])
    found["images"][0]["width"] *= 2
    with pytest.raises(DataError, match=r"frames of 192x64, 000001\.png has 96x64"):
        cut(json.dumps(found), "boxes.json")


def test_numbers_that_may_be_one_frame_apart_are_refused(cut, tmp_path):
    root = frames(tmp_path / "zero", first=0)
    with pytest.raises(DataError, match="may be one frame apart; say --first-frame 1"):
        cut(lines(GOOD), root=root)
    _, rows = cut(lines(GOOD), root=root, first_frame=1)
    assert rows[0]["frame"] == "000000.png"
    _, rows = cut(lines(GOOD), root=root, first_frame=0)
    assert rows[0]["frame"] == "000001.png"
    _, rows = cut(lines(GOOD, (0, *GOOD[1:])), root=root)
    assert [row["frame"] for row in rows] == ["000000.png", "000001.png"]
    with pytest.raises(DataError, match="may be one frame apart; say --first-frame 0"):
        cut(lines(GOOD, (0, *GOOD[1:])))


def test_numbers_lead_to_the_numbers_in_names(cut, tmp_path):
    root = frames(tmp_path / "later", first=37)
    _, rows = cut(lines((38, *GOOD[1:])), root=root)
    assert rows[0]["frame"] == "000038.png"
    with pytest.raises(DataError, match=r"boxes speak of 1 to 1, frames are called 000037\.png"):
        cut(lines(GOOD), root=root)
    _, rows = cut(lines(GOOD), root=root, first_frame=1)
    assert rows[0]["frame"] == "000037.png"


def test_frames_are_counted_in_the_order_that_people_mean(cut, tmp_path):
    root = frames(tmp_path / "plain", 12)
    for file in root.iterdir():
        file.rename(root / f"f{int(file.stem)}.png")
    _, rows = cut(lines((2, *GOOD[1:]), (10, *GOOD[1:])), root=root, first_frame=1)
    assert [row["frame"] for row in rows] == ["f2.png", "f10.png"]


def test_rows_that_are_not_to_be_counted_stay_out(cut):
    rows = [(1, 1, 10, 10, 20, 30, 1, 1, 1.0), (1, 2, 40, 10, 20, 30, 0, 1, 1.0),
            (1, 3, 70, 10, 20, 30, 1, 3, 1.0)]  # fmt: skip
    done, found = cut(lines(*rows))
    assert [row["track"] for row in found] == ["a/1"]
    assert done.left_out == {IGNORED: 1, "of other classes": 1}
    _, found = cut(lines(*rows), classes=("3",))
    assert [row["track"] for row in found] == ["a/3"]


def test_other_categories_are_named(cut):
    found = coco([Row(1, 1, 10, 10, 20, 30)])
    found["categories"][0]["name"] = "bicycle"
    with pytest.raises(DataError, match="no boxes of people but of bicycle; say with --class"):
        cut(json.dumps(found), "boxes.json")
    _, rows = cut(json.dumps(found), "boxes.json", classes=("Bicycle",))
    assert len(rows) == 1
    table = "frame,track,left,top,width,height,class\n1,1,10,10,20,30,0\n1,2,50,10,20,30,1\n"
    with pytest.raises(DataError, match="say with --class which are people"):
        cut(table, "boxes.csv")


def test_boxes_without_tracks(cut):
    rows = [(1, -1, 10, 10, 20, 30, 0.9), (1, -1, 50, 10, 20, 30, 0.9)]
    _, found = cut(lines(*rows))
    assert [row["path"] for row in found] == ["a/%none/000001-1.png", "a/%none/000001-2.png"]
    assert {row["track"] for row in found} == {""}
    with pytest.raises(ConfigError, match="--best needs tracks"):
        cut(lines(*rows), best=2)


def test_foreign_texts_never_leave_the_folder(cut, tmp_path):
    names = ["../../x", "/etc/passwd", "..", ".hidden", "a\\b", "CON", "é", "=1+1", "x" * 300]
    rows = [f'1,"{name}",{10 + k},10,20,30' for k, name in enumerate(names)]
    _, found = cut("\n".join(["frame,track,left,top,width,height", *rows]), "boxes.csv")
    assert {row["track"] for row in found} == {f"a/{name}" for name in names}
    out = next(tmp_path.glob("out*"))
    for row in found:
        assert (out / row["path"]).resolve().is_relative_to((out / "a").resolve())
        assert len(row["path"].split("/")) == 3
        assert not row["path"].split("/")[1].startswith(".")


def test_an_overlapped_person_is_left_out_where_asked_for(cut):
    rows = [(1, 1, 10, 10, 20, 30), (1, 2, 20, 10, 40, 40), (1, 3, 70, 10, 20, 30)]
    done, found = cut(lines(*rows), max_overlap=0.4)
    assert [row["track"] for row in found] == ["a/2", "a/3"]
    assert done.left_out == {COVERED: 1}


def test_every_nth_frame(cut):
    rows = [(k, 1, 10, 10, 20, 30) for k in range(1, 7)]
    done, found = cut(lines(*rows), every=3)
    assert [row["frame"] for row in found] == ["000001.png", "000004.png"]
    assert done.left_out == {"in frames that are skipped": 4}


def test_a_damaged_frame_is_left_out_and_named(cut, tmp_path):
    root = frames(tmp_path / "damaged")
    held = (root / "000002.png").read_bytes()
    (root / "000002.png").write_bytes(held[: len(held) // 2])
    (root / "000003.png").write_bytes(b"no image")
    rows = [(k, 1, 10, 10, 20, 30) for k in range(1, 7)]
    for settings in ({}, {"best": 9}):
        done, found = cut(lines(*rows), root=root, **settings)
        assert [row["frame"] for row in found] == [f"{k:06d}.png" for k in (1, 4, 5, 6)]
        note = next(note for note in done.notes if note.startswith("2 frames left out"))
        assert "000002.png" in note
        assert "000003.png" in note


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "b.csv", "is empty"),
        ("a,b\n1,2\n", "b.csv", "names no column frame"),
        ("frame,x,y\n1,2,3\n", "b.csv", "lacks columns of boxes"),
        ("frame,track,left,top,width,height\n1,1,a,2,3,4\n", "b.csv", "left is 'a'"),
        ("frame,track,left,top,width,height\n1,1,2,3,4\n", "b.csv", "line 2: 5 cells"),
        ("frame,frame,left,top,width,height\n1,1,2,3,4,5\n", "b.csv", "is there twice"),
        ("1,1,10,10,20\n", "b.txt", "names no column frame"),
        ("1,1,10,10,20,30\n1,x,10,10,20,30\n", "b.txt", "line 2: track is 'x'"),
        ("1.5,1,10,10,20,30\n", "b.txt", "frame is '1.5'"),
        ("[]", "b.json", "is a list, as detectors write it"),
        ("{", "b.json", "is no JSON"),
        ('{"images": []}', "b.json", "lacks a list 'annotations'"),
        ("0 0.5 0.5 0.1\n", "1.txt", "4 cells"),
        ("0 0.5 0.5 0.1 0.1 0.2 0.2 0.3\n", "1.txt", "outlines and key points are no boxes"),
        ("1,1,10,10,20,30\n", "1.txt", "1 cells"),
    ],
)
def test_a_file_of_another_kind_is_named(cut, content, name, said):
    with pytest.raises(DataError, match=said) as caught:
        cut(content, name)
    assert "\n" not in str(caught.value)


def test_widths_of_frames_beside_corners_are_not_those_of_boxes(cut):
    table = "filename,width,height,class,xmin,ymin,xmax,ymax\n000001.jpg,96,64,person,10,10,30,40\n"
    _, rows = cut(table, "boxes.csv")
    assert rows[0]["box"] == "10 10 20 30"


def test_a_spreadsheet_with_semicolons_and_decimal_commas(cut):
    table = "﻿Frame;Track;Left;Top;Width;Height\r\n1;7.0;10,5;10;20,25;30\r\n"
    _, rows = cut(table, "boxes.csv")
    assert (rows[0]["box"], rows[0]["track"]) == ("10.5 10 20.25 30", "a/7")


def test_what_lies_in_the_folder_is_not_written_over(tmp_path):
    root, boxes = frames(tmp_path / "f"), write(random_rows(1), "mot", tmp_path / "b")
    text(tmp_path / "out" / "manifest.csv", "mine")
    with pytest.raises(DataError, match="holds other files"):
        crop(root, boxes, tmp_path / "out", CropSettings(modality=KIND, camera="a"))
    assert (tmp_path / "out" / "manifest.csv").read_text() == "mine"
