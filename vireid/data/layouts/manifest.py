"""Reader of manifests: one row an image, as CSV or Parquet."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, Role
from vireid.data.layouts.manifest_table import Row, read_rows
from vireid.data.layouts.paths import normal, path_problems
from vireid.data.layouts.problems import PartName, Problem, Scan
from vireid.types import Images, Modality, Truth

SPLITS = ("train", "query", "gallery")

_NUMBER = re.compile(r"(-?[0-9]{1,18})(\.0+)?")  # spreadsheets write 3.0 beside empty cells


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

    Columns: `path` relative to the manifest's folder, `modality` (visible or infrared, in upper
    or lower case), `camera` (a whole number from 0, which means unknown), and optionally
    `identity` (a whole number from 0), `split` (train, query or gallery; all rows are train
    without it), `timestamp` and `track` (free text, not read). Identities are given for all
    training rows or none, and for all query and gallery rows or none. No image is opened.

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
        DataError: where the file cannot be read or has other columns.
        ConfigError: where Parquet is given and pyarrow is not installed.
    """
    problems: list[Problem] = []
    entries = list(_entries(read_rows(path, problems), path.parent, problems))
    train = [entry for entry in entries if entry.split == "train"]
    test = [entry for entry in entries if entry.split != "train"]
    train_truth = _truth(train, "train", problems)
    test_truth = _truth(test, "test", problems)
    if not entries and not problems:
        text = "it has a header but no rows; expected one row an image"
        problems.append(Problem("missing list", text))
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


def _entries(
    rows: Iterable[tuple[str, Row]], root: Path, problems: list[Problem]
) -> Iterator[_Entry]:
    """Yield the images of the rows, and note what is wrong with the others."""
    seen: dict[str, str] = {}
    for place, row in rows:
        path = normal(row["path"])
        if path and path in seen:
            text = f"path {row['path']!r} is on {seen[path]} already"
            found = [Problem("repeated entry", text)]
        else:
            found = list(path_problems(root, path))
        seen.setdefault(path, place)
        found.extend(Problem("faulty entry", text) for text in _value_problems(row))
        if found:
            problems.extend(problem.at(place, _part(row), path) for problem in found)
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
    if row["modality"].upper() not in Modality.__members__:
        yield f"modality {row['modality']!r} is unknown; expected visible or infrared"
    if not _NUMBER.fullmatch(row["camera"]) or _number(row["camera"]) < 0:
        yield f"camera {row['camera']!r} is no whole number from 0 (0 for unknown)"
    if row.get("identity") and not _NUMBER.fullmatch(row["identity"]):
        yield f"identity {row['identity']!r} is no whole number"
    elif row.get("identity") and _number(row["identity"]) < 0:
        yield (
            f"identity {row['identity']!r} is below 0, where one number stands for one person; "
            "give unknown people a number each, or leave the row out"
        )
    if not row.get("split", "train"):
        yield (
            f"split is empty; expected {', '.join(SPLITS)}, or no column split where all rows "
            "are for training"
        )
    elif row.get("split", "train") not in SPLITS:
        yield f"split {row['split']!r} is unknown; expected {', '.join(SPLITS)}"


def _number(cell: str) -> int:
    return int(cell.split(".")[0])


def _part(row: Row) -> PartName | None:
    """Return the part that a row is for, as far as it says."""
    split = row.get("split", "train")
    if split not in SPLITS:
        return None
    return "train" if split == "train" else "test"


def _truth(entries: list[_Entry], part: PartName, problems: list[Problem]) -> Truth | None:
    """Return the identities of a part, and note the rows that lack one where others have it."""
    known = [entry.identity for entry in entries if entry.identity is not None]
    if not known:
        return None
    without = [entry for entry in entries if entry.identity is None]
    rows = "training" if part == "train" else "query and gallery"
    problem = Problem("faulty entry", f"identity is missing, but other {rows} rows have one")
    problems.extend(problem.at(entry.place, part, entry.path) for entry in without)
    return None if without else Truth(np.array(known, dtype=np.int64))


def _images(root: Path, entries: list[_Entry]) -> Images:
    return Images(
        root,
        tuple(entry.path for entry in entries),
        np.array([entry.modality for entry in entries], dtype=np.int64),
        np.array([entry.camera for entry in entries], dtype=np.int64),
    )
