"""What a file is by its first bytes, whatever its name says."""

from pathlib import Path

LOOKED_AT = 32
"""Bytes that are enough to tell."""

RAW = frozenset({".dng", ".nef", ".arw", ".cr2", ".orf", ".rw2", ".pef", ".srw", ".raf"})
"""Endings of camera originals, which begin as TIFF does and hold a thumbnail that decodes."""

_BEGINNINGS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",  # TIFF
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
)
_BITMAP_HEADERS = (12, 40, 52, 56, 64, 108, 124)


def looks_decodable(path: Path) -> bool:
    """Tell whether a file begins as an image that ``decode`` reads.

    Args:
        path: a file; it may be missing or unreadable.

    Returns:
        True for the first bytes of JPEG, PNG, BMP, TIFF, WebP, PPM and GIF.
    """
    if path.suffix.lower() in RAW:
        return False
    try:
        with path.open("rb") as file:
            begin = file.read(LOOKED_AT)
    except OSError:
        return False
    return (
        begin.startswith(_BEGINNINGS)
        or (begin[:4] == b"RIFF" and begin[8:12] == b"WEBP")
        or (begin[:2] == b"BM" and int.from_bytes(begin[14:18], "little") in _BITMAP_HEADERS)
        or _is_map(begin)
    )


def _is_map(begin: bytes) -> bool:
    """Tell whether a file begins as PBM, PGM or PPM: a letter, a kind, then a size or a comment."""
    if begin[:1] != b"P" or begin[1:2] not in b"123456" or not begin[2:3].isspace():
        return False
    word = begin[2:].split(maxsplit=1)
    return bool(word) and (word[0][:1].isdigit() or word[0][:1] == b"#")
