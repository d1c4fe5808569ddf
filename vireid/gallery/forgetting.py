"""Rows are forgotten: those that somebody names, and those that have expired."""

import time

import numpy as np

from vireid.errors import ConfigError
from vireid.gallery.erasing import drop_leftovers, erase, finish_erasing
from vireid.gallery.known import Known
from vireid.gallery.storage import Storage
from vireid.gallery.where import Where


def forget_rows(storage: Storage, known: Known, where: Where | None, who: str) -> int:
    """Delete rows, and everything of them in the files of a store.

    Args:
        storage: of the store.
        known: what is known of its rows.
        where: which; None for those that have expired.
        who: for the audit log.

    Returns:
        How many they were.

    Raises:
        ConfigError: there is no condition.
        DataError: the store cannot be written to.
    """
    if where is not None and where.everything:
        raise ConfigError(
            "nothing says what is to be forgotten; expected a key, path, track, camera, modality "
            "or time"
        )
    with storage.writing():
        head = finish_erasing(storage, storage.head())
        facts = known.now().every
        meant = ~facts.alive(time.time()) if where is None else where.rows(facts)
        numbers = facts.id[np.flatnonzero(meant)]
        if len(numbers):
            erase(storage, head, numbers, "prune" if where is None else "forget", who)
        else:
            drop_leftovers(storage, head)
        return len(numbers)
