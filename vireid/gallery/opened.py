"""A table that is open, and what its folder held when it was brought up to date."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSIONS = "_versions"
"""The folder of a table with a file for each of its versions."""
MANY = 1_000
"""Versions from which on LanceDB is asked, which does not list them all."""
Seen = tuple[int, int, tuple[str, ...]]
"""Number and time of that folder, and the names in it."""


@dataclass(frozen=True)
class Opened:
    """A table in the version that was the latest."""

    table: Any
    """LanceDB's."""
    version: int = -1
    """Its version; -1 where it has not been looked at since something was written."""
    seen: Seen | None = None
    """What was in its folder before it was brought to that version; None where unknown."""


def seen(folder: Path | None, name: str) -> Seen | None:
    """Look at which versions of a table there are, a tenth as long as LanceDB does.

    A table is in its latest version as long as this stays the same: each change adds a file. The
    folder itself counts too, as another store may have been made in the same place.

    Args:
        folder: of the store; None on object storage.
        name: of the table.

    Returns:
        What is there; None on object storage, or where it cannot be looked at or is too much.
    """
    if folder is None:
        return None
    place = folder / f"{name}.lance" / VERSIONS
    try:
        about, names = place.stat(), [entry.name for entry in place.iterdir()]
    except OSError:
        return None
    return None if len(names) > MANY else (about.st_ino, about.st_ctime_ns, tuple(sorted(names)))
