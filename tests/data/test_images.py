"""Decoding and resizing of image files."""

import shutil
from threading import Event

import numpy as np
import PIL
import pytest
import torch
from PIL import Image

from vireid.data import decode, load_pixels, read_images
from vireid.data.pixels import images as module
from vireid.errors import ConfigError, DataError
from vireid.models import build_network
from vireid.types import Images


def noise(height=6, width=4, channels=3, seed=0):
    """Return random pixels [H, W, channels]."""
    shape = (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def folder(root, count, **shape):
    """Write PNG files and return them with their pixels."""
    pixels = [noise(seed=seed, **shape) for seed in range(count)]
    names = [f"{number}.png" for number in range(count)]
    for name, values in zip(names, pixels, strict=True):
        Image.fromarray(values).save(root / name)
    zeros = np.zeros(count, dtype=np.int64)
    return Images(root, names, zeros, zeros), pixels


def test_colour_stays_as_it_is(tmp_path):
    pixels = noise()
    Image.fromarray(pixels).save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png")
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, pixels)


def test_grey_is_repeated(tmp_path):
    grey = noise(channels=1)[:, :, 0]
    Image.fromarray(grey).save(tmp_path / "a.png")
    np.testing.assert_array_equal(decode(tmp_path / "a.png"), np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled(tmp_path, suffix):
    levels = np.array([[0, 256, 257, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(levels).save(tmp_path / f"a.{suffix}")
    decoded = decode(tmp_path / f"a.{suffix}")
    assert decoded[0].tolist() == [[v] * 3 for v in (0, 1, 1, 128, 255)]


def test_transparent_parts_lie_on_grey(tmp_path):
    pixels = noise(channels=4)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    share = pixels[:, :, 3:] / 255
    expected = pixels[:, :, :3] * share + 128 * (1 - share)
    assert np.abs(decode(tmp_path / "a.png") - expected).max() <= 0.5


def test_transparent_palettes_are_looked_up(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / "a.png", transparency=b"\x00\xff")
    assert decode(tmp_path / "a.png").tolist() == [[[128, 128, 128], [40, 50, 60]]]


def test_cmyk_becomes_red_green_blue(tmp_path):
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=100)
    red = decode(tmp_path / "a.jpg").reshape(-1, 3).astype(int)
    assert np.abs(red - (255, 0, 0)).max() <= 4


def test_bilevel_is_black_and_white(tmp_path):
    Image.fromarray(np.array([[True, False]])).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png").tolist() == [[[255] * 3, [0] * 3]]


def test_the_orientation_tag_is_applied(tmp_path):
    tags = Image.Exif()
    tags[0x0112] = 6  # to be turned clockwise by a quarter
    pixels = noise(height=2, width=3)
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=tags)
    np.testing.assert_array_equal(decode(tmp_path / "a.png"), np.rot90(pixels, -1))


def damaged(path):
    """Write half of a JPEG file."""
    Image.fromarray(noise(64, 64)).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:800])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.with_suffix(".png").touch(), "is missing"),
        (lambda path: path.mkdir(), "cannot be decoded"),
        (lambda path: path.write_text("hello"), "cannot be decoded"),
        (damaged, "cannot be decoded"),
        (
            lambda path: Image.fromarray(np.full((2, 2), np.nan, np.float32)).save(path, "TIFF"),
            "no value is a finite number",
        ),
    ],
)
def test_useless_files_are_named_in_one_line(tmp_path, make, message):
    path = tmp_path / "bad.jpg"
    make(path)
    with pytest.raises(DataError, match=message) as caught:
        decode(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(params=["lanczos", "bicubic"])
def parity(request, golden, tmp_path):
    """Return the vectors, an image of them, the filter, and by how many levels it may differ."""
    data = golden("preprocess")
    Image.fromarray(data["image"]).save(tmp_path / "a.png")
    images = Images(tmp_path, ["a.png"], np.zeros(1, int), np.zeros(1, int))
    return data, images, request.param, 0 if PIL.__version__.startswith("13.") else 1


def test_resizing_equals_the_parity_vectors(parity, tmp_path):
    data, images, resampling, levels = parity
    expected = data[resampling]
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        found = read_images(images, expected.shape[:2], resampling=resampling, cache=cache)
        assert np.abs(found.pixels[0].astype(int) - expected).max() <= levels


def test_what_a_network_gets_equals_the_parity_vectors(parity):
    data, images, resampling, levels = parity
    pixels = load_pixels(images, data[resampling].shape[:2], resampling=resampling)
    network = build_network("test_efficientnet", weights="none", seed=0)
    found = network.normalise(torch.from_numpy(pixels).permute(0, 3, 1, 2))[0].numpy()
    chosen = found[:, data["rows"][:, None], data["cols"]]
    one = 1 / 255 / 0.224  # a level on this scale, at most
    expected = data[f"normalised_{resampling}"]
    np.testing.assert_allclose(chosen, expected, rtol=0, atol=1e-5 + levels * one)


@pytest.mark.parametrize("workers", [1, 3, None])
def test_pixels_keep_the_order_of_the_images(tmp_path, workers):
    images, pixels = folder(tmp_path, 7)
    loaded = load_pixels(images, (6, 4), workers=workers)
    np.testing.assert_array_equal(loaded, np.stack(pixels))


def test_progress_counts_every_image(tmp_path):
    images, _ = folder(tmp_path, 3)
    seen = []
    load_pixels(images, (2, 2), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_no_images_are_no_pixels(tmp_path):
    images, _ = folder(tmp_path, 2)
    assert load_pixels(images.subset([]), (5, 3)).shape == (0, 5, 3, 3)


def test_the_first_bad_file_is_named(tmp_path):
    images, _ = folder(tmp_path, 20)
    for name in ("4.png", "9.png"):
        (tmp_path / name).write_text("no image")
    with pytest.raises(DataError, match=r"4\.png cannot be decoded"):
        load_pixels(images, (2, 2), workers=4)


def test_one_of_the_threads_may_collect_what_nobody_reads_on(tmp_path, monkeypatch):
    images, _ = folder(tmp_path, 20)
    given, collected, kept, plain = Event(), Event(), [], module.decode

    def read(path, span):
        if path.name == "1.png":
            given.wait()
            kept.clear()
            collected.set()
        return plain(path, span)

    monkeypatch.setattr(module, "decode", read)
    kept.append(module.resized(images, (2, 2), workers=1))
    next(kept[0])
    given.set()
    assert collected.wait(600), "an error in the thread would be a warning, which fails the test"


def test_names_do_not_decide_the_format(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "a.png")
    shutil.move(tmp_path / "a.png", tmp_path / "a.jpg")
    np.testing.assert_array_equal(decode(tmp_path / "a.jpg"), noise())


@pytest.mark.parametrize(
    ("size", "options", "message"),
    [
        ((0, 4), {}, "image size is 0x4"),
        ((4, 4), {"resampling": "nearest"}, "resampling is 'nearest'"),
        ((4, 4), {"workers": 0}, "workers is 0"),
    ],
)
def test_options_out_of_range_are_named(tmp_path, size, options, message):
    images, _ = folder(tmp_path, 1)
    with pytest.raises(ConfigError, match=message):
        load_pixels(images, size, **options)
