"""Names of foreign files -> names of files that stay in their folder."""

import hashlib
import unicodedata

NO_TRACK = "%none"
"""The folder of crops without a track; no name becomes it."""
LONGEST = 100
"""Bytes of a name that is not shortened."""
TAKEN = frozenset('/\\:*?"<>|%@')
"""What separates folders, recordings and cameras, or is refused by a file system."""


def safe(name: str) -> str:
    """Return a name for a file or folder that any file system takes; other names give others.

    Letters of any alphabet and spaces stay; a % and two digits stand for each byte of what no file
    may be called on some system, of what cannot be seen, and of %, @, a dot or space in front and
    at the end. A name in another Unicode form than NFC, which some systems take for that, keeps
    only what is ASCII.

    Args:
        name: any text.

    Returns:
        1 to about 120 bytes.

    >>> safe("7"), safe("../../x"), safe("Hof-Süd 2")
    ('7', '%2E.%2F..%2Fx', 'Hof-Süd 2')
    """
    held = name.encode("utf-8", "surrogateescape")
    usual = unicodedata.is_normalized("NFC", name)
    coded = "".join(sign if _stays(sign, usual=usual) else _coded(sign) for sign in name)
    if coded[:1] in (".", " "):
        coded = _coded(coded[0]) + coded[1:]
    if coded[-1:] in (".", " "):
        coded = coded[:-1] + _coded(coded[-1])
    whole = coded.encode()
    if len(whole) > LONGEST:
        begin = whole[:LONGEST].decode(errors="ignore").rstrip(". ")
        coded = f"{begin}%-{hashlib.sha256(held).hexdigest()[:16]}"
    return coded or "%"


def _stays(sign: str, *, usual: bool) -> bool:
    """Tell whether a sign may stand in the name of a file on every system."""
    return sign.isprintable() and sign not in TAKEN and (usual or sign.isascii())


def _coded(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogateescape"))
