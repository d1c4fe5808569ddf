"""Values of more than 8 bits: what becomes black and white, found, given, and kept apart."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.people import person
from vireid.data import decode, load_pixels, read_images
from vireid.data.check.file_facts import look_at
from vireid.data.pixels.contrast import contrast, find_flat
from vireid.data.pixels.level_words import read_levels
from vireid.data.pixels.spans import find_levels
from vireid.errors import ConfigError, DataError
from vireid.types import ANY, Images, Levels, Modality, Span

SIZE = (64, 32)


def greys(count=8):
    return [
        np.asarray(person(number, number % 3, infrared=True, size=SIZE).convert("L"), float)
        for number in range(count)
    ]


STORED = {
    "counts": lambda g: (7800 + 500 * g / 255).astype("u2"),
    "centikelvin": lambda g: (29000 + 900 * g / 255).astype("u2"),
    "bytes": lambda g: g.astype("u2"),
    "twelve": lambda g: (4095 * g / 255).astype("u2"),
    "times 257": lambda g: (257 * g).astype("u2"),
    "times 256": lambda g: (256 * g).astype("u2"),
    "degrees": lambda g: (18 + 20 * g / 255).astype("f4"),
    "below zero": lambda g: (-40 + 30 * g / 255).astype("f4"),
    "zero to one": lambda g: (g / 255).astype("f4"),
    "signed": lambda g: (-3000 + 6000 * g / 255).astype("i4"),
}


def stored(root, kinds, cameras=None):
    """Write one infrared image a kind; return the images."""
    names = []
    for number, (kind, grey) in enumerate(zip(kinds, greys(len(kinds)), strict=True)):
        values = grey.astype("u1") if kind == "8 bits" else STORED[kind](grey)
        names.append(f"{number}.{'tif' if values.dtype.kind in 'fi' else 'png'}")
        Image.fromarray(values).save(root / names[-1])
    return Images(root, names, [1] * len(names), [3] * len(names) if cameras is None else cameras)


def leveled(images, known=None):
    from dataclasses import replace

    levels, told = find_levels(images, known)
    return replace(images, levels=levels), told


@pytest.mark.parametrize("kind", STORED)
def test_every_range_shows_as_much_as_8_bits(tmp_path, kind):
    images, told = leveled(stored(tmp_path, [kind] * 8))
    assert told == []
    for pixels, grey in zip(load_pixels(images, SIZE), greys(), strict=True):
        assert contrast(pixels) >= 0.8 * contrast(np.repeat(grey[:, :, None], 3, 2))
        assert np.corrcoef(pixels[:, :, 0].ravel(), grey.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("kind", ["bytes", "times 257", "zero to one"])
def test_8_bits_in_another_file_are_what_they_were(tmp_path, kind):
    images, _ = leveled(stored(tmp_path, [kind] * 8))
    expected = np.stack(greys()).round()
    found = load_pixels(images, SIZE)[:, :, :, 0]
    assert np.abs(found - expected).max() == 0


@pytest.mark.parametrize("other", ["bytes", "centikelvin", "twelve"])
def test_one_camera_of_different_ranges_is_scaled_image_by_image(tmp_path, other):
    images, told = leveled(stored(tmp_path, ["counts", other] * 4))
    assert len(told) == 1
    assert "each image is scaled by itself" in told[0]
    assert all(contrast(pixels) > 100 for pixels in load_pixels(images, SIZE))


def test_cameras_of_different_ranges_have_a_span_each(tmp_path):
    images, told = leveled(stored(tmp_path, ["counts", "centikelvin"] * 4, [3, 6] * 4))
    assert told == []
    assert set(images.levels.spans) == {(Modality.INFRARED, "3"), (Modality.INFRARED, "6")}
    assert all(contrast(pixels) > 100 for pixels in load_pixels(images, SIZE))


def test_8_bits_stay_beside_deep_files(tmp_path):
    images, _ = leveled(stored(tmp_path, ["8 bits", "counts"] * 4))
    np.testing.assert_array_equal(load_pixels(images, SIZE)[0, :, :, 0], greys(1)[0].astype("u1"))


def test_8_bits_alone_have_no_levels(tmp_path):
    assert find_levels(stored(tmp_path, ["8 bits"] * 3)) == (None, [])


def test_one_hot_pixel_does_not_decide(tmp_path):
    images = stored(tmp_path, ["counts"] * 8)
    values = np.asarray(Image.open(tmp_path / "0.png")).copy()
    values[0, 0] = 65535
    Image.fromarray(values).save(tmp_path / "0.png")
    images, _ = leveled(images)
    assert all(contrast(pixels) > 100 for pixels in load_pixels(images, SIZE))


def test_not_a_number_is_black(tmp_path):
    values = STORED["degrees"](greys(1)[0])
    values[:3, :3] = np.nan
    Image.fromarray(values).save(tmp_path / "a.tif")
    pixels = decode(tmp_path / "a.tif")
    assert (pixels[:3, :3] == 0).all()
    assert contrast(pixels) > 100


def test_white_is_zero_is_not_taken_for_warm(tmp_path):
    grey = greys(1)[0]
    Image.fromarray((65535 - 257 * grey).astype("u2")).save(tmp_path / "a.tif", tiffinfo={262: 0})
    content = (tmp_path / "a.tif").read_bytes()
    row = (262).to_bytes(2, "little") + b"\x03\0\1\0\0\0"
    at = content.index(row) + 8
    (tmp_path / "a.tif").write_bytes(content[:at] + b"\0\0" + content[at + 2 :])
    np.testing.assert_array_equal(decode(tmp_path / "a.tif")[:, :, 0], grey.astype("u1"))


@pytest.mark.parametrize("largest", [1023, 4095, 16383, 65535])
def test_pgm_of_any_maximum_holds_the_values_of_the_file(tmp_path, largest):
    values = np.arange(0, largest, largest // 50).astype(">u2")
    head = f"P5 {len(values)} 1 {largest}\n".encode()
    (tmp_path / "a.pgm").write_bytes(head + values.tobytes())
    found = decode(tmp_path / "a.pgm", Span(0, largest))[0, :, 0]
    assert np.abs(found - values.astype(float) * 255 / largest).max() <= 0.5


def png16(values):
    """Return a PNG of 16 bits [H, W, C]: colours, or grey with opacity."""
    height, width, channels = values.shape
    kind = {2: 4, 3: 2, 4: 6}[channels]
    body = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(
            ">I", zlib.crc32(name + content))  # fmt: skip

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    )  # fmt: skip


@pytest.mark.parametrize(("largest", "wasted"), [(4095, True), (16383, True), (65535, False)])
@pytest.mark.parametrize("kind", ["colour", "opacity", "ppm"])
def test_colours_of_more_bits_that_use_few_of_them_are_noticed(tmp_path, kind, largest, wasted):
    grey = greys(1)[0] * largest / 255
    colours = np.repeat(grey[:, :, None], 3, 2)
    if kind == "ppm":
        header = f"P6 {SIZE[1]} {SIZE[0]} 65535\n".encode()
        (tmp_path / "a").write_bytes(header + colours.astype(">u2").tobytes())
    elif kind == "colour":
        (tmp_path / "a").write_bytes(png16(colours))
    else:
        (tmp_path / "a").write_bytes(png16(np.dstack([grey, np.full_like(grey, 65535)])))
    Image.fromarray((colours * 20 / largest).astype("u1")).save(tmp_path / "b", format="PPM")
    deep, plain = look_at(Images(tmp_path, ["a", "b"], [1, 1], [3, 3]))
    assert deep.wasted is wasted
    assert not plain.wasted, "8 bits are 8 bits"


def test_sixteen_bits_of_colour_keep_their_upper_8(tmp_path):
    (tmp_path / "a.png").write_bytes(png16(np.array([[[0x1234, 0xFF00, 0x00FF]]])))
    assert decode(tmp_path / "a.png").tolist() == [[[0x12, 0xFF, 0x00]]]


def test_values_of_64_bits_are_refused_with_what_to_do(tmp_path):
    values = np.linspace(20, 35, 12).astype("<f8").tobytes()
    tags = {256: 4, 257: 3, 258: 64, 259: 1, 262: 1, 273: 126, 277: 1, 278: 3, 279: 96, 339: 3}
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows
    (tmp_path / "a.tif").write_bytes(head.ljust(126, b"\0") + values)
    with pytest.raises(DataError, match=r"\(values of 64 bits\); expected .* save .* as float32"):
        decode(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["7800:8300"], Span(7800, 8300, "given for more than 8 bits")),
        (["infrared=8300:7800"], Span(8300, 7800)),
        (["3=1:2", "infrared=4:5"], Span(1, 2)),
        (["own"], None),
        (["full"], Span(0, 65535, "all of 16 bits")),
    ],
)
def test_words_say_it(words, expected):
    levels = read_levels(words, Images.of([0, 1], [1, 3]))
    assert levels.of(1, "3") == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["much"], "much is given"),
        (["5:5"], "hold nothing"),
        (["nan:3"], "nan:3 is given"),
        (["7=0:4095"], "no camera 7"),
        (["3=0:1", "3=0:2"], "about the same"),
        (["auto", "own"], "auto is given"),
    ],
)
def test_other_words_are_refused(words, message):
    with pytest.raises(ConfigError, match=message):
        read_levels(words, Images.of([0, 1], [1, 3]))


def test_inverted_polarity_is_given_for_8_bits_too(tmp_path):
    images = stored(tmp_path, ["8 bits"] * 2)
    images, _ = leveled(images, read_levels(["infrared=255:0"], images))
    expected = 255 - greys(1)[0].astype("u1")
    np.testing.assert_array_equal(load_pixels(images, SIZE)[0, :, :, 0], expected)


def test_other_levels_are_other_pixels_in_the_cache(tmp_path):
    (tmp_path / "images").mkdir()
    plain = stored(tmp_path / "images", ["counts"] * 2)
    for low in (7000, 7800, 7000):
        images, _ = leveled(plain, Levels({(Modality.INFRARED, ANY): Span(low, 8300)}))
        found = read_images(images, SIZE, cache=tmp_path / "cache").pixels
        np.testing.assert_array_equal(found, load_pixels(images, SIZE))


def test_flat_images_are_counted(tmp_path):
    images = stored(tmp_path, ["counts"] * 6 + ["times 257"] * 2)
    pixels = np.stack([decode(tmp_path / name, Span(0, 65535)) for name in images.paths])
    (found,) = find_flat(pixels, images.modality)
    assert (found.modality, found.share) == (Modality.INFRARED, 0.75)
