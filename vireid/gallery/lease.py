"""Who may write to a store on object storage, where files cannot be locked."""

import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from vireid.errors import DataError
from vireid.gallery.engine import explained

LOCK = "writer"
"""The table that says who may write: one row, changed only by whoever sees it as it is."""
SECONDS = 60.0
"""How long a writer that has died keeps others waiting; a living one renews its lease."""
_OTHERS = re.compile("conflict|concurrent", re.IGNORECASE)
SPARE = 10.0
"""Seconds before its end from which a lease is not written by any more."""
OFTEN = 256
"""Versions of the row after which old ones are dropped."""
LOOKS = 0.5
"""Seconds between two looks of who waits."""


def free_lease() -> Any:
    """Return the row of a store to which nobody writes, as an arrow table."""
    import pyarrow as pa

    return pa.table({"owner": pa.array([""]), "until": pa.array([0.0])})


class Lease:
    """That this process may write to a store, for a while; renewed until that ends.

    LanceDB lets one of several changes of a row through, and tries the others again, which then
    find another row than they asked for.

    Args:
        place: of the store, for messages.
        table: that says who may write.
    """

    def __init__(self, place: str, table: Any) -> None:
        self.place, self.table, self.owner = place, table, secrets.token_hex(8)
        self._until = 0.0

    def take(self) -> bool:
        """Take the lease if nobody has it; tell whether it is this process's."""
        return self._written(f"until < {time.time()!r}")

    def renew(self) -> None:
        """Hold the lease for longer; where the place cannot be reached, as long as it was."""
        with suppress(DataError):
            if not self._written(f"owner = '{self.owner}'"):
                self._until = 0.0

    def check(self) -> None:
        """Refuse to write once somebody else may.

        Raises:
            DataError: the lease has run out.
        """
        if time.time() > self._until - SPARE:
            raise DataError(
                f"cannot write to {self.place}: this process was stopped, or could not reach it, "
                "for so long that others may write by now; begin again: what was acknowledged is "
                "kept"
            )

    def free(self) -> None:
        """Let others write at once; where the place cannot be reached, they wait for a while."""
        with suppress(DataError), explained(self.place, "write to"):
            self.table.checkout_latest()
            if int(self.table.version) % OFTEN == 0:
                self.table.optimize(cleanup_older_than=timedelta(hours=1))
            values = {"owner": "", "until": 0.0}
            self.table.update(where=f"owner = '{self.owner}'", values=values)

    def _written(self, condition: str) -> bool:
        """Try to write one's name into the row, if a condition holds; tell whether it is there."""
        with explained(self.place, "write to"):
            self.table.checkout_latest()
            until = time.time() + SECONDS
            if self.table.count_rows(condition):
                try:
                    values = {"owner": self.owner, "until": until}
                    self.table.update(where=condition, values=values)
                except (RuntimeError, OSError) as error:
                    if not _OTHERS.search(str(error)):
                        raise
                self.table.checkout_latest()
            held = bool(self.table.count_rows(f"owner = '{self.owner}'"))
            if self.table.count_rows(f"owner = '{self.owner}' AND until = {until!r}"):
                self._until = until
        return held


@contextmanager
def lease(place: str, table: Any) -> Iterator[Lease]:
    """Wait until nobody else may write, and be the one who may.

    Args:
        place: of the store, for messages.
        table: that says who may write.

    Yields:
        The lease, which is to be checked before each write.
    """
    held = Lease(place, table)
    while not held.take():
        time.sleep(LOOKS)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(SECONDS / 4):
            held.renew()

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield held
    finally:
        ended.set()
        renewing.join()
        held.free()
