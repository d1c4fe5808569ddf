"""How often a JPEG's data go over its picture: each time takes as long as the picture is large."""

import re

from vireid.data.pixels.bare.jpeg import ALONE, END, SCAN

MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
"""What cannot stand inside a scan; those that begin again inside one (0xD0 to 0xD7) can."""


def scans(data: bytes, most: int) -> int:
    """Count the scans of a JPEG up to the end of its first picture.

    Args:
        data: the file.
        most: where counting ends.

    Returns:
        The number of scans; ``most`` where there are as many or more.
    """
    count, place = 0, 0
    while count < most and (found := MARKER.search(data, place)) is not None:
        marker, place = found[1][0], found.end()
        if marker == END:
            break
        count += marker == SCAN
        if marker not in ALONE:
            place += max(2, int.from_bytes(data[place : place + 2], "big"))
    return count
