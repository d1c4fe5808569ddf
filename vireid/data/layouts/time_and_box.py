"""Cells that say when an image was taken, and where in its frame."""

import math
import re
from datetime import UTC, datetime

from vireid.data.layouts.name_faults import CURE

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?")
_EXPONENT = re.compile(r"[-+]?[0-9]+([.,][0-9]*)?[eE][-+]?[0-9]+")
_DAY = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(\.0+)?")
_TIME = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T _].+|[0-9]{4}-?W[0-9]{2}-?[0-9][T _].+", re.I)

LATEST = 1e11
"""Seconds since 1970, in the year 5138: what is beyond is given in milliseconds."""

WHEN = "expected such as 2024-01-31T12:00:00+01:00, or seconds since 1970"
"""What a timestamp is to look like."""


def seconds(cell: str) -> tuple[float, bool]:
    """Return when an image was taken.

    Args:
        cell: ISO 8601, or seconds since 1970 in UTC.

    Returns:
        Seconds since 1970 in UTC, and whether the cell says so: a time without a zone is taken for
        UTC.

    Raises:
        ValueError: it is something else; the message says what is wrong, without the value.

    >>> seconds("2024-01-31T12:00:00+01:00"), seconds("1970-01-01 00:00:10"), seconds("12.5")
    ((1706698800.0, True), (10.0, False), (12.5, True))
    """
    if _NUMBER.fullmatch(cell):
        value = float(cell)
        if _DAY.fullmatch(cell):
            raise ValueError(f"is a day, or seconds since 1970; {WHEN}")
        if abs(value) > LATEST:
            raise ValueError("is too large for seconds since 1970; divide milliseconds by 1000")
        return value, True
    if _EXPONENT.fullmatch(cell):
        raise ValueError(f"has lost digits; {CURE}")
    if not _TIME.fullmatch(cell):
        raise ValueError(f"is no time; {WHEN}")
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"is no time; {WHEN}") from None
    zoned = found.tzinfo is not None
    return (found if zoned else found.replace(tzinfo=UTC)).timestamp(), zoned


def rectangle(cell: str) -> tuple[float, ...]:
    """Return where an image was cut out of its frame.

    Args:
        cell: left, top, width and height in pixels, with spaces, commas or semicolons between,
            perhaps in brackets.

    Returns:
        The four numbers.

    Raises:
        ValueError: it is something else; the message says what is wrong, without the value.

    >>> rectangle("10 20.5 64 128"), rectangle("[10, 20, 64, 128]")
    ((10.0, 20.5, 64.0, 128.0), (10.0, 20.0, 64.0, 128.0))
    """
    words = re.split(r"[\s,;]+", cell.strip("[]() "))
    if len(words) != 4 or not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError("is no box; expected left top width height, four numbers of pixels")
    box = tuple(float(word) for word in words)
    if not all(map(math.isfinite, box)) or box[2] <= 0 or box[3] <= 0:
        raise ValueError("holds nothing; expected a width and a height of more than 0 pixels")
    return box
