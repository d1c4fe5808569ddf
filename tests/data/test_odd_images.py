"""Images in every mode, turned and tiny ones: decoded as told, resized, packed alike."""

import numpy as np
import pytest
from PIL import Image

from vireid.data import decode, load_pixels, read_images
from vireid.types import Images

SIDES = (16, 8)
"""Height and width of the images as they are to be seen."""


def colours(channels=3):
    """Return smooth pixels [16, 8, channels], which JPEG keeps nearly."""
    down, right = np.mgrid[0:255:16j, 0:255:8j]
    levels = np.stack([down, right, 255 - down, (down + right) / 2], axis=2)
    return levels[:, :, :channels].round().astype(np.uint8)


GREY = colours(1)[:, :, 0]
THREE = np.repeat(GREY[:, :, None], 3, axis=2)
TURNS = {
    1: lambda seen: seen,
    2: lambda seen: seen[:, ::-1],
    3: lambda seen: np.rot90(seen, 2),
    4: lambda seen: seen[::-1],
    5: lambda seen: seen.swapaxes(0, 1),
    6: lambda seen: np.rot90(seen, 1),
    7: lambda seen: np.rot90(seen, 2).swapaxes(0, 1),
    8: lambda seen: np.rot90(seen, -1),
}
"""How a camera stores what it has seen, by the number of its orientation tag (Exif 2.3)."""


def on_grey(seen, opacity):
    """Return pixels over a grey ground, by exact arithmetic."""
    share = opacity[:, :, None].astype(int)
    return (seen * share + 128 * (255 - share) + 127) // 255


def palette():
    image = Image.new("P", SIDES[::-1])
    image.putpalette([value for level in range(256) for value in (level, 255 - level, 7)])
    image.putdata(GREY.ravel().tolist())
    return image


def animated(path):
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])


def save(path, image, kind, **options):
    image.save(path, kind, **options)


CMYK = np.concatenate([255 - colours(), np.zeros((*SIDES, 1), np.uint8)], axis=2)
ODD = {
    "grey": (lambda path: save(path, Image.fromarray(GREY), "PNG"), THREE, 0),
    "grey jpeg": (
        lambda path: save(path, Image.fromarray(GREY), "JPEG", quality=100), THREE, 2),
    "grey and transparency": (
        lambda path: save(path, Image.fromarray(np.stack([GREY, 255 - GREY], 2)), "PNG"),
        on_grey(THREE, 255 - GREY), 0),
    "colour and transparency": (
        lambda path: save(path, Image.fromarray(colours(4)), "PNG"),
        on_grey(colours(), colours(4)[:, :, 3]), 0),
    "16 bits": (
        lambda path: save(path, Image.fromarray(GREY.astype(np.uint16) * 257), "PNG"), THREE, 0),
    "16 bits, high byte first": (
        lambda path: save(path, Image.frombytes(
            "I;16B", SIDES[::-1], (GREY.astype(">u2") * 257).astype(">u2").tobytes()), "TIFF"),
        THREE, 0),
    "32 bits that fit into 16": (
        lambda path: save(path, Image.fromarray(GREY.astype(np.int32) * 257), "TIFF"), THREE, 0),
    "palette": (
        lambda path: save(path, palette(), "PNG"),
        np.stack([GREY, 255 - GREY, np.full_like(GREY, 7)], axis=2), 0),
    "palette of a gif": (
        lambda path: save(path, palette(), "GIF"),
        np.stack([GREY, 255 - GREY, np.full_like(GREY, 7)], axis=2), 0),
    "first of several frames": (animated, THREE, 0),
    "cmyk": (
        lambda path: save(path, Image.fromarray(CMYK, "CMYK"), "TIFF"), colours(), 1),
    "cmyk jpeg": (
        lambda path: save(path, Image.fromarray(CMYK, "CMYK"), "JPEG", quality=100),
        colours(), 2),
    "black and white": (
        lambda path: save(path, Image.fromarray(GREY > 127), "PNG"), (THREE > 127) * 255, 0),
    "webp": (
        lambda path: save(path, Image.fromarray(colours()), "WEBP", lossless=True), colours(), 0),
}  # fmt: skip
"""How to write an image, what is to be seen, and by how many levels it may differ."""


def alone(path):
    return Images(path.parent, [path.name], np.zeros(1, int), np.zeros(1, int))


@pytest.mark.parametrize("kind", ODD)
def test_every_mode_becomes_red_green_blue(tmp_path, kind):
    make, expected, levels = ODD[kind]
    make(tmp_path / "a.jpg")
    found = decode(tmp_path / "a.jpg").astype(int)
    assert found.shape == (*SIDES, 3)
    assert np.abs(found - expected).max() <= levels


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize(("kind", "levels"), [("PNG", 0), ("JPEG", 3)])
def test_turned_images_are_turned_back(tmp_path, orientation, kind, levels):
    tags = Image.Exif()
    tags[0x0112] = orientation
    stored = np.ascontiguousarray(TURNS[orientation](colours()))
    exact = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    Image.fromarray(stored).save(tmp_path / "a.jpg", kind, exif=tags, **exact)
    found = decode(tmp_path / "a.jpg").astype(int)
    assert found.shape == (*SIDES, 3)
    assert np.abs(found - colours()).max() <= levels


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "I;16", "1", "CMYK"])
@pytest.mark.parametrize("resampling", ["bilinear", "bicubic", "lanczos"])
def test_one_pixel_fills_the_whole_image(tmp_path, mode, resampling):
    image = Image.new(mode, (1, 1), {"I;16": 65535, "CMYK": (0, 0, 0, 0)}.get(mode, "white"))
    image.save(tmp_path / "a.tif")
    pixels = load_pixels(alone(tmp_path / "a.tif"), SIDES, resampling=resampling)
    assert pixels.shape == (1, *SIDES, 3)
    assert (pixels == 255).all()


@pytest.mark.parametrize("sides", [(1, 40), (40, 1), (1, 1), (300, 2)])
def test_thin_images_are_resized_like_all_others(tmp_path, sides):
    pixels = np.random.default_rng(0).integers(0, 256, (*sides, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    found = load_pixels(alone(tmp_path / "a.png"), SIDES)
    expected = Image.fromarray(pixels).resize(SIDES[::-1], Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(found[0], expected)


def test_odd_images_are_packed_as_they_are_decoded(tmp_path):
    (tmp_path / "odd").mkdir()
    for name, (make, _, _) in ODD.items():
        make(tmp_path / "odd" / f"{name}.jpg")
    zeros = np.zeros(len(ODD), dtype=np.int64)
    images = Images(tmp_path / "odd", [f"{name}.jpg" for name in ODD], zeros, zeros)
    expected = load_pixels(images, (12, 6))
    for _ in range(2):
        found = read_images(images, (12, 6), cache=tmp_path / "cache")
        np.testing.assert_array_equal(found.pixels, expected)
        assert found.problems == ()
