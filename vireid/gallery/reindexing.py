"""The index of a store is made, or made anew."""

from dataclasses import replace

from vireid.gallery.erasing import finish_erasing
from vireid.gallery.events import note
from vireid.gallery.head import IndexFacts
from vireid.gallery.indexing import make_index
from vireid.gallery.storage import Storage


def renew_index(storage: Storage, who: str) -> IndexFacts | None:
    """Make an index of all rows, or make it anew, and join small files.

    Args:
        storage: of the store.
        who: for the audit log.

    Returns:
        What was measured; None where there are too few rows for an index.

    Raises:
        DataError: the store cannot be written to.
    """
    with storage.writing():
        head = finish_erasing(storage, storage.head())
        if head.made.size is None:
            return None
        found = make_index(storage, head.made)
        storage.save_head(replace(head, index=found))
        storage.clean(head.made.table)
        note(storage, "index", 0 if found is None else found.rows, who)
        return found
