"""Embedded images go into a store: in batches, each acknowledged, none twice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vireid.gallery.erasing import finish_erasing
from vireid.gallery.events import note
from vireid.gallery.facts import Facts
from vireid.gallery.head import Head
from vireid.gallery.incoming import Incoming, Terms, row_table
from vireid.gallery.known import Known
from vireid.gallery.same import cameras_of, check_same, made_by, with_levels_of
from vireid.gallery.schema import rows_schema
from vireid.gallery.storage import Storage
from vireid.ranking import Gallery

BATCH = 8192
"""Rows that become part of a store at once."""


@dataclass(frozen=True)
class Added:
    """What an addition did."""

    added: int = 0
    """Rows that are new."""
    present: int = 0
    """Images that were there already."""
    unreadable: tuple[str, ...] = ()
    """Why other images were left out, a line for each."""

    def plus(self, other: "Added") -> "Added":
        """Return both together.

        Args:
            other: what has been done too.
        """
        return Added(
            self.added + other.added,
            self.present + other.present,
            self.unreadable + other.unreadable,
        )


class Adding:
    """Puts embedded images into a store.

    Args:
        storage: of the store.
        known: what is known of its rows.
        terms: what holds for all new rows.
        who: for the audit log.
    """

    def __init__(self, storage: Storage, known: Known, terms: Terms, who: str = "") -> None:
        self.storage, self.known, self.terms, self.who = storage, known, terms, who
        self._keys: set[str] = set()
        self._facts = Facts.none()
        self._stamp: tuple[str, int] | None = None

    def put(self, rows: Incoming) -> Added:
        """Add rows at once, all that are new or none.

        Args:
            rows: N embedded images.

        Returns:
            What became part of the store; it is acknowledged, whatever happens from now on.

        Raises:
            DataError: they do not fit the store, or it cannot be written to.
        """
        with self.storage.writing():
            head = self._begun(finish_erasing(self.storage, self.storage.head()), rows.gallery)
            cameras = cameras_of(self._look(head), head.made.levels_value())
            check_same(head.made, cameras, rows.gallery)
            new = self.missing(rows.keys)
            if not new:
                return Added(0, len(rows))
            kept = rows
            if len(new) < len(rows):
                kept = rows.subset(np.array(new, dtype=np.int64))
            learnt = with_levels_of(head.made, kept.gallery)
            if learnt != head.made:
                self.storage.save_head(replace(head, made=learnt))
            self._append(head, kept)
            note(self.storage, "add", len(kept), self.who)
            return Added(len(kept), len(rows) - len(kept))

    def missing(self, keys: Sequence[str]) -> list[int]:
        """Return which images are not in the store yet.

        Args:
            keys: [N] of the images; an empty one is in no store.

        Returns:
            Their places, of equal keys the first.
        """
        self._look(self.storage.head())
        found: list[int] = []
        seen: set[str] = set()
        for place, key in enumerate(keys):
            if not key or (key not in seen and key not in self._keys):
                seen.add(key)
                found.append(place)
        return found

    def _append(self, head: Head, rows: Incoming) -> None:
        """Write new rows to the table."""
        keep = self.terms.keep if self.terms.keep is not None else head.keep
        table = row_table(rows, replace(self.terms, keep=keep), str(head.made.network))
        before = self.storage.version(head.made.table)
        self.storage.append(head.made.table, table)
        after = self.storage.version(head.made.table)
        if after == before + 1:  # else somebody else has written too: all is read again
            self._keys.update(rows.keys)
            self._stamp = head.made.table, after

    def _begun(self, head: Head, gallery: Gallery) -> Head:
        """Return the head of a store that has a table of rows: the first ones make it."""
        if head.made.size is not None:
            return head
        check_same(head.made, cameras_of(Facts.none(), None), gallery)
        made = made_by(gallery, head.made.table)
        size = gallery.embeddings.vectors.shape[1]
        self.storage.drop(made.table)  # of an addition that was killed before its first row
        self.storage.create(made.table, rows_schema(size).empty_table())
        head = replace(head, made=made)
        self.storage.save_head(head)
        return head

    def _look(self, head: Head) -> Facts:
        """Learn what is in the store, unless that is known; facts of own new rows may be absent."""
        if head.made.size is None:
            self._keys, self._facts = set(), Facts.none()
            return self._facts
        stamp = head.made.table, self.storage.version(head.made.table)
        if stamp != self._stamp:
            self._facts = self.known.now().every
            self._keys = set(self._facts.key.astype("U").tolist())
            self._stamp = stamp
        return self._facts
