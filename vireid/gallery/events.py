"""The audit log: that something was done, when and to how many rows, never to which."""

import time
from dataclasses import dataclass

from vireid.gallery.reading import read_columns
from vireid.gallery.schema import EVENTS, events_schema
from vireid.gallery.storage import Storage


@dataclass(frozen=True)
class Event:
    """Something that was done to a store."""

    time: float
    """Seconds since 1970 in UTC."""
    what: str
    """A word, such as ``forget``."""
    rows: int
    """How many rows it concerned."""
    who: str = ""
    """Who did it, as far as whoever opened the store says so."""


def note(storage: Storage, what: str, rows: int, who: str = "") -> None:
    """Add an event to the audit log.

    Args:
        storage: of the store.
        what: a word; nothing that tells which rows.
        rows: how many.
        who: who did it.
    """
    import pyarrow as pa

    columns = {"time": [time.time()], "what": [what], "rows": [rows], "who": [who]}
    storage.append(EVENTS, pa.Table.from_pydict(columns, schema=events_schema()))


def events(storage: Storage) -> list[Event]:
    """Return all events.

    Args:
        storage: of the store.

    Returns:
        In the order of their times.
    """
    rows = read_columns(storage, EVENTS, events_schema().names).to_pylist()
    return sorted((Event(**row) for row in rows), key=lambda event: event.time)
