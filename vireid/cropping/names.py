"""Names of foreign files -> names of files that stay in their folder."""

import hashlib
import re

NO_TRACK = "%none"
"""The folder of crops without a track; no name becomes it."""
LONGEST = 100
"""Signs of a name that is not shortened."""


def safe(name: str) -> str:
    """Return a name for a file or folder that any file system takes; other names give others.

    Letters, digits, dots, dashes and underscores stay, other bytes become a % and two digits, and
    so does a dot in front.

    Args:
        name: any text.

    Returns:
        1 to about 120 signs.

    >>> safe("7"), safe("../../x"), safe("a b")
    ('7', '%2E.%2F..%2Fx', 'a%20b')
    """
    held = name.encode("utf-8", "surrogateescape")
    coded = re.sub(rb"[^A-Za-z0-9_.-]", lambda sign: b"%%%02X" % sign[0][0], held).decode()
    if coded.startswith("."):
        coded = "%2E" + coded[1:]
    if coded.endswith("."):
        coded = coded[:-1] + "%2E"
    if len(coded) > LONGEST:
        coded = f"{coded[:LONGEST]}%-{hashlib.sha256(held).hexdigest()[:16]}"
    return coded or "%"
