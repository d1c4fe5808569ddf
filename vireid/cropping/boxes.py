"""Boxes of people in frames, as trackers and annotators write them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from vireid.errors import DataError

Format = Literal["mot", "coco", "yolo", "csv"]
"""MOTChallenge text, COCO JSON, a folder of YOLO text, a table with named columns."""
Form = Literal["size", "corners", "centre"]
"""What four numbers of a box are: left, top, width, height; left, top, right, bottom; or the
centre, width and height."""

DIGITS = 3
"""Decimals of a pixel that a box keeps, so that all formats say the same box."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_NO_NUMBER = re.compile(r"[+-]?(nan|inf(inity)?)", re.IGNORECASE)
_WHOLE = re.compile(r"([0-9]{1,15})(\.0*)?")


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a file."""

    frame: int | str
    """The number of its frame as the file counts, or the frame's name."""
    track: str
    """Whatever text tells the track; empty for none."""
    numbers: tuple[float, float, float, float]
    """Left, top, width and height, in pixels or in shares of the frame."""
    place: str
    """Where it stands in its file, for messages."""
    confidence: float | None = None
    category: str = ""
    """Empty where the file tells none."""
    time: str = ""
    """When its frame was taken, as the file says it."""
    camera: str = ""
    """Which camera took its frame, if the file says it."""


@dataclass(frozen=True)
class BoxList:
    """What a file of boxes says."""

    source: str
    """The file, for messages."""
    format: Format
    boxes: tuple[Box, ...]
    shares: bool = False
    """Whether numbers are shares of the frame instead of pixels."""
    first: int | None = None
    """The number of the first frame, where the format defines it."""
    people: tuple[str, ...] = ()
    """Categories, in lower case, that are people in this format; empty where names must tell."""
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Width and height that the file says of frames, by name."""
    dropped: Counter[str] = field(default_factory=Counter)
    """How many of its rows were left out while reading, by reason."""


NOT_FINITE = "with numbers that are NaN or infinite"
NO_AREA = "with a width or height of 0 or less"


def number(text: str, where: str, name: str) -> float:
    """Read a number.

    Args:
        text: a cell.
        where: file and line, for the message.
        name: what the number is, for the message.

    Returns:
        The number; NaN where the text says that it is none, or infinite.

    Raises:
        DataError: it is something else.

    >>> number(" 3.5", "a.txt, line 1", "left"), number("inf", "a.txt, line 1", "left")
    (3.5, nan)
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        return value if isfinite(value) else float("nan")
    if _NO_NUMBER.fullmatch(text):
        return float("nan")
    raise DataError(f"{where}: {name} is {shortened(text)}; expected a number")


def whole(text: str, where: str, name: str) -> int:
    """Read a whole number from 0.

    Args:
        text: a cell; ``12.0`` is taken for 12.
        where: file and line, for the message.
        name: what the number is, for the message.

    Returns:
        The number.

    Raises:
        DataError: it is something else.
    """
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        raise DataError(f"{where}: {name} is {shortened(text)}; expected a whole number from 0")
    return int(found[1])


def is_whole(text: str) -> bool:
    """Tell whether a text is a whole number from 0.

    Args:
        text: a cell.

    Returns:
        True for ``12`` and ``12.0``.
    """
    return _WHOLE.fullmatch(text.strip()) is not None


def shortened(text: str) -> str:
    """Return a text in quotes for a message of one line.

    Args:
        text: of any length, with any signs.

    Returns:
        Its first forty signs, those that cannot be printed escaped.
    """
    shown = repr(text[:40])
    return shown + " ..." if len(text) > 40 else shown


def as_size(
    four: tuple[float, float, float, float], form: Form
) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a box in any form.

    Args:
        four: the numbers.
        form: what they are.

    Returns:
        Left, top, width, height.

    >>> as_size((10, 20, 40, 80), "corners"), as_size((10, 20, 4, 8), "centre")
    ((10, 20, 30, 60), (8.0, 16.0, 4, 8))
    """
    a, b, c, d = four
    if form == "corners":
        return a, b, c - a, d - b
    if form == "centre":
        return a - c / 2, b - d / 2, c, d
    return four


def fault(numbers: tuple[float, float, float, float]) -> str | None:
    """Say why numbers are no box.

    Args:
        numbers: left, top, width and height.

    Returns:
        A reason to count, or None for a box.
    """
    if not all(isfinite(value) for value in numbers):
        return NOT_FINITE
    return NO_AREA if min(numbers[2:]) <= 0 else None
