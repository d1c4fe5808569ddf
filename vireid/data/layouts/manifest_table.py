"""The rows of a manifest, out of a CSV or Parquet file."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vireid.data.layouts.encoding import text_of
from vireid.data.layouts.manifest_columns import COLUMNS, Row, Rows, known_columns
from vireid.data.layouts.paths import shown
from vireid.data.layouts.problems import Problem
from vireid.errors import ConfigError, DataError

if TYPE_CHECKING:
    import pyarrow

SEPARATORS = ",;\t"
"""What spreadsheets write between cells."""

MISSING = "is missing; expected a manifest (.csv or .parquet)"
"""What is said of a file that is not there."""


def read_rows(path: Path, problems: list[Problem], notes: list[str]) -> list[tuple[str, Row]]:
    """Return the place and the cells of each row.

    Rows and columns that are empty throughout do not count.

    Args:
        path: a .csv or .parquet file.
        problems: told of rows with too many or too few cells, which are left out.
        notes: told of columns that are passed over.

    Returns:
        "line 7" of a CSV file or "row 6" of a Parquet file, and the cells by column, without
        surrounding spaces.

    Raises:
        DataError: the file cannot be read, or has other columns.
        ConfigError: Parquet is given and pyarrow is not installed.
    """
    if path.suffix.lower() == ".parquet":
        header, rows = _parquet(path)
    else:
        header, rows = _csv(path, problems)
    return known_columns(path, header, rows, notes)


def _csv(path: Path, problems: list[Problem]) -> tuple[list[str], Rows]:
    """Return the header and the rows of a CSV file."""
    line = 0
    try:
        text = text_of(path.read_bytes())
        separator = _separator(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        lines = []
        for cells in reader:
            line = reader.line_num
            cells = [_plain(cell) for cell in cells]
            if any(cells) and cells[0].lower() != "sep=":
                lines.append((f"line {line}", cells))
    except FileNotFoundError:
        raise DataError(f"{path} {MISSING}") from None
    except csv.Error as error:
        where = f"{error}, in what begins on line {line + 1}"
        raise DataError(f"{path} cannot be read as CSV in UTF-8: {where}") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as CSV in UTF-8: {error}") from None
    header = lines[0][1] if lines else []
    _check_bars(path, header)
    return header, list(_whole_rows(header, lines[1:], problems))


def _plain(cell: str) -> str:
    """Return a cell without surrounding spaces, and without the formula that marks it as text."""
    cell = cell.strip()
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


def _whole_rows(
    header: Sequence[str], lines: Sequence[tuple[str, list[str]]], problems: list[Problem]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows that have as many cells as the header, but for empty ones behind it."""
    for place, cells in lines:
        while len(cells) > len(header) and not cells[-1]:
            cells = cells[:-1]
        if len(cells) == len(header):
            yield place, cells
        else:
            text = f"{len(cells)} cells; expected {len(header)} as in the header"
            problems.append(Problem("faulty entry", text, place, same=text))


def _parquet(path: Path) -> tuple[list[str], Rows]:
    """Return the header and the rows of a Parquet file."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ConfigError(
            f"{path} needs pyarrow; install it with pip install 'vireid[parquet]', or give a .csv"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            table = file.read()
        columns = [_texts(column) for column in table.columns]
    except FileNotFoundError:
        raise DataError(f"{path} {MISSING}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} holds bytes that are no UTF-8; save them as text") from None
    except (OSError, ArrowException, ValueError, OverflowError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DataError(f"{path} cannot be read as Parquet: {shown(reason)}") from None
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    numbered = [(f"row {number}", cells) for number, cells in enumerate(rows, start=1)]
    return list(table.column_names), [row for row in numbered if any(row[1])]


def _texts(column: "pyarrow.ChunkedArray") -> list[str]:
    """Return a column as a CSV file would hold it."""
    from pyarrow import timestamp, types

    kind, exact = column.type, 2.0**53
    if types.is_timestamp(kind):
        column = column.cast(timestamp("us", "UTC" if kind.tz else None), safe=False)
    elif types.is_floating(kind):
        exact = 2.0 ** {16: 11, 32: 24}.get(kind.bit_width, 53)
    return [_text(value, exact) for value in column.to_pylist()]


def _text(value: Any, exact: float) -> str:
    """Return a value as a CSV cell would hold it; numbers that have lost digits with an exponent.

    Floating-point numbers are whole ones without a gap below ``exact`` only.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and exact <= abs(value) < math.inf:
        return f"{value:.15e}"
    if isinstance(value, bytes):
        return value.decode("utf-8").strip()
    if isinstance(value, (list, tuple)):
        return " ".join(_text(each, exact) for each in value)
    return str(value).strip()


def _separator(text: str) -> str:
    """Return what separates the cells: semicolons or tabs only where commas give no known column.

    Args:
        text: of the file; the first line that says something is looked at.

    Returns:
        The sign; a comma where no sign gives a known column.
    """
    for line in text.splitlines():
        if line.strip(SEPARATORS + ' "') and not line.lower().startswith("sep="):
            known = {sign: _known(line.split(sign)) for sign in SEPARATORS}
            return "," if known[","] else max(known, key=lambda sign: known[sign])
    return ","


def _known(names: Sequence[str]) -> int:
    """Count the columns whose names are known."""
    return sum(name.strip().strip('"').strip().lower() in COLUMNS for name in names)


def _check_bars(path: Path, header: list[str]) -> None:
    """Say where bars stand between the cells."""
    full = [name for name in header if name]
    if len(full) == 1 and "|" in full[0]:
        raise DataError(
            f"{path} separates its cells by bars; expected commas, semicolons or tabs, save it so"
        )
