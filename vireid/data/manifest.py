"""Reader of manifests: one row an image, as CSV or Parquet."""

import csv
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, Role
from vireid.data.paths import normal, path_problems
from vireid.data.problems import Problem, Scan
from vireid.errors import ConfigError, DataError
from vireid.types import Images, Modality, Truth

REQUIRED = ("path", "modality", "camera")
OPTIONAL = ("identity", "split", "timestamp", "track")
SPLITS = ("train", "query", "gallery")

_NUMBER = re.compile(r"(-?[0-9]{1,18})(\.0+)?")  # spreadsheets write 3.0 beside empty cells

Row = dict[str, str]


@dataclass(frozen=True)
class _Entry:
    """One image of a manifest."""

    place: str
    path: str
    modality: int
    camera: int
    identity: int | None
    split: str


def read_manifest(path: Path | str) -> DataFolder:
    """Read a manifest of images.

    Columns: `path` relative to the manifest's folder, `modality` (visible or infrared),
    `camera` (a whole number from 0, which means unknown), and optionally `identity` (a whole
    number), `split` (train, query or gallery; all rows are train without it), `timestamp` and
    `track` (free text, not read). Identities are given for all training rows or none, and for
    all query and gallery rows or none. No image is opened.

    Args:
        path: a .csv file in UTF-8 with a header line, or a .parquet file.

    Returns:
        Training and test images in the order of the rows; the roles are those of the split.

    Raises:
        DataError: where the file cannot be read, or rows are wrong: all problems are counted
            and the first five named by line.
        ConfigError: where Parquet is given and pyarrow is not installed.
    """
    return scan_manifest(Path(path)).accepted()


def scan_manifest(path: Path) -> Scan:
    """Read what can be read of a manifest, and note what is wrong.

    Args:
        path: as for ``read_manifest``.

    Returns:
        The images of the rows without fault, and the problems.

    Raises:
        DataError: where the file cannot be read, has other columns or no rows.
        ConfigError: where Parquet is given and pyarrow is not installed.
    """
    rows = _parquet_rows(path) if path.suffix.lower() == ".parquet" else _csv_rows(path)
    problems: list[Problem] = []
    entries = list(_entries(rows, path.parent, problems))
    train = [entry for entry in entries if entry.split == "train"]
    test = [entry for entry in entries if entry.split != "train"]
    train_truth = _truth(train, "training", problems)
    test_truth = _truth(test, "query and gallery", problems)
    if not entries and not problems:
        raise DataError(f"{path} has a header but no rows; expected one row an image")
    roles: tuple[Role, ...] = tuple(
        "query" if entry.split == "query" else "gallery" for entry in test
    )
    data = DataFolder(
        name=path.resolve().parent.name if path.stem == "manifest" else path.stem,
        train=_images(path.parent, train),
        test=_images(path.parent, test),
        train_truth=train_truth,
        test_truth=test_truth,
        roles=roles if test else None,
        protocol="plain" if test else None,
    )
    return Scan(str(path), data, tuple(problems))


def _csv_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the place and the cells of each row of a CSV file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    raise DataError(
                        f"{path}: line {reader.line_num} has {len(cells)} cells; "
                        f"expected {len(header)} as in the header"
                    )
                cells = [cell.strip() for cell in cells]
                yield f"line {reader.line_num}", dict(zip(header, cells, strict=True))
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


def _check_header(path: Path, header: list[str]) -> None:
    """Say which columns are missing, unknown or twice there."""
    expected = f"expected {', '.join(REQUIRED)} and optionally {', '.join(OPTIONAL)}"
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    twice = sorted({name for name in header if header.count(name) > 1})
    for kind, names in (("misses", missing), ("has unknown", unknown), ("repeats", twice)):
        if names:
            raise DataError(f"{path} {kind} columns {', '.join(map(repr, names))}; {expected}")


def _entries(
    rows: Iterable[tuple[str, Row]], root: Path, problems: list[Problem]
) -> Iterator[_Entry]:
    """Yield the images of the rows, and note what is wrong with the others."""
    seen: dict[str, str] = {}
    for place, row in rows:
        path = normal(row["path"])
        found = [
            *path_problems(root, path),
            *(Problem("faulty entry", text) for text in _value_problems(row)),
        ]
        if path and path in seen:
            text = f"path {row['path']!r} is on {seen[path]} already"
            found.append(Problem("repeated entry", text))
        seen.setdefault(path, place)
        if found:
            problems.extend(Problem(p.kind, f"{place}: {p.text}") for p in found)
            continue
        yield _Entry(
            place=place,
            path=path,
            modality=Modality[row["modality"].upper()],
            camera=_number(row["camera"]),
            identity=_number(row["identity"]) if row.get("identity") else None,
            split=row.get("split", "train"),
        )


def _value_problems(row: Row) -> Iterator[str]:
    """Yield what is wrong with the other cells of a row."""
    if row["modality"] not in ("visible", "infrared"):
        yield f"modality {row['modality']!r} is unknown; expected visible or infrared"
    if not _NUMBER.fullmatch(row["camera"]) or _number(row["camera"]) < 0:
        yield f"camera {row['camera']!r} is no whole number from 0 (0 for unknown)"
    if row.get("identity") and not _NUMBER.fullmatch(row["identity"]):
        yield f"identity {row['identity']!r} is no whole number"
    if "split" in row and row["split"] not in SPLITS:
        yield f"split {row['split']!r} is unknown; expected {', '.join(SPLITS)}"


def _number(cell: str) -> int:
    return int(cell.split(".")[0])


def _truth(entries: list[_Entry], part: str, problems: list[Problem]) -> Truth | None:
    """Return the identities of a part, and note the rows that lack one where others have it."""
    known = [entry.identity for entry in entries if entry.identity is not None]
    if not known:
        return None
    without = [entry.place for entry in entries if entry.identity is None]
    problems.extend(
        Problem("faulty entry", f"{place}: identity is missing, but other {part} rows have one")
        for place in without
    )
    return None if without else Truth(np.array(known, dtype=np.int64))


def _images(root: Path, entries: list[_Entry]) -> Images:
    return Images(
        root,
        tuple(entry.path for entry in entries),
        np.array([entry.modality for entry in entries], dtype=np.int64),
        np.array([entry.camera for entry in entries], dtype=np.int64),
    )
