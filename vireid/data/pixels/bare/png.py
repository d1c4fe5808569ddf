"""PNG without its metadata: texts, profiles, Exif and the frames of an animation left out."""

import zlib

from vireid.data.pixels.bare.orientation import exif_orientation, xmp_orientation
from vireid.data.pixels.bare.picture import Bare

SIGNATURE = b"\x89PNG\r\n\x1a\n"
METADATA = frozenset(
    b"tEXt zTXt iTXt iCCP eXIf pHYs tIME gAMA cHRM sRGB bKGD hIST sPLT sBIT cICP mDCV cLLI oFFs "
    b"pCAL sCAL sTER acTL fcTL fdAT caBX iDOT vpAg".split()
)
"""Chunks that do not change the first picture."""
TEXT_LIMIT = 1 << 17
"""Bytes of a compressed text that are unpacked to find the orientation in it."""


def bare_png(data: bytes) -> Bare:
    """Leave a PNG's metadata out.

    Args:
        data: the file.

    Returns:
        The picture; chunks that do not fit into the file stay as they are.
    """
    kept, place, turns = [data[:8]], 8, []
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8]
        if end > len(data):
            break
        if name in METADATA:
            turns.append(_turn(name, data[place + 8 : end - 4]))
        else:
            kept.append(data[place:end])
        place = end
    bits = data[24] if data[12:16] == b"IHDR" and len(data) > 24 else 8
    turn = next((value for _, value in sorted(turns) if value != 1), 1)
    return Bare(b"".join([*kept, data[place:]]), turn, bits=max(bits, 8))


def _turn(name: bytes, content: bytes) -> tuple[int, int]:
    """Return the orientation that a chunk states, behind how much it counts."""
    if name == b"eXIf":
        return 0, exif_orientation(content)
    if name == b"iTXt" and content.startswith(b"XML:com.adobe.xmp\0"):
        return 2, xmp_orientation(content)
    if name in (b"zTXt", b"tEXt") and content.startswith(b"Raw profile type exif\0"):
        return 1, _raw_profile(content.partition(b"\0")[2], packed=name == b"zTXt")
    return 3, 1


def _raw_profile(text: bytes, *, packed: bool) -> int:
    """Return the orientation of Exif that is written as a text of hexadecimal digits."""
    try:
        plain = zlib.decompressobj().decompress(text[1:], TEXT_LIMIT) if packed else text
        digits = b"".join(plain.split(b"\n")[3:]).decode("ascii")
        return exif_orientation(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    except (zlib.error, ValueError):
        return 1
