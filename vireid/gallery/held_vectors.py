"""The vectors of rows, in memory once: new ones come behind the others, those gone are given up."""

import numpy as np

from vireid.errors import DataError
from vireid.gallery.head import Made
from vireid.gallery.places import Places
from vireid.gallery.reading import read_blocks, read_rows
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.types import Bool, Float, Int

FEW = 10_000
"""New rows up to which their vectors are read by themselves, not all of them."""
ROOM = 1.25
"""How much longer than needed the space is made: what is not written to takes no memory."""
BLOCK = 16_384
"""Rows that are copied at once."""


class HeldVectors:
    """Holds the vectors of a store's rows.

    What was handed out stays as it was: new vectors are written behind it, and where rows are gone
    all others move to a new space.

    Args:
        storage: of the store.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.drop()

    def drop(self) -> None:
        """Hold nothing any more."""
        self._of: tuple[str, str | None] | None = None
        self._numbers = np.empty(0, np.int64)
        self._space = np.empty((0, 1), np.float32)

    def now(self, made: Made, numbers: Int) -> Float:
        """Return the vectors of some rows; those of all others are gone from memory.

        Args:
            made: of the store's rows.
            numbers: [N] opaque numbers of the rows.

        Returns:
            [N, D], not to be written to.

        Raises:
            DataError: a row is not there, as others write meanwhile.
        """
        if self._of != (made.table, made.network):
            self.drop()
        count, held = len(numbers), len(self._numbers)
        grown = count >= held and np.array_equal(numbers[:held], self._numbers)
        space, missing = self._space, np.arange(count) >= held
        if not grown or len(space) < count or not held:
            space = np.empty((int(count * ROOM) + 1, int(made.size or 1)), np.float32)
            missing = self._moved(space, numbers)
        if missing.any():
            self._fill(space, made.table, numbers, missing)
        self._of, self._numbers, self._space = (made.table, made.network), numbers, space
        found: Float = space[:count]
        found.flags.writeable = False
        return found

    def _moved(self, space: Float, numbers: Int) -> Bool:
        """Copy what is held already, and return which rows [N] are not."""
        places = Places(self._numbers).of(numbers)
        for start in range(0, len(numbers), BLOCK):
            part = places[start : start + BLOCK]
            rows = np.flatnonzero(part >= 0)
            space[start + rows] = self._space[part[rows]]
        return np.asarray(places < 0)

    def _fill(self, space: Float, table: str, numbers: Int, missing: Bool) -> None:
        """Read the vectors of missing rows."""
        rows, columns = np.flatnonzero(missing), ("id", "vector")
        few = len(rows) <= FEW
        blocks = (
            [read_rows(self._storage, table, columns, numbers[rows])]
            if few
            else read_blocks(self._storage, table, columns, None)
        )
        places, filled = Places(numbers[rows]), np.zeros(len(rows), dtype=bool)
        try:
            for block in blocks:
                at = places.of(block.column("id").to_numpy())
                wanted = at >= 0
                space[rows[at[wanted]]] = vectors_of(block)[wanted]
                filled[at[wanted]] = True
            if not filled.all():
                raise DataError(
                    f"rows of {self._storage.place} were not found: others write meanwhile"
                )
        except BaseException:
            space[rows] = 0  # they may be forgotten before the next look
            raise
