"""The rows of a store as a searcher holds them: brought up to date before each search."""

from dataclasses import dataclass

import numpy as np

from vireid.gallery.engine import steadily
from vireid.gallery.facts import COLUMNS, Facts, facts_of
from vireid.gallery.head import Head
from vireid.gallery.reading import read_columns
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.types import Float, Int

FEW = 0.1
"""Share of the rows up to which new ones are read by themselves."""


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

    def now(self) -> Rows:
        """Return the rows as they are now; what has been deleted is gone from memory, too."""
        return steadily(self._now)

    def _now(self) -> Rows:
        head = self.storage.head()
        if head.made.size is None:
            return Rows(head, 0, Facts.none(), np.empty((0, 1), np.float32))
        table = self.storage.table(head.made.table)
        version, old = int(table.version), self._rows
        if old is None or (old.head, old.version) != (head, version):
            self._rows = self._read(head, version)
        assert self._rows is not None
        return self._rows

    def _read(self, head: Head, version: int) -> Rows:
        table = head.made.table
        exact = int(self.storage.table(table).count_rows()) <= head.exact
        read = read_columns(self.storage, table, (*COLUMNS, "vector") if exact else COLUMNS)
        facts = facts_of(read)
        first = first_of_each(facts)
        vectors = vectors_of(read) if exact else None
        if len(first) == len(facts):
            return Rows(head, version, facts, vectors)
        kept = None if vectors is None else vectors[first]
        return Rows(head, version, facts.subset(first), kept)


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
