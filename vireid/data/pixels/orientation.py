"""How a camera held its picture: the one number of the metadata that pixels depend on."""

import re
import struct
from pathlib import Path
from typing import Any

from PIL import Image

UPRIGHT = 1
"""The orientation of a picture that needs no turning."""
LYING = (5, 6, 7, 8)
"""Orientations that exchange height and width."""

_TAG = 0x112
_SHORT, _LONG, _BYTE = 3, 4, 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')


def orientation(image: Image.Image) -> int:
    """Return the orientation that an opened file states, whatever else its metadata holds.

    Args:
        image: as Pillow opened it. TIFF files are turned by Pillow itself.

    Returns:
        1 to 8 as in EXIF 2.3; 1 where none is stated or what is stated is none.
    """
    if image.format == "TIFF":
        found = _stated(getattr(image, "tag_v2", {}))
        return found if found in _TURNS else UPRIGHT
    info: dict[Any, Any] = image.info
    block = info.get("exif")
    if not isinstance(block, bytes):
        block = _raw_profile(info.get("Raw profile type exif"))
    found = exif_orientation(block) if block else None
    if found is None:
        found = _xmp_orientation(info.get("XML:com.adobe.xmp", info.get("xmp", b"")))
    return found if found in _TURNS else UPRIGHT


def upright(image: Image.Image, stated: int) -> Image.Image:
    """Turn a picture that its camera held otherwise.

    Args:
        image: decoded.
        stated: its orientation, 1 to 8.

    Returns:
        The picture, turned where it is not upright; its metadata is left as it is.
    """
    return image.transpose(_TURNS[stated]) if stated in _TURNS else image


def exif_orientation(block: bytes) -> int | None:
    """Find the orientation in a block of EXIF, looking at nothing else in it.

    Args:
        block: with or without the six bytes ``Exif\\0\\0`` in front; it may be damaged.

    Returns:
        The number; None where there is none that can be read.

    >>> entry = struct.pack("<HHIHH", 0x112, 3, 1, 6, 0)
    >>> exif_orientation(b"II*\\0" + struct.pack("<IH", 8, 1) + entry)
    6
    """
    while block.startswith(b"Exif\0\0"):
        block = block[6:]
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return None
    start = struct.unpack_from(f"{order}I", block, 4)[0]
    if start + 2 > len(block):
        return None
    count = struct.unpack_from(f"{order}H", block, start)[0]
    last = min(start + 2 + 12 * count, len(block) - 11)
    for place in range(start + 2, last, 12):
        tag, kind, number = struct.unpack_from(f"{order}HHI", block, place)
        if tag == _TAG and number == 1 and kind in (_SHORT, _LONG, _BYTE):
            form = {_SHORT: "H", _LONG: "I", _BYTE: "B"}[kind]
            return int(struct.unpack_from(f"{order}{form}", block, place + 8)[0])
    return None


def _stated(tags: Any) -> int | None:
    """Return the orientation among the tags of a TIFF file."""
    try:
        found = tags.get(_TAG)
    except Exception:
        return None
    return found if isinstance(found, int) else None


def _raw_profile(text: object) -> bytes | None:
    """Return the block that older programs write into PNG files as hexadecimal text."""
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex("".join(text.split("\n")[3:]))
    except ValueError:
        return None


def _xmp_orientation(text: object) -> int | None:
    """Return the orientation that XMP states."""
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    found = _XMP.search(data) if isinstance(data, bytes) else None
    return int(found[1]) if found else None


def late_exif(file: Path) -> int:
    """Find the orientation that a PNG file states behind its pixels, without decoding them.

    Args:
        file: a PNG file; it may be damaged.

    Returns:
        1 to 8; 1 where none is stated.
    """
    with file.open("rb") as stream:
        stream.seek(8)
        while len(head := stream.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"eXIf":
                found = exif_orientation(stream.read(min(length, 1 << 16)))
                return found if found in _TURNS else UPRIGHT
            stream.seek(length + 4, 1)
    return UPRIGHT
