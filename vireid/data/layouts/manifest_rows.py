"""The rows of a manifest -> its images, and what is wrong with the other rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vireid.data.layouts.manifest_columns import Row
from vireid.data.layouts.modalities import WORDS, modality_of
from vireid.data.layouts.name_faults import NameColumn, name_column
from vireid.data.layouts.names_in_cells import is_nothing, is_unknown
from vireid.data.layouts.paths import ListedPaths, quoted
from vireid.data.layouts.problems import PartName, Problem
from vireid.data.layouts.time_and_box import rectangle, seconds
from vireid.types import Modality

NAMED = ("camera", "identity", "track")
"""Columns that hold names or numbers."""
SPLITS = ("train", "query", "gallery", "both")
"""What a row is for."""

ONE_ROW = "give an image one row, with split both where it is query and gallery"
"""What to do about a path that stands on two rows."""


@dataclass(frozen=True)
class Entry:
    """One image of a manifest."""

    place: str
    """Its row."""
    path: str
    """Relative to the manifest's folder."""
    modality: Modality
    """Of the camera."""
    split: str
    """One of ``SPLITS``."""
    camera: str
    """The cell; empty where the camera is unknown."""
    track: str
    """The cell; empty where there is none."""
    identity: str
    """The cell; empty where it is unknown."""
    time: float | None
    """Seconds since 1970 in UTC."""
    zoned: bool
    """Whether the cell says in which zone."""
    box: tuple[float, ...] | None
    """Left, top, width and height in pixels."""
    given: Row = field(repr=False)
    """All its cells."""


def read_entries(
    rows: Sequence[tuple[str, Row]], paths: ListedPaths, problems: list[Problem]
) -> list[Entry]:
    """Return the images of the rows without fault, and note what is wrong with the others.

    Args:
        rows: places and cells.
        paths: of the manifest's folder.
        problems: told of each fault.

    Returns:
        The images in the order of the rows. A path on two equal rows, one a query and one of the
        gallery, is one image that is both.
    """
    entries: dict[str, Entry] = {}
    seen: dict[str, str] = {}
    columns = [name_column(name, (row.get(name, "") for _, row in rows)) for name in NAMED]
    for place, row in rows:
        path = paths.settle(row["path"])
        if path and path in seen:
            first = entries.get(path)
            if first is not None and _is_other_half(first, row):
                entries[path] = replace(first, split="both")
                continue
            text = f"path {quoted(row['path'])} is on {seen[path]} already; {ONE_ROW}"
            same = f"the path is on a row above already; {ONE_ROW}"
            found = [Problem("repeated entry", text, same=same)]
        else:
            found = list(paths.problems(path))
        seen.setdefault(path, place)
        found.extend(
            Problem("faulty entry", text, same=same) for text, same in _faults(row, columns)
        )
        if found:
            problems.extend(problem.at(place, _part(row), path) for problem in found)
        else:
            entries[path] = _entry(place, path, row)
    return list(entries.values())


def _is_other_half(entry: Entry, row: Row) -> bool:
    """Tell whether a row makes an image that is a query one of the gallery too, or the reverse."""
    splits = {entry.split, _split(row)}
    rest = [{**cells, "split": "", "path": ""} for cells in (entry.given, row)]
    return splits == {"query", "gallery"} and rest[0] == rest[1]


def _entry(place: str, path: str, row: Row) -> Entry:
    """Return the image of a row without fault."""
    modality = modality_of(row["modality"])
    assert modality is not None
    time, zoned = None, True
    if not is_nothing(row.get("timestamp", "")):
        time, zoned = seconds(row["timestamp"])
    box = None if is_nothing(row.get("box", "")) else rectangle(row["box"])
    camera, track = row["camera"], row.get("track", "")
    identity = row.get("identity", "")
    return Entry(
        place=place,
        path=path,
        modality=modality,
        split=_split(row),
        camera="" if is_unknown(camera) else camera,
        track="" if _no_track(track) else track,
        identity="" if is_nothing(identity) else identity,
        time=time,
        zoned=zoned,
        box=box,
        given=row,
    )


def _no_track(cell: str) -> bool:
    """Tell whether a cell says that an image has no track; 0 is one."""
    return cell.startswith("-") or (is_unknown(cell) and cell.strip("0.") != "") or not cell


def _faults(row: Row, columns: Sequence[NameColumn]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the other cells of a row, with its value and without."""
    if modality_of(row["modality"]) is None:
        words = " or ".join(kind.name.lower() for kind in WORDS)
        same = f"is unknown; expected {words}"
        yield f"modality {quoted(row['modality'])} {same}", f"the modality {same}"
    for names in columns:
        cell = row.get(names.name, "")
        named = names.fault(cell) if not is_nothing(cell) else None
        if named is not None:
            yield named
    for column, read in (("timestamp", seconds), ("box", rectangle)):
        cell = row.get(column, "")
        if not is_nothing(cell):
            try:
                read(cell)
            except ValueError as error:
                yield f"{column} {quoted(cell)} {error}", f"the {column} {error}"
    split = _split(row)
    if is_nothing(split):
        text = (
            f"split is empty; expected {', '.join(SPLITS)}, or no column split where all rows "
            "are for training"
        )
        yield text, text
    elif split not in SPLITS:
        same = f"is unknown; expected {', '.join(SPLITS)}"
        yield f"split {quoted(row['split'])} {same}", f"the split {same}"


def _split(row: Row) -> str:
    """Return what a row is for, as far as it says."""
    return row.get("split", "train").lower()


def _part(row: Row) -> PartName | None:
    """Return the part that a row is for, as far as it says."""
    if _split(row) not in SPLITS:
        return None
    return "train" if _split(row) == "train" else "test"


def without_identity(entries: Sequence[Entry], part: PartName) -> Iterator[Problem]:
    """Yield the rows that lack an identity where others of the part have one.

    Args:
        entries: of the part.
        part: train or test.

    Yields:
        One problem a row.
    """
    rows = "training" if part == "train" else "query and gallery"
    text = f"identity is missing, but other {rows} rows have one"
    if any(entry.identity for entry in entries):
        for entry in entries:
            if not entry.identity:
                cell = entry.given.get("identity", "")
                said = f" ({quoted(cell)} is none)" if cell else ""
                yield Problem("faulty entry", text + said, entry.place, part, entry.path, same=text)
