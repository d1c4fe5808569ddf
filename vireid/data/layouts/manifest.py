"""Reader of manifests: one row an image, as CSV or Parquet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, Role
from vireid.data.layouts.manifest_rows import Entry, read_entries, without_identity
from vireid.data.layouts.manifest_table import read_rows
from vireid.data.layouts.names_in_cells import Numbering, alike, numbering
from vireid.data.layouts.paths import ListedPaths, quoted
from vireid.data.layouts.problems import PartName, Problem, Scan
from vireid.errors import number_of, some
from vireid.types import Images, Truth

NO_TRACK = -1
"""The track of an image that has none."""

ROLES: dict[str, Role] = {"query": "query", "gallery": "gallery", "both": "both"}
"""The roles of test images by the split of their row."""


def read_manifest(path: Path | str) -> DataFolder:
    """Read a manifest of images.

    Columns, whose names count in any case: `path` relative to the manifest's folder, `modality`
    (visible or infrared, or words that mean one of them only: rgb, vis, ir, nir, thermal and the
    like, in any case), `camera` (a number or any name; empty, 0 or unknown where it is unknown),
    and optionally `identity` (a number from 0 or any name), `split` (train, query, gallery or both,
    which is query and gallery; all rows are train without it), `track` (a number or any name),
    `timestamp` (ISO 8601 with a zone, or seconds since 1970), `box` (left top width height, in
    pixels) and `frame` (not read). Identities are given for all training rows or none, and for all
    query and gallery rows or none. Where a column holds names, they are numbered in order, and the
    names are kept. No image is opened.

    Args:
        path: a .csv file in UTF-8 with a header line and commas, semicolons or tabs between the
            cells, or a .parquet file.

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
    paths = ListedPaths(path.parent)
    ignored: list[str] = []
    entries = read_entries(read_rows(path, problems, ignored), paths, problems)
    people = numbering([e.identity for e in entries if e.identity], first=0)
    cameras = numbering([e.camera for e in entries if e.camera], first=1)
    tracks = numbering([e.track for e in entries if e.track], first=0)
    train = [entry for entry in entries if entry.split == "train"]
    test = [entry for entry in entries if entry.split != "train"]
    train_truth = _truth(train, "train", people, problems)
    test_truth = _truth(test, "test", people, problems)
    if not entries and not problems:
        text = "it has a header but no rows; expected one row an image"
        problems.append(Problem("missing list", text))
    columns = (("identity", people), ("camera", cameras), ("track", tracks))
    likeness = [note for column, numbers in columns for note in alike(column, numbers)]
    data = DataFolder(
        name=path.resolve().parent.name if path.stem == "manifest" else path.stem,
        train=_images(path.parent, train, cameras, tracks),
        test=_images(path.parent, test, cameras, tracks),
        train_truth=train_truth,
        test_truth=test_truth,
        roles=tuple(ROLES[entry.split] for entry in test) if test else None,
        protocol="plain" if test else None,
        notes=(*ignored, *paths.notes(), *_zones(entries), *likeness),
    )
    return Scan(str(path), data, tuple(problems), tuple(_wide_tracks(entries)))


def _zones(entries: Sequence[Entry]) -> Iterator[str]:
    """Say how many times state no zone."""
    count = sum(not entry.zoned for entry in entries)
    if count:
        yield f"{number_of(count, 'timestamp')} without a zone, taken for UTC"


def _wide_tracks(entries: Sequence[Entry]) -> Iterator[str]:
    """Say which tracks go through several cameras, as where each camera counts for itself."""
    cameras: dict[str, set[tuple[int, str]]] = {}
    for entry in entries:
        if entry.track:
            cameras.setdefault(entry.track, set()).add((entry.modality, entry.camera))
    wide = [quoted(track) for track, seen in cameras.items() if len(seen) > 1]
    if wide:
        yield (
            f"{number_of(len(wide), 'track')} with images of several cameras: {some(wide)}; "
            "where each camera counts its own tracks, name them apart, as in gate-12"
        )


def _truth(
    entries: list[Entry], part: PartName, people: Numbering, problems: list[Problem]
) -> Truth | None:
    """Return the identities of a part, and note the rows that lack one where others have it."""
    lacking = list(without_identity(entries, part))
    problems.extend(lacking)
    if lacking or not any(entry.identity for entry in entries):
        return None
    numbers = [people.numbers[entry.identity] for entry in entries]
    return Truth(np.array(numbers, dtype=np.int64), people.names)


def _images(root: Path, entries: list[Entry], cameras: Numbering, tracks: Numbering) -> Images:
    """Return what the cameras know of the images."""
    track = [tracks.of(entry.track, NO_TRACK) for entry in entries]
    time = [np.nan if entry.time is None else entry.time for entry in entries]
    box = [entry.box or (np.nan,) * 4 for entry in entries]
    return Images(
        root,
        tuple(entry.path for entry in entries),
        np.array([entry.modality for entry in entries], dtype=np.int64),
        np.array([cameras.of(entry.camera, 0) for entry in entries], dtype=np.int64),
        track=np.array(track, dtype=np.int64) if tracks.numbers else None,
        time=np.array(time) if any(entry.time is not None for entry in entries) else None,
        box=np.array(box) if any(entry.box for entry in entries) else None,
        cameras=cameras.names,
        tracks=tracks.names,
    )
