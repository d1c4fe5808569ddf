"""JPEG without its metadata: segments of Exif, XMP, ICC, MPF, Photoshop and comments left out."""

from vireid.data.pixels.bare.orientation import exif_orientation, xmp_orientation
from vireid.data.pixels.bare.picture import Bare

XMP = b"http://ns.adobe.com/xap/1.0/\0"
SCAN, END, COMMENT = 0xDA, 0xD9, 0xFE
ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length behind them."""
JFIF = 14
"""Bytes of a JFIF segment before its thumbnail; the last two are the thumbnail's size."""


def bare_jpeg(data: bytes) -> Bare:
    """Leave a JPEG's metadata out; what decides on its colours stays.

    Args:
        data: the file.

    Returns:
        The picture; the file as it was given where its segments are damaged.
    """
    kept, place = [data[:2]], 2
    metadata: list[bytes] = []
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in (SCAN, END):
            return _found(b"".join([*kept, data[place:]]), metadata)
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if end < place + 4 or end > len(data):
            break
        if marker == 0xE0:
            kept.append(_plain_jfif(data[place + 4 : end]))
        elif 0xE1 <= marker <= 0xEF and marker != 0xEE:
            metadata.append(data[place + 4 : end])
        elif marker != COMMENT:
            kept.append(data[place:end])
        place = end
    return _found(data, metadata)


def _plain_jfif(content: bytes) -> bytes:
    """Return a JFIF segment without thumbnail; nothing of what is none."""
    if not content.startswith(b"JFIF\0") or len(content) < JFIF:
        return b""
    return b"\xff\xe0\0\x10" + content[: JFIF - 2] + b"\0\0"


def _found(data: bytes, metadata: list[bytes]) -> Bare:
    exif = [block for block in metadata if block.startswith(b"Exif\0\0")]
    turn = exif_orientation(exif[0]) if exif else 1
    if turn == 1:
        texts = [block for block in metadata if block.startswith(XMP)]
        turn = xmp_orientation(texts[0]) if texts else 1
    radiometric = any(block.startswith(b"FLIR\0") for block in metadata)
    return Bare(data, turn, radiometric=radiometric)
