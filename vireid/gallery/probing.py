"""The nearest rows of a query, where the vectors are not held in memory."""

import time

import numpy as np

from vireid.gallery.held import Rows
from vireid.gallery.indexing import exact_nearest, probed
from vireid.gallery.places import Places
from vireid.gallery.reading import read_rows
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.gallery.where import Where
from vireid.types import Bool, Float, Int

FEW = 5_000
"""Rows up to which their vectors are read and compared one by one."""
MORE = 4
"""By which factor more rows are asked for where some of those found may not be shown."""


def nearest_by_index(
    storage: Storage, vector: Float, rows: Rows, allowed: Bool, where: Where, top: int
) -> tuple[Int, Float]:
    """Return the most similar rows of a query.

    Args:
        storage: of the store.
        vector: [D] of unit length.
        rows: N rows of the store, without their vectors.
        allowed: [N] which of them may be found.
        where: the conditions that are among the reasons for that.
        top: K.

    Returns:
        At most K rows and their similarities, most similar first: exact where few rows are allowed
        or there is no index, else with the index's recall.
    """
    places = np.flatnonzero(allowed)
    if len(places) <= FEW:
        numbers, values = _compared(storage, vector, rows, rows.facts.id[places])
    elif rows.head.index is None:
        more = top + int(len(allowed) - len(places))
        found, products = exact_nearest(
            storage, rows.head.made.table, vector[None], where.condition(), more
        )
        numbers, values = found[0], products[0]
    else:
        numbers, values = _probed(storage, vector, rows, allowed, where, top)
    return _allowed(rows, allowed, numbers, values, top)


def _compared(storage: Storage, vector: Float, rows: Rows, numbers: Int) -> tuple[Int, Float]:
    """Return numbers and similarities of rows that are read."""
    read = read_rows(storage, rows.head.made.table, ("id", "vector"), numbers)
    return read.column("id").to_numpy(), vectors_of(read) @ vector


def _probed(
    storage: Storage, vector: Float, rows: Rows, allowed: Bool, where: Where, top: int
) -> tuple[Int, Float]:
    """Ask the index, for more rows while too many of those found may not be shown."""
    assert rows.head.index is not None
    conditions = [f"NOT (expires <= {time.time()!r})", where.condition()]
    condition = " AND ".join(part for part in conditions if part)
    asked, table, probes = top * 2, rows.head.made.table, rows.head.index.probes
    while True:
        read = probed(storage, table, vector, condition, (asked, probes))
        numbers, values = read.column("id").to_numpy(), vectors_of(read) @ vector
        found, _ = _allowed(rows, allowed, numbers, values, top)
        if len(found) == top or len(numbers) < asked:
            return numbers, values
        asked *= MORE


def _allowed(rows: Rows, allowed: Bool, numbers: Int, values: Float, top: int) -> tuple[Int, Float]:
    """Return the rows that numbers stand for and that may be shown, most similar first."""
    places = Places(rows.facts.id).of(numbers)
    shown = (places >= 0) & allowed[places]
    places, values = places[shown], values[shown]
    best = np.lexsort((places, -values))[:top]
    return places[best], values[best]
