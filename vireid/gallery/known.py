"""What is known of the rows of a store, brought up to date by what has changed since."""

from dataclasses import dataclass, replace

import numpy as np

from vireid.errors import DataError
from vireid.gallery.engine import steadily
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.head import Head
from vireid.gallery.incoming import KEY
from vireid.gallery.opened import Seen
from vireid.gallery.places import Places
from vireid.gallery.reading import read_columns, read_rows
from vireid.gallery.storage import Storage
from vireid.types import Int

FEW = 10_000
"""New rows up to which they are read by themselves, and not the whole table."""


@dataclass(frozen=True, repr=False)
class KnownRows:
    """What was known of the rows of a store at one moment."""

    head: Head
    """What the store said of itself."""
    version: int
    """Of the table of rows."""
    every: Facts
    """Of all rows, in the order of the table."""
    facts: Facts
    """Of N rows, each key once."""


class Known:
    """Holds what is known of the rows of a store; nothing of rows that are gone.

    Rows never change in their table: what is known of a row is read once. After a change the
    numbers of all rows are read, and of the new ones all the rest.

    Args:
        storage: of the store.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._rows: KnownRows | None = None
        self._state: tuple[str, int, Seen | None] | None = None
        """Table, version and folder that the rows were read of."""

    def now(self) -> KnownRows:
        """Return what is known now; the same object as before where nothing has changed."""
        return steadily(self._now)

    def _now(self) -> KnownRows:
        head, old = self._storage.head(), self._rows
        if head.made.size is None:
            self._rows = self._state = None
            return KnownRows(head, 0, Facts.none(), Facts.none())
        name = head.made.table
        latest = self._storage.latest(name)
        state = name, latest.version, latest.seen
        if old is None or self._state != state:
            every = self._read(name)
            self._rows = _known(head, latest.version, every)
        elif old.head != head:
            self._rows = replace(old, head=head)
        self._state = state
        assert self._rows is not None
        return self._rows

    def _read(self, table: str) -> Facts:
        """Read what is known of all rows, but for what is known of them already."""
        old = None if self._rows is None or self._state is None else self._rows.every
        if old is None or self._state is None or self._state[0] != table:
            return facts_of(read_columns(self._storage, table, COLUMNS))
        numbers = read_columns(self._storage, table, ("id",)).column("id").to_numpy()
        if np.array_equal(numbers[: len(old)], old.id):  # none is gone: new ones come at the end
            new = numbers[len(old) :]
        else:
            new = numbers[Places(old.id).of(numbers) < 0]
        if len(new) > FEW:
            return facts_of(read_columns(self._storage, table, COLUMNS))
        joined = old
        if len(new):
            joined = old.joined(facts_of(read_rows(self._storage, table, COLUMNS, new)))
        if np.array_equal(numbers, joined.id):
            return joined
        places = Places(joined.id).of(numbers)
        if (places < 0).any():
            raise DataError(f"rows of {self._storage.place} were not found: others write meanwhile")
        return joined.subset(places).without_unused_names()


def _known(head: Head, version: int, every: Facts) -> KnownRows:
    kept = first_of_each(every)
    return KnownRows(head, version, every, every if len(kept) == len(every) else every.subset(kept))


def first_of_each(facts: Facts) -> Int:
    """Return one row of each key, ascending: two writers on object storage may have added it twice.

    Args:
        facts: of N rows.

    Returns:
        Rows; of several with one key the first in the order of their numbers.
    """
    if facts.key.itemsize == KEY:  # all are different as good as always, which is told quickly
        first, last = np.ascontiguousarray(facts.key).view(np.uint64).reshape(-1, 2).T
        if len(np.unique(first * np.uint64(0x9E3779B97F4A7C15) ^ last)) == len(facts):
            return np.arange(len(facts))
    order = np.argsort(facts.id, kind="stable")
    _, places = np.unique(facts.key[order], return_index=True)
    return np.sort(order[places])
