"""What Python's csv module and pyarrow alone read from a manifest, by the documented rules."""

import csv
import io
import math
import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyarrow import parquet

Row = dict[str, str]
COLUMNS = {
    "path", "modality", "camera", "identity", "split", "timestamp", "track", "box", "frame",
}  # fmt: skip
VISIBLE = {"visible", "visible light", "vis", "rgb"}
INFRARED = {
    "infrared", "ir", "near infrared", "nir", "swir", "mwir", "lwir", "fir", "tir", "thermal",
}  # fmt: skip
EMPTY = {"", "nan", "none", "null", "n/a", "na", "<na>", "nat", "#n/a", "nil"}
UNKNOWN = EMPTY | {"unknown", "unlabelled", "unlabeled", "undefined", "?", "-", "--"}


def csv_rows(data: bytes) -> list[Row] | None:
    """Read a CSV file.

    Args:
        data: its bytes.

    Returns:
        The cells of each row by column; None where the csv module or UTF-8 refuses it, or a row
        has other cells than the header.
    """
    try:
        text = data.decode("utf-8-sig")
        lines = [
            [c.strip() for c in line]
            for line in csv.reader(io.StringIO(text, newline=""), strict=True)
        ]
    except (UnicodeDecodeError, csv.Error):
        return None
    lines = [line for line in lines if any(line)]
    if lines and lines[0][0].lower() == "sep=":
        del lines[0]
    return _by_column(lines) if lines else None


def parquet_rows(file: Path) -> list[Row] | None:
    """Read a Parquet file.

    Args:
        file: the path.

    Returns:
        As ``csv_rows``.
    """
    try:
        table = parquet.read_table(file, partitioning=None)
        columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    except Exception:  # pyarrow raises errors of many kinds
        return None
    lines = [list(line) for line in zip(*columns, strict=True)]
    return _by_column([list(table.column_names), *[line for line in lines if any(line)]])


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value.decode() if isinstance(value, bytes) else str(value).strip()


def _by_column(lines: list[list[str]]) -> list[Row] | None:
    header, *lines = lines
    if not header:
        return None
    names = [name.strip().lower() for name in header]
    rows = []
    for line in lines:
        if len(line) < len(names) or any(line[len(names) :]):
            return None
        rows.append({n: c for n, c in zip(names, line, strict=False) if n in COLUMNS})
    empty = {name for name in COLUMNS if not any(row.get(name) for row in rows)}
    rows = [{name: cell for name, cell in row.items() if name not in empty} for row in rows]
    twice = {n for n in names if n in COLUMNS and names.count(n) > 1}
    full = [n for k, n in enumerate(names) if any(line[k] for line in lines)]
    if any(full.count(name) > 1 for name in twice):
        return None
    return rows


def canonical(cell: str) -> str | int:
    """Return what equal names share.

    Args:
        cell: a name or number.

    Returns:
        A number for whole ones, else text in one Unicode form.
    """
    if re.fullmatch(r"-?[0-9]+(\.0+)?", cell):
        return int(cell.split(".")[0])
    return unicodedata.normalize("NFC", cell)


def row_values(row: Row, root: Path) -> tuple[Any, ...]:
    """Return what a row says of its image.

    Args:
        row: cells by column.
        root: the manifest's folder.

    Returns:
        Path, modality, camera (0: unknown), identity, role, track, time and box; None where there
        is none. ``wrong`` stands for what no image can have.
    """
    word = " ".join(re.split(r"[\s_-]+", row.get("modality", "").lower()))
    modality = 0 if word in VISIBLE else 1 if word in INFRARED else "wrong"
    camera, identity, track = (row.get(name, "") for name in ("camera", "identity", "track"))
    unknown = camera.lower() in UNKNOWN or canonical(camera) == 0
    none = track.lower() in UNKNOWN or track.startswith("-")
    return (
        _path(row.get("path", ""), root),
        modality,
        0 if unknown else canonical(camera),
        None if identity.lower() in EMPTY else canonical(identity),
        row.get("split", "train").lower(),
        None if none else canonical(track),
        _time(row.get("timestamp", "")),
        _box(row.get("box", "")),
    )


def _path(cell: str, root: Path) -> str:
    for text in (cell, cell.replace("\\", "/")):
        whole = os.path.normpath(os.path.join(root, text)) if text else ""  # noqa: PTH118
        if whole.startswith(f"{root}/") and os.path.isfile(whole):  # noqa: PTH113
            return whole.removeprefix(f"{root}/")
    return "wrong"


def _time(cell: str) -> float | str | None:
    if cell.lower() in EMPTY:
        return None
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        return "wrong"
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _box(cell: str) -> tuple[float, ...] | str | None:
    if cell.lower() in EMPTY:
        return None
    numbers = re.findall(r"[-+]?[0-9]+(?:\.[0-9]*)?", cell)
    return tuple(map(float, numbers)) if len(numbers) == 4 else "wrong"
