"""Rows that were deleted vanish from the files of a store too."""

from dataclasses import replace

from vireid.gallery.events import note
from vireid.gallery.head import Head, Made
from vireid.gallery.indexing import drop_indices, make_index
from vireid.gallery.schema import ABOUT, EVENTS
from vireid.gallery.storage import Storage
from vireid.gallery.table_names import FIRST, next_table
from vireid.types import Int

NUMBERS = 10_000
"""Rows that are deleted at once."""


def erase(storage: Storage, head: Head, numbers: Int, what: str, who: str) -> Head:
    """Delete rows by their opaque numbers, and everything of them in the files.

    Args:
        storage: of the store; this process is the one that writes.
        head: of the store.
        numbers: [M] of the rows.
        what: for the audit log.
        who: for the audit log.

    Returns:
        The head of the store.

    Raises:
        DataError: the store cannot be written to; where rows are deleted already, the next one who
            writes does the rest.
    """
    storage.save_head(replace(head, erasing=True))
    for table in _used(storage, head):
        delete(storage, table, numbers)
    note(storage, what, len(numbers), who)
    return finish_erasing(storage, replace(head, erasing=True))


def delete(storage: Storage, table: str, numbers: Int) -> None:
    """Delete rows; their bytes stay in the files until these are rewritten.

    Args:
        storage: of the store.
        table: the name of the table of rows.
        numbers: [M] opaque numbers; no other text becomes part of what the table keeps.
    """
    for start in range(0, len(numbers), NUMBERS):
        some = ", ".join(str(int(number)) for number in numbers[start : start + NUMBERS])
        with storage.changing():
            storage.table(table).delete(f"id IN ({some})")


def finish_erasing(storage: Storage, head: Head) -> Head:
    """Rewrite the files of rows where some were deleted and not yet erased.

    Args:
        storage: of the store; this process is the one that writes.
        head: of the store.

    Returns:
        The head of the store, of which nothing is to be erased any more.

    Raises:
        DataError: the store cannot be written to.
    """
    if not head.erasing:
        return head
    head = _unbound(storage, head)
    for table in _used(storage, head):
        rewrite(storage, table)
    _drop_unused(storage, head)
    if head.index is not None:
        head = replace(head, index=make_index(storage, head.made, head.index.probes))
        storage.clean(head.made.table)
    storage.tidy(EVENTS)
    storage.save_head(replace(head, erasing=False))
    storage.clean(ABOUT)
    return replace(head, erasing=False)


def rewrite(storage: Storage, table: str) -> None:
    """Write all rows of a table anew, and drop every older file.

    LanceDB alone rewrites a fragment only when a tenth of it is deleted.

    Args:
        storage: of the store.
        table: its name.
    """
    drop_indices(storage, table)
    with storage.changing():
        storage.table(table).update(where="id >= 0", values_sql={"id": "id"})
    storage.clean(table)


def drop_leftovers(storage: Storage, head: Head) -> None:
    """Remove what additions and re-embeddings that were killed have left: files and tables.

    Args:
        storage: of the store; this process is the one that writes.
        head: of the store.

    Raises:
        DataError: the store cannot be written to.
    """
    for table in _used(storage, head):
        storage.clean(table)
    _drop_unused(storage, head)


def _drop_unused(storage: Storage, head: Head) -> None:
    """Drop tables of rows that belong to the store no more."""
    used = _used(storage, head)
    for name in storage.names():
        if name.startswith(FIRST) and name not in used:
            storage.drop(name)


def _used(storage: Storage, head: Head) -> list[str]:
    """Return the tables of rows that are there and belong to the store."""
    made = [one.table for one in (head.made, head.renewing) if one is not None]
    return [name for name in storage.names() if name in made]


def _unbound(storage: Storage, head: Head) -> Head:
    """Return the head of a store: without a row it is bound to no network, level or camera."""
    if head.made.size is None or storage.table(head.made.table).count_rows():
        return head
    made = Made(next_table(storage.names(), head))
    head = replace(head, made=made, renewing=None, index=None)
    storage.save_head(head)
    return head
