"""WebP without its metadata: chunks of Exif, XMP and ICC left out."""

from vireid.data.pixels.bare.orientation import exif_orientation, xmp_orientation
from vireid.data.pixels.bare.picture import Bare

PROFILE, EXIF, XMP = 0x20, 0x08, 0x04
"""Bits of the header that announce them."""


def bare_webp(data: bytes) -> Bare:
    """Leave a WebP's metadata out.

    Args:
        data: the file.

    Returns:
        The picture; the file as it was given where its chunks are damaged.
    """
    kept, place, turns = [], 12, {}
    end_of_all = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while place + 8 <= end_of_all:
        name = data[place : place + 4]
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        end = place + 8 + length + length % 2
        if place + 8 + length > len(data):
            break
        if name == b"EXIF":
            turns[0] = exif_orientation(data[place + 8 : end])
        elif name == b"XMP ":
            turns[1] = xmp_orientation(data[place + 8 : end])
        elif name != b"ICCP":
            kept.append(_plain_header(data[place:end]) if name == b"VP8X" else data[place:end])
        place = end
    turn = next((turns[key] for key in sorted(turns) if turns[key] != 1), 1)
    if place < end_of_all:
        return Bare(data, turn)
    body = b"WEBP" + b"".join(kept)
    return Bare(b"RIFF" + len(body).to_bytes(4, "little") + body, turn)


def _plain_header(chunk: bytes) -> bytes:
    """Return the header of an extended file that announces no metadata."""
    flags = chunk[8] & ~(PROFILE | EXIF | XMP) if len(chunk) > 8 else 0
    return chunk[:8] + bytes([flags]) + chunk[9:]
