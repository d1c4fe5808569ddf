"""One damaged manifest or list: as the csv module or pyarrow reads it, refused, or wrong."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fuzzing.outcome import Outcome, refusal
from fuzzing.table_oracle import canonical, csv_rows, parquet_rows, row_values
from fuzzing.tables import LISTS, Listing

Open = Callable[[Path], Any]
"""A folder or manifest -> vireid's DataFolder."""


def try_listing(open_data: Open, listing: Listing, root: Path) -> Outcome:
    """Open a damaged manifest or list and compare its images with its rows.

    Args:
        open_data: the reader.
        listing: what is put into the folder for the call.
        root: what ``make_files`` made.

    Returns:
        What became of it.
    """
    folder = root / listing.kind
    file = folder / listing.name
    file.write_bytes(listing.data)
    table = listing.kind in ("csv", "parquet")
    try:
        right = list(_rows(listing, folder)) if table else _listed(listing)
    except (ValueError, LookupError):
        right = None
    try:
        data = open_data(file if table else folder)
    except Exception as error:
        return refusal(error, right is not None)
    finally:
        file.unlink() if table else file.write_bytes(LISTS[f"{listing.kind}/{listing.name}"])
    if right is None:
        return Outcome("fault", "read, which the other reader refuses")
    found = list(_images(data)) if table else _people(data, listing)
    if found == right:
        return Outcome("equal")
    pairs = zip(found, right, strict=False)
    first = next((f"{a} for {b}" for a, b in pairs if a != b), "the rows at the end")
    return Outcome("fault", f"{len(found)} for {len(right)} rows; differs: {first}"[:600])


def _rows(listing: Listing, folder: Path) -> Iterator[tuple[Any, ...]]:
    """Yield what the rows say, training first; the two rows of an image that is both are one."""
    csv = listing.kind == "csv"
    rows = csv_rows(listing.data) if csv else parquet_rows(folder / listing.name)
    if rows is None:
        raise ValueError
    values: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        path, *rest = row_values(row, folder)
        before = values.get(path)
        if before is not None:
            if {before[4], rest[3]} != {"query", "gallery"}:
                raise ValueError
            rest[3] = "both"
            if (*before[:4], "both", *before[5:]) != (path, *rest):
                raise ValueError
        values[path] = (path, *rest)
    if any("wrong" in row for row in values.values()):
        raise ValueError
    yield from sorted(values.values(), key=lambda row: row[4] != "train")


def _images(data: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the same of vireid's images."""
    for images, truth, roles in (
        (data.train, data.train_truth, None),
        (data.test, data.test_truth, data.roles),
    ):
        for k, path in enumerate(images.paths):
            camera, number = int(images.camera[k]), -1 if images.track is None else images.track[k]
            track = images.tracks.get(int(number), str(number))
            time = math.nan if images.time is None else float(images.time[k])
            box = () if images.box is None else tuple(map(float, images.box[k]))
            yield (
                path,
                int(images.modality[k]),
                canonical(images.cameras.get(camera, str(camera))),
                None if truth is None else canonical(truth.name(int(truth.identities[k]))),
                "train" if roles is None else roles[k],
                None if number == -1 else canonical(track),
                None if math.isnan(time) else time,
                None if not box or math.isnan(box[0]) else box,
            )


def _listed(listing: Listing) -> Any:
    """Return the paths and people of a list of the public layouts."""
    text = listing.data.decode("utf-8-sig")
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()]
    if listing.name.endswith("_id.txt"):
        return sorted({int(word) for line in lines for word in line.split(",") if word.strip()})
    pairs = [line.rsplit(" ", 1) for line in lines]
    return [(path.strip().replace("\\", "/"), int(label)) for path, label in pairs]


def _people(data: Any, listing: Listing) -> Any:
    """Return the same of vireid's images."""
    part = "test" if "test" in listing.name else "train"
    images, truth = getattr(data, part), getattr(data, f"{part}_truth")
    people = truth.identities.tolist()
    if listing.name == "exp/train_id.txt":
        return sorted(set(people) - {3}) + ([3] if b"3" in listing.data else [])
    if listing.name == "exp/val_id.txt":
        return sorted(set(people) - {1, 2})
    if listing.name.endswith("_id.txt"):
        return sorted(set(people))
    infrared = any(word in listing.name for word in ("thermal", "nir"))
    rows = zip(images.paths, people, images.modality, strict=True)
    return [(path, person) for path, person, kind in rows if kind == int(infrared)]
