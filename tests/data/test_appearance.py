"""Pictures that do not look as their modality says: colours, contrast, brightness, polarity."""

import shutil

import matplotlib
import numpy as np
import pytest
from PIL import Image

from tests.people import manifest, person, rows, two_folders
from vireid.data.check.inspection import check
from vireid.data.check.measures import PLACES, measure, places, unpacked


def change(root, pattern, turn):
    """Write pictures anew; they are handed over as [H, W, 3] numbers."""
    for file in sorted(root.glob(pattern)):
        levels = turn(np.asarray(Image.open(file).convert("RGB")).astype(float))
        Image.fromarray(np.clip(np.round(levels), 0, 255).astype("u1")).save(file)


def grey(levels):
    return np.repeat(levels.mean(2, keepdims=True), 3, axis=2)


def warned(root, **options):
    return check(root, workers=2, **options).warnings


def coloured_by(name):
    return lambda levels: 255 * matplotlib.colormaps[name](levels.mean(2) / 255)[:, :, :3]


def test_sound_pictures_are_worth_no_word(tmp_path):
    assert warned(two_folders(tmp_path / "sound")) == ()


@pytest.mark.parametrize("name", ["inferno", "jet", "viridis", "hot", "turbo", "plasma"])
def test_infrared_in_false_colours_is_named(tmp_path, name):
    root = two_folders(tmp_path / "a")
    change(root, "infrared/*/*.png", coloured_by(name))
    line = warned(root)[0]
    assert line.startswith("infrared images have colours")
    assert "all 32 infrared images" in line


@pytest.mark.parametrize("cast", [(1.0, 0.85, 1.05), (0.95, 1.0, 0.9)])
def test_a_cast_of_near_infrared_is_no_colour(tmp_path, cast):
    root = two_folders(tmp_path / "a")
    change(root, "infrared/*/*.png", lambda levels: levels * cast)
    assert warned(root) == ()


def test_visible_images_without_colours_are_named(tmp_path):
    root = two_folders(tmp_path / "a")
    change(root, "visible/*/*.png", grey)
    (line,) = warned(root)
    assert line.startswith("visible images have no colours")
    assert line.endswith("both modalities look alike")


def test_a_visible_camera_at_night_is_named_by_its_share(tmp_path):
    root = two_folders(tmp_path / "a")
    change(root, "visible/000[0-1]/*.png", lambda levels: grey(levels) * (0.9, 1.0, 0.9))
    (line,) = warned(root)
    assert "8 of 32 visible images" in line
    assert "both" not in line


def test_modalities_that_are_exchanged_are_named(tmp_path):
    root = two_folders(tmp_path / "a")
    (root / "visible").rename(root / "x")
    (root / "infrared").rename(root / "visible")
    (root / "x").rename(root / "infrared")
    (line,) = warned(root)
    assert "the modalities seem to be exchanged" in line


def test_modalities_exchanged_in_the_test_part_of_one_camera_are_named(tmp_path):
    root = two_folders(tmp_path / "a", people=8)
    other = {"visible": "infrared", "infrared": "visible"}
    table = [
        (path, kind if split == "train" else other[kind], camera, who, split)
        for path, kind, camera, who, split in rows(root)
    ]
    lines = warned(manifest(root / "m.csv", table))
    assert any("infrared images have colours" in line for line in lines)
    assert any("visible images have no colours" in line for line in lines)


def test_a_side_that_is_a_copy_of_the_other_is_named(tmp_path):
    root = two_folders(tmp_path / "a")
    shutil.rmtree(root / "infrared")
    shutil.copytree(root / "visible", root / "infrared")
    assert any("one side seems to be a copy of the other" in line for line in warned(root))


def test_a_side_saved_anew_in_another_format_is_a_copy_too(tmp_path):
    root = two_folders(tmp_path / "a")
    shutil.rmtree(root / "infrared")
    (root / "infrared").mkdir()
    for number, file in enumerate(sorted(root.glob("visible/*/*.png"))):
        Image.open(file).save(root / "infrared" / f"{number}.bmp")
    assert any("32 infrared images of 32 that are visible images too" in s for s in warned(root))


@pytest.mark.parametrize(
    ("turn", "word"),
    [
        (lambda levels: 100 + levels / 64, "nearly flat"),
        (lambda levels: levels / 9, "very dark"),
        (lambda levels: 255 - levels / 9, "very bright"),
    ],
)
def test_pictures_in_which_little_is_seen_are_named(tmp_path, turn, word):
    root = two_folders(tmp_path / "a")
    change(root, "infrared/*/*.png", turn)
    assert [line for line in warned(root) if f" images {word}" in line]


def test_a_few_flat_pictures_of_one_camera_are_counted(tmp_path):
    root = two_folders(tmp_path / "a")
    change(root, "infrared/0003/*.png", lambda levels: levels * 0 + 30)
    (line,) = [line for line in warned(root) if "flat" in line]
    assert "4 of 32 infrared images" in line


@pytest.mark.parametrize(("turned", "told"), [((4,), True), ((4, 5), False), ((), False)])
def test_infrared_cameras_of_opposite_polarity_are_named(tmp_path, turned, told):
    root = two_folders(tmp_path / "a", shots=6)
    table = [
        (path, kind, str(4 + int(who) % 2) if kind == "infrared" else "1", who, split)
        for path, kind, _, who, split in rows(root)
    ]
    for path, kind, camera, *_ in table:
        if kind == "infrared" and int(camera) in turned:
            change(root, path, lambda levels: 255 - levels)
    found = [line for line in warned(manifest(root / "m.csv", table)) if "polarity" in line]
    assert bool(found) == told


def test_quick_looks_at_no_pixels(tmp_path):
    root = two_folders(tmp_path / "a")
    change(root, "infrared/*/*.png", lambda levels: levels * 0)
    assert warned(root, quick=True) == ()


def test_measures_are_those_of_an_obvious_sum():
    pixels = np.asarray(person(3, 1, infrared=False, size=(32, 16))).reshape(1, PLACES, 3)
    assert np.array_equal(places(32, 16), np.arange(PLACES))
    seen = unpacked(measure(pixels))
    levels = pixels[0].astype(float)
    assert seen.brightness[0] == pytest.approx(levels.mean(), abs=0.01)
    assert seen.contrast[0] == pytest.approx(levels.mean(1).std(), abs=0.01)
    picture = levels.reshape(8, 4, 4, 4, 3).mean((1, 3)).reshape(-1, 3)
    assert seen.colour[0] == pytest.approx((picture.max(1) - picture.min(1)).mean(), abs=0.01)
    line = np.stack([picture.mean(1), np.ones(len(picture))], 1)
    left = [
        difference - line @ np.linalg.lstsq(line, difference, rcond=None)[0]
        for difference in (picture[:, 0] - picture[:, 1], picture[:, 2] - picture[:, 1])
    ]
    assert seen.hues[0] == pytest.approx(np.sqrt(np.mean(np.square(left))), abs=0.05)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (300, 2), (31, 17), (4000, 3000)])
def test_places_lie_in_pictures_of_any_size(size):
    found = places(*size)
    assert found.shape == (PLACES,)
    assert 0 <= found.min() <= found.max() < size[0] * size[1]
