"""Metadata of any kind turn a picture at most; they never make it unreadable."""

import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from vireid.data import decode
from vireid.data.pixels.decoding import decode_file, header
from vireid.errors import DataError

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 4, 3), dtype=np.uint8)


def entry(tag, kind, count, value):
    return struct.pack("<HHI", tag, kind, count) + value


def exif(entries, tail=b""):
    head = struct.pack("<IH", 8, len(entries))
    return b"II*\0" + head + b"".join(entries) + struct.pack("<I", 0) + tail


TURN = entry(0x112, 3, 1, struct.pack("<HH", 3, 0))
ODD = {
    "a resolution over zero": exif(
        [TURN, entry(0x11A, 10, 1, struct.pack("<I", 38))], struct.pack("<ii", -1, 0)
    ),
    "a width below zero": exif([TURN, entry(0x100, 6, 1, b"\xff\0\0\0")]),
    "points beyond the end": exif([TURN, entry(0x10F, 2, 400, struct.pack("<I", 60000))]),
    "a directory in itself": exif([TURN, entry(0x8769, 4, 1, struct.pack("<I", 8))]),
    "an unknown kind": exif([TURN, entry(0x132, 99, 1, b"abcd")]),
    "more entries than there are": b"II*\0" + struct.pack("<IH", 8, 60000) + TURN,
}


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg(*segments):
    file = BytesIO()
    Image.fromarray(PIXELS).save(file, "JPEG", quality=95)
    return file.getvalue()[:2] + b"".join(segments) + file.getvalue()[2:]


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(
        ">I", zlib.crc32(name + content))  # fmt: skip


def png(*chunks):
    file = BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return file.getvalue()[:33] + b"".join(chunks) + file.getvalue()[33:]


def webp(*chunks):
    file = BytesIO()
    Image.fromarray(PIXELS).save(file, "WEBP", lossless=True, exif=b"x" * 8)
    plain = file.getvalue()
    at = plain.index(b"EXIF")
    body = plain[8:at] + b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("wrap", ["JPEG", "PNG", "WEBP"])
def test_odd_exif_turns_and_no_more(kind, wrap):
    block = ODD[kind]
    content = {
        "JPEG": lambda: jpeg(segment(0xE1, b"Exif\0\0" + block)),
        "PNG": lambda: png(chunk(b"eXIf", block)),
        "WEBP": lambda: webp((b"EXIF", block)),
    }[wrap]()
    plain = decode_file(jpeg()).values if wrap == "JPEG" else PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = decode_file(content)
    assert found.turned
    np.testing.assert_array_equal(found.values, plain[::-1, ::-1])


@pytest.mark.parametrize(
    "content",
    [
        jpeg(segment(0xE2, b"ICC_PROFILE\0\1\1rubbish"), segment(0xED, b"Photoshop 3.0\0x")),
        jpeg(segment(0xE2, b"MPF\0rubbish"), segment(0xFE, b"\xff" * 99)),
        jpeg(segment(0xE0, b"JFIF\0\1"), segment(0xE0, b"JFXX\0\x10rubbish")),
        jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<rubbish")),
        png(chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 5_000_000))),
        png(chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 5_000_000))),
        png(chunk(b"iCCP", b"rubbish"), chunk(b"pHYs", b"1"), chunk(b"acTL", b"")),
        webp((b"XMP ", b"\xff\xfe"), (b"ICCP", b"rubbish")),
    ],
    ids=range(8),
)
def test_other_metadata_change_nothing(content):
    plain = decode_file(jpeg()).values if content[:2] == b"\xff\xd8" else PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = decode_file(content)
    assert not found.turned
    np.testing.assert_array_equal(found.values, plain)


def test_tags_of_a_tiff_that_describe_nothing_are_left_out(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.tif", tiffinfo={274: 6, 270: "words"})
    content = (tmp_path / "a.tif").read_bytes()
    at = content.index(struct.pack("<HH", 270, 2)) + 4
    broken = content[:at] + struct.pack("<II", 9000, 1 << 30) + content[at + 8 :]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = decode_file(broken)
    np.testing.assert_array_equal(found.values, np.rot90(PIXELS, -1))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_header_tells_the_size_after_turning(tmp_path, orientation, kind):
    tags = Image.Exif()
    tags[0x112] = orientation
    Image.fromarray(PIXELS).save(tmp_path / "a", kind, exif=tags)
    told, found = header(tmp_path / "a"), decode_file(tmp_path / "a")
    assert (told.height, told.width, told.turned) == (found.height, found.width, found.turned)
    assert (told.height, told.width) == found.values.shape[:2]
    assert told.turned == (orientation != 1)


def test_an_orientation_of_xmp_counts_where_exif_has_none():
    content = jpeg(segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="3"/>'))
    np.testing.assert_array_equal(
        decode_file(content).values, decode_file(jpeg()).values[::-1, ::-1]
    )


def test_temperatures_beside_a_picture_are_noticed():
    assert header(jpeg(segment(0xE1, b"FLIR\0\1\0\0data"))).radiometric
    assert not header(jpeg()).radiometric


def test_what_lies_under_transparency_has_no_effect(tmp_path):
    alpha = np.zeros((6, 4), np.uint8)
    alpha[2:] = 255
    found = []
    for seed in range(2):
        hidden = np.where(alpha[:, :, None] > 0, PIXELS, np.random.default_rng(seed).bytes(1)[0])
        Image.fromarray(np.dstack([hidden, alpha])).save(tmp_path / "a.png")
        found.append(decode_file(tmp_path / "a.png"))
    np.testing.assert_array_equal(found[0].values, found[1].values)
    assert found[0].transparent


@pytest.mark.parametrize("opacity", [0, 99, 255])
def test_equal_opacity_changes_nothing(tmp_path, opacity):
    Image.fromarray(np.dstack([PIXELS, np.full((6, 4), opacity, np.uint8)])).save(
        tmp_path / "a.png"
    )
    found = decode_file(tmp_path / "a.png")
    np.testing.assert_array_equal(found.values, PIXELS)
    assert not found.transparent


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path):
    size = struct.pack(">IIBBBBB", 20000, 20000, 1, 0, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.png cannot be decoded \(400 megapixels\)"):
        decode(tmp_path / "a.png")


def scanned(times, inside=b"", behind=b""):
    """Return a progressive JPEG whose last scan is there several times."""
    file = BytesIO()
    Image.new("RGB", (40, 40), (90, 120, 60)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last = data.rfind(b"\xff\xda")
    return data[:2] + inside + data[2:last] + data[last:-2] * times + b"\xff\xd9" + behind


def test_a_picture_that_is_gone_over_without_end_is_refused():
    assert scanned(90).count(b"\xff\xda") < 100  # no bytes of this picture look like a scan
    assert decode_file(scanned(90), "a").height == 40
    for times, between in (
        (100, b""),
        (60_000, b""),
        (100, segment(0xDB, b"\0" + b"\xff\xd9" * 32)),
    ):
        with pytest.raises(DataError, match=r"a cannot be decoded \(more than 100 scans\)"):
            header(scanned(times).replace(b"\xff\xda", between + b"\xff\xda"), "a")


def test_bytes_that_look_like_scans_are_none():
    noise = b"\xff\xda" * 9_000
    for data in (scanned(1, segment(0xE3, noise)), scanned(1, segment(0xFE, noise)),
                 scanned(1, behind=noise)):  # fmt: skip
        np.testing.assert_array_equal(
            decode_file(data, "a").values, decode_file(scanned(1), "a").values
        )
