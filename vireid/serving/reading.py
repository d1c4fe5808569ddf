"""The gallery as the service reads it."""

import time
from dataclasses import dataclass

import numpy as np

from vireid.errors import DataError
from vireid.gallery import Found, Store, Where, Wish
from vireid.gallery.facts import Facts
from vireid.gallery.held import Rows
from vireid.ranking import Gallery
from vireid.serving.basis import Basis, basis_of
from vireid.serving.refusal import Refused
from vireid.types import Int, Levels, Modality, Span

NOT_THERE = "the gallery has no such key or track; it may be forgotten"


@dataclass(frozen=True)
class Place:
    """Where the image of a row lies, and how it is shown."""

    path: str
    span: Span | None


class Reader:
    """Reads the gallery; used by one thread, but for ``basis``.

    Args:
        store: opened for this reader alone.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: Rows | None = None
        self.basis = Basis()
        self.look()

    def look(self) -> Rows:
        """Return the rows as they are now, and renew the basis."""
        rows = self._store.rows()
        if rows is not self._rows:
            self.basis, self._rows = basis_of(rows), rows
        return rows

    def search(self, query: Gallery, wish: Wish) -> list[Found]:
        """Search by an embedded image.

        Args:
            query: one image.
            wish: as for ``Store.search``.

        Returns:
            What was found; nothing in an empty gallery.
        """
        if not self.basis.rows and not len(self.look().facts):
            return []
        return self._store.search(query, wish=wish)

    def search_row(self, key: str | None, track: str | None, wish: Wish) -> list[Found]:
        """Search by a row or by all rows of a track.

        Args:
            key: of the row.
            track: the name of the track, where no key is given.
            wish: as for ``Store.search``.

        Returns:
            What was found.

        Raises:
            Refused: 404, there is none.
        """
        if not self._has(key, track):
            raise Refused(404, NOT_THERE)
        try:
            return self._store.search(key=key, track=track, wish=wish)
        except DataError:
            if not self._has(key, track):  # forgotten meanwhile
                raise Refused(404, NOT_THERE) from None
            raise

    def modality(self, key: str) -> Modality | None:
        """Return what a row shows.

        Args:
            key: of the row.

        Returns:
            None where there is none that has not expired.
        """
        facts = self.look().facts
        row = _row(facts, key)
        return None if row is None else Modality(int(facts.modality[row]))

    def searched(self, where: Where, key: str | None) -> Int:
        """Count the rows that are searched, by modality, but for the query's own.

        Args:
            where: which are wanted.
            key: of the query.

        Returns:
            [2] visible and infrared rows.
        """
        facts = self.look().facts
        others = facts.key != (key or "").encode()
        mine = facts.modality[where.rows(facts) & facts.alive(time.time()) & others]
        return np.bincount(mine, minlength=2).astype(np.int64)

    def _has(self, key: str | None, track: str | None) -> bool:
        """Tell whether there is a row of a key or a track that has not expired."""
        if key is not None:
            return self.modality(key) is not None
        facts = self.look().facts
        return track is not None and bool(
            (Where(tracks=[track]).rows(facts) & facts.alive(time.time())).any()
        )

    def place(self, key: str) -> Place | None:
        """Return where the image of a row lies.

        Args:
            key: of the row.

        Returns:
            None where there is no such row.
        """
        rows = self.look()
        facts, row = rows.facts, _row(rows.facts, key)
        if row is None:
            return None
        levels = rows.head.made.levels_value() or Levels()
        span = levels.of(int(facts.modality[row]), facts.cameras[facts.camera[row]])
        return Place(facts.paths(np.array([row]))[0], span)


def _row(facts: Facts, key: str) -> int | None:
    """Return the row of a key that has not expired."""
    found = np.flatnonzero((facts.key == key.encode()) & facts.alive(time.time()))
    return int(found[0]) if found.size else None
