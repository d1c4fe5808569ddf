"""Who may write to a store on object storage, where files cannot be locked."""

import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vireid.gallery.engine import explained

LOCK = "writer"
"""The table that says who may write: one row, changed only by whoever sees it as it is."""
SECONDS = 60.0
"""How long a writer that has died keeps others waiting; a living one renews its lease."""
_OTHERS = re.compile("conflict|concurrent", re.IGNORECASE)
LOOKS = 0.5
"""Seconds between two looks of who waits."""


def free_lease() -> Any:
    """Return the row of a store to which nobody writes, as an arrow table."""
    import pyarrow as pa

    return pa.table({"owner": pa.array([""]), "until": pa.array([0.0])})


@contextmanager
def lease(place: str, table: Any) -> Iterator[None]:
    """Wait until nobody else may write, and be the one who may.

    LanceDB lets one of several changes of a row through, and tries the others again, which then
    find another row than they asked for.

    Args:
        place: of the store, for messages.
        table: that says who may write.

    Yields:
        Nothing.
    """
    owner = secrets.token_hex(8)
    while not _taken(place, table, f"until < {time.time()!r}", owner):
        time.sleep(LOOKS)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(SECONDS / 4):
            _taken(place, table, f"owner = '{owner}'", owner)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with explained(place, "write to"):
            table.checkout_latest()
            table.update(where=f"owner = '{owner}'", values={"owner": "", "until": 0.0})


def _taken(place: str, table: Any, condition: str, owner: str) -> bool:
    """Try to write one's name into the row, if a condition holds; tell whether it is there."""
    with explained(place, "write to"):
        table.checkout_latest()
        if table.count_rows(condition):
            try:
                values = {"owner": owner, "until": time.time() + SECONDS}
                table.update(where=condition, values=values)
            except (RuntimeError, OSError) as error:
                if not _OTHERS.search(str(error)):
                    raise
            table.checkout_latest()
        return bool(table.count_rows(f"owner = '{owner}'"))
