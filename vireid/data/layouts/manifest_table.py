"""The rows of a manifest, out of a CSV or Parquet file."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from vireid.data.layouts.problems import Problem
from vireid.errors import ConfigError, DataError

REQUIRED = ("path", "modality", "camera")
OPTIONAL = ("identity", "split", "timestamp", "track")

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What some spreadsheets write between cells in the place of commas."""

Row = dict[str, str]


def read_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield the place and the cells of each row.

    Args:
        path: a .csv or .parquet file.
        problems: told of rows with too many or too few cells, which are left out.

    Yields:
        "line 7" of a CSV file or "row 6" of a Parquet file, and the cells by column, without
        surrounding spaces.

    Raises:
        DataError: the file cannot be read, or has other columns.
        ConfigError: Parquet is given and pyarrow is not installed.
    """
    if path.suffix.lower() == ".parquet":
        yield from _parquet_rows(path)
    else:
        yield from _csv_rows(path, problems)


def _csv_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield the place and the cells of each row of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_separator(path, header)
            _check_header(path, header)
            for cells in reader:
                if not cells:
                    continue
                place = f"line {reader.line_num}"
                if len(cells) != len(header):
                    text = f"{len(cells)} cells; expected {len(header)} as in the header"
                    problems.append(Problem("faulty entry", text, place))
                    continue
                cells = [cell.strip() for cell in cells]
                yield place, dict(zip(header, cells, strict=True))
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected a manifest (.csv or .parquet)") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} cannot be read as CSV in UTF-8: {error}") from None


def _parquet_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the place and the cells of each row of a Parquet file."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ConfigError(
            f"{path} needs pyarrow; install it with pip install 'vireid[parquet]', or give a .csv"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            table = file.read()
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected a manifest (.csv or .parquet)") from None
    except (OSError, ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path} cannot be read as Parquet: {reason}") from None
    _check_header(path, table.column_names)
    for number, row in enumerate(table.to_pylist(), start=1):
        yield f"row {number}", {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    """Return a Parquet value as a CSV cell would hold it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value).strip()


def _check_separator(path: Path, header: list[str]) -> None:
    """Say where the cells of the header are not separated by commas."""
    for sign, name in SEPARATORS.items():
        if len(header) == 1 and sign in header[0]:
            raise DataError(f"{path} separates its cells by {name}; expected commas, save it so")


def _check_header(path: Path, header: list[str]) -> None:
    """Say which columns are missing, unknown or twice there, all at once."""
    missing = [name for name in REQUIRED if name not in header]
    unknown = sorted({name for name in header if name not in REQUIRED + OPTIONAL})
    twice = sorted({name for name in header if header.count(name) > 1})
    wrong = [
        f"{kind} columns {', '.join(map(repr, names))}"
        for kind, names in (("misses", missing), ("has unknown", unknown), ("repeats", twice))
        if names
    ]
    if wrong:
        raise DataError(
            f"{path} {' and '.join(wrong)}; expected {', '.join(REQUIRED)} and optionally "
            f"{', '.join(OPTIONAL)}"
        )
