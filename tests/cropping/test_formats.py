"""The same boxes in any format give the same crops."""

import shutil

import numpy as np
import pytest
from PIL import Image

from tests.cropping.drawn import LAYOUTS, Row, frames, held, listed, random_rows, write
from vireid.cropping import CropSettings
from vireid.cropping.crop import crop
from vireid.cropping.reading import recognise

HOW = CropSettings(modality={"": "visible"}, camera="a", margin=0.1, min_confidence=0.3)


@pytest.mark.parametrize("seed", range(4))
def test_all_formats_give_equal_crops_and_manifests(tmp_path, seed):
    root, rows = frames(tmp_path / "frames"), random_rows(seed)
    outputs = []
    for layout in LAYOUTS:
        boxes = write(rows, layout, tmp_path / layout)
        assert recognise(boxes) == layout.split()[0]
        done = crop(root, boxes, tmp_path / "out" / layout, HOW)
        assert done.crops == len(listed(tmp_path / "out" / layout)) > 0
        outputs.append((held(tmp_path / "out" / layout), done.left_out))
    assert all(output == outputs[0] for output in outputs)


@pytest.mark.parametrize("seed", range(20, 23))
def test_a_crop_holds_the_pixels_of_its_box(tmp_path, seed):
    root, rows = frames(tmp_path / "frames"), random_rows(seed)
    whole = CropSettings(modality={"": "visible"}, camera="a", min_inside=0)
    crop(root, write(rows, "mot", tmp_path / "mot"), tmp_path / "out", whole)
    found = {(row["track"], row["frame"]): row for row in listed(tmp_path / "out")}
    expected = {}
    for row in rows:  # a slow and obvious oracle
        left, top = max(row.left, 0), max(row.top, 0)
        right, bottom = min(row.left + row.width, 96), min(row.top + row.height, 64)
        if right > left and bottom > top:
            expected[f"a/{row.track}", f"{row.frame:06d}.png"] = (left, top, right, bottom)
    assert found.keys() == expected.keys()
    for key, (left, top, right, bottom) in expected.items():
        box = [float(cell) for cell in found[key]["box"].split(" ")]
        assert box == [left, top, right - left, bottom - top]
        frame = np.asarray(Image.open(root / key[1]))
        edges = [int(np.floor(value + 0.5)) for value in (left, top, right, bottom)]
        edges = [min(edges[0], 95), min(edges[1], 63), *edges[2:]]
        part = frame[edges[1] : max(edges[3], edges[1] + 1), edges[0] : max(edges[2], edges[0] + 1)]
        assert np.array_equal(np.asarray(Image.open(tmp_path / "out" / found[key]["path"])), part)


def test_levels_of_16_bits_stay_as_they_are(tmp_path):
    root = frames(tmp_path / "frames", 2, deep=True)
    boxes = write([Row(1, 1, 10, 10, 20, 30), Row(2, 1, 12, 10, 20, 30)], "mot", tmp_path / "b")
    how = CropSettings(modality={"": "infrared"}, camera="t", image_format="jpeg")
    crop(root, boxes, tmp_path / "out", how)
    frame = np.asarray(Image.open(root / "000001.png"))
    piece = np.asarray(Image.open(tmp_path / "out" / "t" / "1" / "000001.png"))
    assert piece.dtype == np.uint16
    assert np.array_equal(piece, frame[10:40, 10:30])


def test_jpeg_is_as_its_quality_says_and_nothing_else_is_written(tmp_path):
    root = frames(tmp_path / "frames", 1)
    tag = Image.Exif()
    tag[0x10F] = "somebody's camera"
    Image.open(root / "000001.png").save(root / "000001.jpg", exif=tag, quality=95)
    (root / "000001.png").unlink()
    boxes = write([Row(1, 1, 10, 10, 20, 30)], "mot", tmp_path / "b")
    how = CropSettings(modality={"": "visible"}, camera="t", image_format="jpeg")
    crop(root, boxes, tmp_path / "out", how)
    with Image.open(tmp_path / "out" / "t" / "1" / "000001.jpg") as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert image.size == (20, 30)


@pytest.mark.parametrize("turn", range(1, 9))
def test_frames_are_turned_upright_as_everywhere(tmp_path, turn):
    from vireid.data.pixels.images import decode

    root = frames(tmp_path / "frames", 1)
    tag = Image.Exif()
    tag[0x112] = turn
    with Image.open(root / "000001.png") as image:
        image.save(root / "000001.png", exif=tag)
    upright = decode(root / "000001.png")
    boxes = write([Row(1, 1, 5, 10, 40, 30)], "mot", tmp_path / "b")
    crop(root, boxes, tmp_path / "out", CropSettings(modality={"": "visible"}, camera="t"))
    piece = np.asarray(Image.open(tmp_path / "out" / "t" / "1" / "000001.png"))
    assert np.array_equal(piece, upright[10:40, 5:45])


def test_cameras_in_folders_of_one_source(tmp_path):
    root = tmp_path / "frames"
    for camera in ("cam1", "cam2"):
        frames(root / camera)
    rows = random_rows(5)
    for layout in ("yolo", "coco"):
        boxes = write(rows, layout, tmp_path / layout / "cam1")
        if layout == "coco":
            held_text = boxes.read_text().replace('"0000', '"cam1/0000')
            boxes.write_text(held_text)
        else:
            shutil.copytree(boxes, tmp_path / layout / "cam2")
            boxes = tmp_path / layout
        how = CropSettings(modality={"cam1": "visible", "cam2": "infrared"})
        crop(root, boxes, tmp_path / "out" / layout, how)
    both = listed(tmp_path / "out" / "yolo")
    one = listed(tmp_path / "out" / "coco")
    assert [row for row in both if row["camera"] == "cam1"] == one
    assert {(row["camera"], row["modality"]) for row in both} == {
        ("cam1", "visible"), ("cam2", "infrared")
    }  # fmt: skip
    assert {row["track"].split("/")[0] for row in both} == {"cam1", "cam2"}
