"""MOTChallenge text: frame, track, left, top, width, height, confidence, class, visibility."""

import re
from collections import Counter
from collections.abc import Iterator

from vireid.cropping.boxes import (
    Box,
    BoxList,
    Form,
    as_size,
    fault,
    number,
    whole,
)
from vireid.errors import DataError

LEAST = 6
"""Cells of the shortest lines."""
CLASSES = 9
"""Cells of lines that name a class; those of ten hold a place in the world instead."""
IGNORED = "marked as not to be counted (0 in the seventh column)"

_CELL = re.compile(r"[+-]?([0-9.]+([eE][+-]?[0-9]+)?|nan|inf(inity)?)", re.IGNORECASE)


def looks_like_mot(text: str) -> bool:
    """Tell whether the first line of a text is one of MOTChallenge.

    Args:
        text: of a file.

    Returns:
        Whether it holds six numbers or more.
    """
    cells = _cells(next(filter(str.strip, text.splitlines()), ""))
    return len(cells) >= LEAST and all(_CELL.fullmatch(cell) for cell in cells[:LEAST])


def read_mot(source: str, text: str, form: Form | None = None) -> BoxList:
    """Read MOTChallenge text: gt.txt, det.txt or what a tracker wrote.

    Frames count from 1. A track below 0 means none. Where lines have nine cells, the eighth is a
    class (1 is a pedestrian), and where all of their seventh cells are 0 or 1, those with 0 are
    left out: they mark what is not to be counted.

    Args:
        source: the file, for messages.
        text: what it holds.
        form: what the four numbers are, if not left, top, width and height.

    Returns:
        The boxes.

    Raises:
        DataError: a line is something else.
    """
    rows = list(_rows(source, text))
    wide = [cells for _, cells in rows if len(cells) == CLASSES]
    flags = bool(wide) and all(cells[6].rstrip("0").rstrip(".") in {"", "1"} for cells in wide)
    dropped: Counter[str] = Counter()
    boxes = []
    for line, cells in rows:
        box = _box(f"{source}, line {line}", f"line {line}", cells, form or "size")
        reason = fault(box.numbers)
        if flags and len(cells) == CLASSES and box.confidence == 0:
            reason = IGNORED
        if reason:
            dropped[reason] += 1
        else:
            boxes.append(box)
    return BoxList(source, "mot", tuple(boxes), first=1, people=("1",), dropped=dropped)


def _rows(source: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line."""
    for line, row in enumerate(text.splitlines(), start=1):
        if not row.strip():
            continue
        cells = _cells(row)
        if not LEAST <= len(cells) <= 10:
            raise DataError(
                f"{source}, line {line}: {len(cells)} cells; expected frame, track, left, top, "
                "width, height and up to four more"
            )
        yield line, cells


def _cells(row: str) -> list[str]:
    """Return the cells of a line, between commas, semicolons or blanks."""
    for sign in (",", ";"):
        if sign in row:
            return [cell.strip() for cell in row.strip().rstrip(sign).split(sign)]
    return row.split()


def _box(where: str, place: str, cells: list[str], form: Form) -> Box:
    """Return the box of a line."""
    names = ("left", "top", "width", "height")
    four = [number(cell, where, name) for cell, name in zip(cells[2:6], names, strict=True)]
    track = number(cells[1], where, "track")
    category = number(cells[7], where, "class") if len(cells) == CLASSES else -1.0
    return Box(
        frame=whole(cells[0], where, "frame"),
        track=_name(track, cells[1]) if track >= 0 else "",
        numbers=as_size((four[0], four[1], four[2], four[3]), form),
        place=place,
        confidence=number(cells[6], where, "confidence") if len(cells) > LEAST else None,
        category=_name(category, cells[7]) if category >= 0 else "",
    )


def _name(value: float, cell: str) -> str:
    """Return a number as text, without the decimals of a whole one."""
    return str(int(value)) if value == int(value) and value < 1e15 else cell.strip()
