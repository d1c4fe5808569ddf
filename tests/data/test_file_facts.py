"""Facts of files: sizes after turning, transparency, one read, in order, with bounded memory."""

import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tests.people import two_folders
from vireid.data.check import file_facts
from vireid.data.check.file_facts import look_at
from vireid.data.check.inspection import check
from vireid.types import Images


def tagged(root, turn, lying):
    """Give visible pictures a tag; they are stored lying or as they stand."""
    tag = Image.Exif()
    tag[0x112] = turn
    for file in root.glob("visible/*/*.png"):
        picture = Image.open(file)
        if lying:
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        picture.save(file.with_suffix(".jpg"), exif=tag, quality=95)
        file.unlink()
    return root


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("turn", [5, 6, 7, 8])
def test_sizes_are_those_after_turning(tmp_path, quick, turn):
    lying = check(tagged(two_folders(tmp_path / "a"), turn, lying=True), quick=quick)
    assert lying.warnings == ()
    assert {tuple(size) for look in lying.looks for size in look.sizes.tolist()} == {(64, 32)}
    (line,) = check(tagged(two_folders(tmp_path / "b"), turn, lying=False), quick=quick).warnings
    assert line.startswith("32 images that an orientation tag turns to lie")


@pytest.mark.parametrize("turn", [1, 2, 3, 4])
def test_a_tag_that_turns_no_side_down_is_fine(tmp_path, turn):
    assert check(tagged(two_folders(tmp_path / "a"), turn, lying=False)).warnings == ()


@pytest.mark.parametrize(("alpha", "told"), [(None, True), (255, False), (0, False)])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_named_where_it_differs(tmp_path, mode, alpha, told):
    root = two_folders(tmp_path / "a")
    for file in root.glob("infrared/*/*.png"):
        picture = Image.open(file).convert(mode)
        below = np.full((64, 32), alpha or 0, dtype="u1")
        if alpha is None:
            below[:, 8:24] = 255
        picture.putalpha(Image.fromarray(below))
        picture.save(file)
    found = [line for line in check(root).warnings if "transparent" in line]
    assert bool(found) == told
    assert not told or found[0].startswith("32 images with transparent parts")


def test_a_file_is_read_once(tmp_path, monkeypatch):
    root = two_folders(tmp_path / "a", people=2)
    paths = tuple(sorted(file.relative_to(root).as_posix() for file in root.rglob("*.png")))
    none = np.zeros(len(paths), dtype=np.int64)
    seen, real = [], file_facts.decode_file

    def swapped(data, path):
        (root / path).write_bytes(b"other bytes")  # what is decoded is what is digested
        seen.append(path)
        return real(data, path)

    before = [file_facts._digest((root / path).read_bytes()) for path in paths]
    monkeypatch.setattr(file_facts, "decode_file", swapped)
    facts = look_at(Images(root, paths, none, none), workers=1)
    assert seen == list(paths)
    assert [fact.digest for fact in facts] == before


def test_no_more_files_are_open_than_asked_for(tmp_path):
    root = two_folders(tmp_path / "a", people=1, shots=1)
    path = next(root.rglob("*.png")).relative_to(root).as_posix()

    def peak(count):
        none = np.zeros(count, dtype=np.int64)
        images = Images(root, (path,) * count, none, none)
        tracemalloc.start()
        look_at(images, workers=2)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few, many = peak(500), peak(3000)
    assert (many - few) / 2500 < 1000, "bytes for each further image"


@pytest.mark.parametrize("quick", [False, True])
def test_temperatures_that_are_not_read_are_named(tmp_path, quick):
    root = two_folders(tmp_path / "data", people=2, shots=2)
    first = next(root.glob("infrared/*/*.png"))
    Image.open(first).save(first.with_suffix(".jpg"))
    data = first.with_suffix(".jpg").read_bytes()
    block = b"FLIR\0\1\0\0" + bytes(8)
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    first.with_suffix(".jpg").write_bytes(data[:2] + segment + data[2:])
    first.unlink()
    found = check(root, workers=1, quick=quick)
    (said,) = [line for line in found.warnings if "temperatures" in line]
    assert said.startswith("1 image with temperatures")
