"""Which columns of a table are those of a manifest, as spreadsheets and pandas write them."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from vireid.data.layouts.paths import quoted
from vireid.errors import DataError, number_of, some

REQUIRED = ("path", "modality", "camera")
OPTIONAL = ("identity", "split", "timestamp", "track", "box", "frame")
COLUMNS = REQUIRED + OPTIONAL
MEANT = {
    "path": ("file", "filename", "image"),
    "camera": ("cam", "cam_id"),
    "identity": ("id", "pid", "person", "person_id", "personid", "label", "name", "subject"),
    "split": ("set", "subset", "part", "role"),
    "timestamp": ("time", "date", "datetime"),
    "track": ("tracklet",),
    "box": ("bbox", "bounding_box", "xywh"),
}
"""Other words for columns, which are not passed over where the column itself is missing."""

Row = dict[str, str]
Rows = list[tuple[str, list[str]]]
"""The place of each row and its cells."""

_NAMELESS = re.compile(r"|unnamed: [0-9]+(\.[0-9]+)?|unnamed: [0-9]+_level_[0-9]+")
_INDEX = re.compile(r"__index_level_[0-9]+__")


def known_columns(
    path: Path, header: Sequence[str], rows: Rows, notes: list[str]
) -> list[tuple[str, Row]]:
    """Return the cells of each row by column.

    Names count in any case. Columns without a name that hold row numbers are passed over, as pandas
    writes them, and those that are empty throughout. Unknown ones are, too, and that is noted, but
    for a name that seems to mean a column that is not there.

    Args:
        path: of the table, for messages.
        header: names of K columns.
        rows: places, and K cells each.
        notes: told of unknown columns that are passed over.

    Returns:
        The places and cells. A required column may be empty; an optional one is not there then.

    Raises:
        DataError: columns are missing, without a name, misspelt or twice there; all of them, and
            all unknown ones, are named.
    """
    names = [name.strip().lower() for name in header]
    kept = [
        index
        for index, name in enumerate(names)
        if not _is_index(name, [cells[index] for _, cells in rows])
        and (name in REQUIRED or not rows or any(cells[index] for _, cells in rows))
    ]
    _check(path, [(names[index], _called(header, rows, index)) for index in kept])
    unknown = sorted({quoted(header[k].strip()) for k in kept if names[k] not in COLUMNS})
    if unknown and rows:
        count = number_of(len(unknown), "column")
        notes.append(f"{count} not read: {some(unknown)}; known are {', '.join(COLUMNS)}")
    kept = [index for index in kept if names[index] in COLUMNS]
    return [(place, {names[index]: cells[index] for index in kept}) for place, cells in rows]


def _is_index(name: str, cells: Sequence[str]) -> bool:
    """Tell whether a column holds row numbers, which belong to no image."""
    if _INDEX.fullmatch(name):
        return True
    return bool(_NAMELESS.fullmatch(name)) and all(not cell or cell.isdigit() for cell in cells)


def _called(header: Sequence[str], rows: Rows, index: int) -> str:
    """Return what a column is called in messages."""
    if header[index].strip() or not rows:
        return quoted(header[index])
    first = next(cells[index] for _, cells in rows if cells[index])
    return f"'' (column {index + 1}, which holds {quoted(first)})"


def _check(path: Path, columns: Sequence[tuple[str, str]]) -> None:
    """Say which columns are missing, unknown or twice there, all at once."""
    names = [name for name, _ in columns]
    missing = [quoted(name) for name in REQUIRED if name not in names]
    unknown = {called: name for name, called in columns if name not in COLUMNS}
    hints = [(called, _meant(name, names)) for called, name in sorted(unknown.items())]
    said = "".join(f"; did you mean {word} by {called}?" for called, word in hints if word)
    twice = sorted({quoted(name) for name in names if name in COLUMNS and names.count(name) > 1})
    if not (missing or twice or said or "" in names):
        return
    wrong = [
        f"{kind} columns {', '.join(found)}"
        for kind, found in (
            ("misses", missing),
            ("has unknown", sorted(unknown)),
            ("repeats", twice),
        )
        if found
    ]
    raise DataError(
        f"{path} {' and '.join(wrong)}; expected {', '.join(REQUIRED)} and optionally "
        f"{', '.join(OPTIONAL)}{said}"
    )


def _meant(name: str, names: Sequence[str]) -> str | None:
    """Return the column that a name seems to mean: misspelt, or in other words where it is missing.

    Never one that is not read anyway.
    """
    absent = [known for known in COLUMNS if known not in names and known != "frame"]
    said = [known for known, words in MEANT.items() if name in words]
    if said:
        return said[0] if said[0] in absent else None
    near = get_close_matches(name, absent, 1)
    near = near or get_close_matches(name, (*REQUIRED, *OPTIONAL[:-1]), 1, cutoff=0.8)
    return near[0] if near else None
