"""The rows of a store as a searcher holds them: brought up to date before each search."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vireid.gallery.engine import steadily
from vireid.gallery.facts import Facts
from vireid.gallery.head import Head
from vireid.gallery.held_vectors import HeldVectors
from vireid.gallery.known import Known, KnownRows
from vireid.gallery.same import cameras_of
from vireid.gallery.storage import Storage
from vireid.types import Float, Images


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

    @cached_property
    def cameras(self) -> Images:
        """One image of each camera, with the levels of the store."""
        return cameras_of(self.facts, self.head.made.levels_value())


class Held:
    """Holds the rows of a store in memory.

    Args:
        storage: of the store.
        known: what is known of its rows.
    """

    def __init__(self, storage: Storage, known: Known) -> None:
        self._known, self._vectors = known, HeldVectors(storage)
        self._of: KnownRows | None = None
        self._rows: Rows | None = None

    def now(self) -> Rows:
        """Return the rows as they are now; what has been deleted is gone from memory, too."""
        return steadily(self._now)

    def _now(self) -> Rows:
        known = self._known.now()
        if self._rows is None or known is not self._of:
            self._rows = self._read(known)
            self._of = known
        return self._rows

    def _read(self, known: KnownRows) -> Rows:
        head, facts = known.head, known.facts
        if head.made.size is None:
            self._vectors.drop()
            return Rows(head, 0, facts, np.empty((0, 1), np.float32))
        if len(facts) > head.exact:
            self._vectors.drop()
            return Rows(head, known.version, facts, None)
        return Rows(head, known.version, facts, self._vectors.now(head.made, facts.id))
