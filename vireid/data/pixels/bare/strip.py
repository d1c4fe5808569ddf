"""Bytes of any format -> its name, and the picture without metadata."""

from collections.abc import Callable

from vireid.data.pixels.bare.jpeg import bare_jpeg
from vireid.data.pixels.bare.picture import Bare
from vireid.data.pixels.bare.png import SIGNATURE, bare_png
from vireid.data.pixels.bare.tiff import PREFIXES, bare_tiff
from vireid.data.pixels.bare.webp import bare_webp

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF")
"""The file formats that are decoded, recognised by content."""
STRIPPERS: dict[str, Callable[[bytes], Bare]] = {
    "JPEG": bare_jpeg,
    "PNG": bare_png,
    "TIFF": bare_tiff,
    "WEBP": bare_webp,
}
"""What leaves metadata out; other formats hold none that matter."""


def find_format(head: bytes) -> str | None:
    """Recognise a file's format by its first bytes.

    Args:
        head: 12 bytes or more.

    Returns:
        One of `FORMATS`, or None.

    >>> find_format(b"GIF89a......"), find_format(b"hello, world")
    ('GIF', None)
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(SIGNATURE):
        return "PNG"
    if head.startswith(PREFIXES):
        return "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if head[:1] == b"P" and head[1:2] in b"0123456fy" and len(head) > 2:
        return "PPM"
    return "BMP" if head.startswith(b"BM") else None


def strip(data: bytes, kind: str) -> Bare:
    """Leave the metadata of a file out.

    Args:
        data: the file.
        kind: one of `FORMATS`.

    Returns:
        The picture.
    """
    return STRIPPERS[kind](data) if kind in STRIPPERS else Bare(data)
