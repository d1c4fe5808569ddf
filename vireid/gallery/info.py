"""What is in a store, counted."""

import stat
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from vireid.gallery.facts import Facts
from vireid.gallery.head import Head
from vireid.gallery.known import KnownRows
from vireid.gallery.storage import Storage
from vireid.types import Modality


@dataclass(frozen=True)
class Info:
    """What is in a store."""

    place: str
    """Where it lies."""
    head: Head
    """What it says of itself: its network, its index, and work that is not done."""
    rows: int
    """How many rows it has, expired ones among them."""
    expired: int
    """How many of them have expired and are to be pruned."""
    modalities: Mapping[str, int]
    """Rows of each modality."""
    cameras: Mapping[str, int]
    """Rows of each camera, the unknown one under an empty name."""
    days: Mapping[str, int]
    """Rows of each day in UTC, of unknown time under an empty name."""
    size: int
    """Bytes of the rows, as LanceDB counts them; in a folder, of all of its files."""
    versions: int
    """Versions of the table of rows that are still there."""
    renewed: int | None
    """Rows that a re-embedding has done so far; None where none is under way."""


def info_of(storage: Storage, known: KnownRows) -> Info:
    """Count what is in a store.

    Args:
        storage: of the store.
        known: what is known of its rows.

    Returns:
        The counts.
    """
    head, facts = known.head, known.every
    kinds = Counter(Modality(kind).name.lower() for kind in facts.modality.tolist())
    cameras = Counter(facts.cameras[code] for code in facts.camera.tolist())
    empty, renewing = head.made.size is None, head.renewing
    renewed = None
    if renewing is not None and renewing.table in storage.names():
        renewed = int(storage.table(renewing.table).count_rows())
    return Info(
        place=storage.place,
        head=head,
        rows=len(facts),
        expired=int((~facts.alive(time.time())).sum()),
        modalities=dict(sorted(kinds.items())),
        cameras=dict(sorted(cameras.items())),
        days=days_of(facts),
        size=_size(storage, None if empty else head.made.table),
        versions=0 if empty else len(storage.table(head.made.table).list_versions()),
        renewed=renewed,
    )


def days_of(facts: Facts) -> dict[str, int]:
    """Return the rows of each day in UTC, in order; those of unknown time under an empty name.

    Args:
        facts: of N rows.

    Returns:
        Counts by day, such as 2026-03-01.
    """
    known = facts.time[~np.isnan(facts.time)]
    days, counts = np.unique(np.floor(known / 86_400).astype(np.int64), return_counts=True)
    unknown = len(facts) - len(known)
    named = {
        datetime.fromtimestamp(day * 86_400, UTC).date().isoformat(): int(count)
        for day, count in zip(days.tolist(), counts.tolist(), strict=True)
    }
    return ({"": unknown} if unknown else {}) | named


def _size(storage: Storage, name: str | None) -> int:
    """Return the bytes of all files of a folder; elsewhere those of a table's rows."""
    if storage.folder is not None:
        return sum(map(_bytes_of, storage.folder.rglob("*")))
    return 0 if name is None else int(storage.table(name).stats()["total_bytes"])


def _bytes_of(path: Path) -> int:
    """Return the bytes of a file; none for a folder, or where it has vanished."""
    try:
        status = path.stat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
