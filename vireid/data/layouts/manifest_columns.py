"""Which columns of a table are those of a manifest, as spreadsheets and pandas write them."""

import re
from collections.abc import Sequence
from pathlib import Path

from vireid.data.layouts.paths import quoted
from vireid.errors import DataError

REQUIRED = ("path", "modality", "camera")
OPTIONAL = ("identity", "split", "timestamp", "track", "box", "frame")

Row = dict[str, str]
Rows = list[tuple[str, list[str]]]
"""The place of each row and its cells."""

_NAMELESS = re.compile(r"|unnamed: [0-9]+(\.[0-9]+)?|unnamed: [0-9]+_level_[0-9]+")
_INDEX = re.compile(r"__index_level_[0-9]+__")


def known_columns(path: Path, header: Sequence[str], rows: Rows) -> list[tuple[str, Row]]:
    """Return the cells of each row by column.

    Names count in any case. Columns without a name that hold row numbers are passed over, as pandas
    writes them, and those that are empty throughout.

    Args:
        path: of the table, for messages.
        header: names of K columns.
        rows: places, and K cells each.

    Returns:
        The places and cells. A required column may be empty; an optional one is not there then.

    Raises:
        DataError: columns are missing, unknown or twice there; all of them are named.
    """
    names = [name.strip().lower() for name in header]
    kept = [
        index
        for index, name in enumerate(names)
        if not _is_index(name, [cells[index] for _, cells in rows])
        and (name in REQUIRED or not rows or any(cells[index] for _, cells in rows))
    ]
    _check(path, [(names[index], _called(header, rows, index)) for index in kept])
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
    unknown = sorted({called for name, called in columns if name not in REQUIRED + OPTIONAL})
    twice = sorted({quoted(name) for name in names if names.count(name) > 1})
    wrong = [
        f"{kind} columns {', '.join(found)}"
        for kind, found in (("misses", missing), ("has unknown", unknown), ("repeats", twice))
        if found
    ]
    if wrong:
        raise DataError(
            f"{path} {' and '.join(wrong)}; expected {', '.join(REQUIRED)} and optionally "
            f"{', '.join(OPTIONAL)}"
        )
