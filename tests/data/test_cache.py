"""Packed images are the decoded ones, bit for bit, and are decoded once."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vireid.data import default_cache, load_pixels, read_images
from vireid.data.pixels import cache as module
from vireid.data.pixels import packed
from vireid.errors import ConfigError, DataError
from vireid.types import Images

SIZE = (12, 6)


def write(path, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (20, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, "PNG")


@pytest.fixture
def images(tmp_path):
    """Return nine images in a folder of their own."""
    root = tmp_path / "people"
    root.mkdir()
    for number in range(9):
        write(root / f"{number}.png", number)
    zeros = np.zeros(9, dtype=np.int64)
    return Images(root, [f"{number}.png" for number in range(9)], zeros, zeros)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "some" / "cache"


@pytest.fixture
def decoded(monkeypatch):
    """Return a list that gets the paths of the images that are decoded."""
    paths = []

    def counting(images, *arguments, **named):
        rows = real(images, *arguments, **named)
        return (paths.append(images.paths[i]) or row for i, row in enumerate(rows))

    real = module.resized
    monkeypatch.setattr(module, "resized", counting)
    return paths


@pytest.mark.parametrize("resampling", ["lanczos", "bicubic", "bilinear"])
@pytest.mark.parametrize("count", [0, 1, 9])
def test_pixels_are_equal_with_and_without_a_cache(images, folder, resampling, count):
    images = images.subset(range(count))
    expected = load_pixels(images, SIZE, resampling=resampling)
    for cache in (None, folder, folder):
        found = read_images(images, SIZE, resampling=resampling, cache=cache)
        assert found.pixels.dtype == np.uint8
        np.testing.assert_array_equal(found.pixels, expected)
        assert found.kept.tolist() == list(range(count))
        assert found.problems == ()


def test_the_second_time_nothing_is_decoded_and_no_file_written(images, folder, decoded):
    seen = []
    first = read_images(images, SIZE, cache=folder, progress=lambda *done: seen.append(done))
    assert sorted(decoded) == sorted(images.paths)
    assert seen == [(number, 9) for number in range(1, 10)]
    decoded.clear()
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    second = read_images(images, SIZE, cache=folder, progress=lambda *done: seen.append(done))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert decoded == []
    assert len(seen) == 9
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_the_file_is_an_array_that_numpy_maps(images, folder):
    found = read_images(images, SIZE, cache=folder)
    (path,) = folder.iterdir()
    assert path.name.startswith("people-9-12x6-")
    for mode in ("r", None):
        np.testing.assert_array_equal(np.load(path, mmap_mode=mode), found.pixels)
    with pytest.raises(ValueError, match="read-only"):
        found.pixels[0] = 0


def touch(root):
    status = (root / "4.png").stat()
    os.utime(root / "4.png", ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def replace_size(root):
    status = (root / "4.png").stat()
    (root / "4.png").write_bytes((root / "4.png").read_bytes() + b" ")
    os.utime(root / "4.png", ns=(status.st_atime_ns, status.st_mtime_ns))


def other_pixels(root):
    """Change a byte and the time, not the size."""
    status = (root / "4.png").stat()
    shape = (20, 9, 3)
    for number in range(100):  # noise of a seed that compresses to as many bytes
        pixels = np.random.default_rng(4).integers(0, 256, shape, dtype=np.uint8)
        pixels[0, 0] = number
        Image.fromarray(pixels).save(root / "other.png")
        if (root / "other.png").stat().st_size == status.st_size:
            break
    (root / "other.png").replace(root / "4.png")
    assert (root / "4.png").stat().st_size == status.st_size
    os.utime(root / "4.png", ns=(status.st_atime_ns, status.st_mtime_ns + 1))


def swap(root):
    """Swap two images of equal size and time by renaming."""
    assert (root / "4.png").stat().st_size == (root / "5.png").stat().st_size
    (root / "4.png").rename(root / "other")
    (root / "5.png").rename(root / "4.png")
    (root / "other").rename(root / "5.png")


def set_back(root):
    """Write another image of as many bytes, and set its time back."""
    status = (root / "4.png").stat()
    (root / "4.png").write_bytes((root / "6.png").read_bytes())
    os.utime(root / "4.png", ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [swap, set_back])
def test_other_images_of_equal_size_and_time_make_the_file_anew(images, folder, decoded, change):
    for name in images.paths:  # what follows the end of a PNG is not read
        data = (images.root / name).read_bytes()
        (images.root / name).write_bytes(data.ljust(2000, b" "))
        os.utime(images.root / name, ns=(10**18, 10**18))
    read_images(images, SIZE, cache=folder)
    decoded.clear()
    change(images.root)
    assert {(images.root / name).stat().st_mtime_ns for name in images.paths} == {10**18}
    expected = load_pixels(images, SIZE)
    for _ in range(2):
        np.testing.assert_array_equal(read_images(images, SIZE, cache=folder).pixels, expected)
    assert len(decoded) == 9, "once"


def permit(root):
    """Change who may read a file."""
    (root / "4.png").chmod(0o600)


@pytest.mark.parametrize(
    "change", [replace_size, other_pixels, lambda root: write(root / "4.png", 50)]
)
def test_a_changed_image_makes_the_file_anew(images, folder, decoded, change):
    old = read_images(images, SIZE, cache=folder).pixels
    kept = old.copy()
    decoded.clear()
    change(images.root)
    expected = load_pixels(images, SIZE)
    np.testing.assert_array_equal(read_images(images, SIZE, cache=folder).pixels, expected)
    assert len(decoded) == 9
    assert len(list(folder.iterdir())) == 1
    np.testing.assert_array_equal(old, kept)  # who reads the old file goes on reading it


@pytest.mark.parametrize("change", [touch, permit])
def test_equal_bytes_of_another_time_are_compared_once_and_not_decoded(
    images, folder, decoded, change
):
    expected = np.array(read_images(images, SIZE, cache=folder).pixels)
    (path,) = folder.iterdir()
    inode = path.stat().st_ino
    decoded.clear()
    change(images.root)
    np.testing.assert_array_equal(read_images(images, SIZE, cache=folder).pixels, expected)
    assert decoded == []
    assert path.stat().st_ino == inode, "the same file"
    np.testing.assert_array_equal(np.load(path), expected)


def test_the_new_time_is_noted(images, folder, monkeypatch):
    read_images(images, SIZE, cache=folder)
    touch(images.root)
    real, looked = module.digest_file, []
    monkeypatch.setattr(module, "digest_file", lambda path: looked.append(path) or real(path))
    for _ in range(3):
        read_images(images, SIZE, cache=folder)
    assert len(looked) == 9, "each image once, the first time"


def test_a_cache_that_one_may_only_read_is_compared_every_time(images, folder, decoded):
    expected = np.array(read_images(images, SIZE, cache=folder).pixels)
    decoded.clear()
    touch(images.root)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "_line", refused)  # as opening the file for writing would be
        found = read_images(images, SIZE, cache=folder)
    np.testing.assert_array_equal(found.pixels, expected)
    np.testing.assert_array_equal(read_images(images, SIZE, cache=folder).pixels, expected)
    assert decoded == []


def test_another_pillow_makes_the_file_anew(images, folder, decoded, monkeypatch):
    for version in ("1.0", "1.0", "1.1"):
        monkeypatch.setattr(module.PIL, "__version__", version)
        read_images(images, SIZE, cache=folder)
    assert len(decoded) == 18


def test_other_images_sizes_filters_and_places_have_their_own_file(images, folder, tmp_path):
    (tmp_path / "copy").mkdir()
    for path in images.root.iterdir():
        (tmp_path / "copy" / path.name).write_bytes(path.read_bytes())
    copy = Images(tmp_path / "copy", images.paths, images.modality, images.camera)
    wanted = [
        (images, SIZE, "lanczos"), (images, (6, 12), "lanczos"), (images, SIZE, "bicubic"),
        (images.subset(range(8)), SIZE, "lanczos"), (copy, SIZE, "lanczos"),
        (images.subset(range(9)[::-1]), SIZE, "lanczos"),
    ]  # fmt: skip
    for _ in range(2):
        for these, size, resampling in wanted:
            found = read_images(these, size, resampling=resampling, cache=folder)
            expected = load_pixels(these, size, resampling=resampling)
            np.testing.assert_array_equal(found.pixels, expected)
    assert len(list(folder.iterdir())) == len(wanted)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:0],
        lambda data: data[:100],
        lambda data: data[:-1000],
        lambda data: data[:-20],
        lambda data: b"x" + data[1:],
        lambda data: data[: data.rindex(b"{")] + b"[]",
        lambda data: data.replace(b'"unreadable": []', b'"unreadable": [3]'),
        lambda data: data.replace(b"|u1", b"|i1"),
    ],
    ids=["empty", "header", "pixels", "note", "magic", "list", "count", "type"],
)
def test_a_damaged_file_is_made_anew(images, folder, spoil):
    expected = np.array(read_images(images, SIZE, cache=folder).pixels)
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    assert spoil(whole) != whole
    path.write_bytes(spoil(whole))
    np.testing.assert_array_equal(read_images(images, SIZE, cache=folder).pixels, expected)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("options", "message"),
    [({"resampling": "nearest"}, "resampling is 'nearest'"), ({"workers": 0}, "workers is 0")],
)
def test_options_out_of_range_are_named_whether_packed_or_not(images, folder, options, message):
    for _ in range(2):
        with pytest.raises(ConfigError, match=message):
            read_images(images, SIZE, cache=folder, **options)
        read_images(images, SIZE, cache=folder)


def test_the_usual_place_is_the_users_cache(monkeypatch):
    monkeypatch.setenv("HOME", "/home/anna")
    for given in (None, "", "not/absolute"):
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        if given is not None:
            monkeypatch.setenv("XDG_CACHE_HOME", given)
        assert default_cache() == Path("/home/anna/.cache/vireid")
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast/cache")
    assert default_cache() == Path("/fast/cache/vireid")


def test_a_user_without_a_home_is_told_what_to_do(monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(module.Path, "home", nowhere)
    with pytest.raises(ConfigError, match=r"no home directory .*; set XDG_CACHE_HOME, or choose"):
        default_cache()


def test_a_place_that_is_a_file_is_one_clear_line(images, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write .*: .*; choose another place"):
        read_images(images, SIZE, cache=tmp_path / "file")
