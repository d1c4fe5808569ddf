"""The rows of a store as a searcher holds them: brought up to date before each search."""

from dataclasses import dataclass

import numpy as np

from vireid.errors import DataError
from vireid.gallery.engine import steadily
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.head import Head
from vireid.gallery.opened import Seen
from vireid.gallery.reading import read_columns, read_rows
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.types import Float, Int

FEW = 10_000
"""New rows up to which their vectors are read by themselves, not all of them."""


@dataclass(frozen=True, repr=False)
class Rows:
    """The rows of a store at one moment."""

    head: Head
    """What the store said of itself."""
    version: int
    """Of the table of rows."""
    facts: Facts
    """Of N rows, each key once."""
    vectors: Float | None
    """[N, D]; None where they are more than are compared one by one."""


class Held:
    """Holds the rows of a store in memory.

    Args:
        storage: of the store.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._rows: Rows | None = None
        self._stamp: tuple[Head, int, Seen | None] | None = None
        """Of what the rows were read."""

    def now(self) -> Rows:
        """Return the rows as they are now; what has been deleted is gone from memory, too."""
        return steadily(self._now)

    def _now(self) -> Rows:
        head = self.storage.head()
        if head.made.size is None:
            self._rows = None
            return Rows(head, 0, Facts.none(), np.empty((0, 1), np.float32))
        latest, old = self.storage.latest(head.made.table), self._rows
        stamp = head, latest.version, latest.seen
        if old is None or self._stamp != stamp:
            self._rows = self._read(head, latest.version)
            self._stamp = stamp
        assert self._rows is not None
        return self._rows

    def _read(self, head: Head, version: int) -> Rows:
        """Read all facts, and the vectors that are not held yet."""
        table = head.made.table
        facts = facts_of(read_columns(self.storage, table, COLUMNS))
        facts = facts.subset(first_of_each(facts))
        if len(facts) > head.exact:
            return Rows(head, version, facts, None)
        assert head.made.size is not None
        vectors = np.empty((len(facts), head.made.size), np.float32)
        missing = np.ones(len(facts), dtype=bool)
        old = self._rows
        made = (head.made.table, head.made.network)
        if old is not None and (old.head.made.table, old.head.made.network) != made:
            old = None
        if old is not None and old.vectors is not None:
            held = places_of(facts.id, old.facts.id)
            missing = held < 0
            vectors[~missing] = old.vectors[held[~missing]]
        if missing.sum() > FEW:
            read = read_columns(self.storage, table, ("id", "vector"))
        else:
            read = read_rows(self.storage, table, ("id", "vector"), facts.id[missing])
        found = places_of(facts.id[missing], read.column("id").to_numpy())
        if (found < 0).any():
            raise DataError(f"rows of {self.storage.place} were not found: others write meanwhile")
        vectors[missing] = vectors_of(read)[found]
        return Rows(head, version, facts, vectors)


def places_of(numbers: Int, among: Int) -> Int:
    """Return where numbers stand among others.

    Args:
        numbers: [M].
        among: [N], each once.

    Returns:
        [M] places, -1 for a number that is not there.

    >>> places_of(np.array([5, 7, 1]), np.array([1, 5]))
    array([ 1, -1,  0])
    """
    if not len(among):
        return np.full(len(numbers), -1)
    order = np.argsort(among)
    at = order[np.minimum(np.searchsorted(among, numbers, sorter=order), len(among) - 1)]
    return np.where(among[at] == numbers, at, -1)


def first_of_each(facts: Facts) -> Int:
    """Return one row of each key, ascending: two writers on object storage may have added it twice.

    Args:
        facts: of N rows.

    Returns:
        Rows; of several with one key the first in the order of their numbers.
    """
    order = np.argsort(facts.id, kind="stable")
    _, places = np.unique(facts.key[order], return_index=True)
    return np.sort(order[places])
