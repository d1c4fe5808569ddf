"""An index over the rows of a store: made, and its recall measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vireid.gallery.engine import explained, steadily
from vireid.gallery.head import IndexFacts, Made
from vireid.gallery.reading import read_blocks, read_columns, read_rows
from vireid.gallery.schema import vectors_of
from vireid.gallery.storage import Storage
from vireid.types import Float, Int

NEIGHBOURS = 10
"""Nearest rows that recall is about."""
QUERIES = 100
"""Rows by which it is measured."""
WANTED = 0.99
"""Recall from which no further parts are looked into."""
BEGIN = 8
"""Parts that are looked into at first."""
LEAST = 1000
"""Rows below which an index makes no sense."""


@dataclass(frozen=True, repr=False)
class Probe:
    """Rows of a store by which recall is measured, and what they should find."""

    vectors: Float
    """[Q, D]."""
    numbers: Int
    """[Q] their opaque numbers: a row is not to find itself."""
    condition: str | None
    """Which rows are searched, in words of LanceDB that hold nothing but numbers."""
    nearest: Int
    """[Q, K] opaque numbers of the nearest of these rows."""


def make_index(storage: Storage, made: Made, start: int = BEGIN) -> IndexFacts | None:
    """Make an index of all rows, and find out how many of its parts a search has to look into.

    The parts are cells around centres (IVF); within a cell all vectors are compared exactly.

    Args:
        storage: of the store; this process is the one that writes.
        made: whose rows.
        start: how many parts are looked into at first; twice as many until recall suffices.

    Returns:
        What was measured; None where there are too few rows for an index.

    Raises:
        DataError: the store cannot be written to.
    """
    drop_indices(storage, made.table)
    count = int(storage.table(made.table).count_rows())
    if count < LEAST:
        return None
    parts = max(1, round(count**0.5))
    with storage.changing():
        from lancedb.index import IvfFlat

        cells = IvfFlat(distance_type="l2", num_partitions=parts)
        storage.table(made.table).create_index("vector", config=cells)
    probes = list(_probes(storage, made.table, np.random.default_rng(0)))
    looked = min(start, parts)
    while True:
        found = [recall(storage, made.table, probe, looked) for probe in probes]
        if min(found) >= WANTED or looked == parts:
            across = min(found[1:], default=None)
            return IndexFacts(count, parts, looked, found[0], across, len(probes[0].vectors))
        looked = min(parts, looked * 2)


def drop_indices(storage: Storage, table: str) -> None:
    """Take the indices of a table away.

    Args:
        storage: of the store.
        table: its name.
    """
    with storage.changing():
        rows = storage.table(table)
        for index in rows.list_indices():
            rows.drop_index(index.name)


def probed(
    storage: Storage, table: str, vector: Float, condition: str | None, sizes: tuple[int, int]
) -> Any:
    """Return the nearest rows as an index finds them.

    Args:
        storage: of the store.
        table: of its rows.
        vector: [D].
        condition: which rows are searched; None for all.
        sizes: how many are returned, and how many parts of the index are looked into.

    Returns:
        An arrow table with their numbers and vectors.
    """

    def look() -> Any:
        with explained(storage.place, "read"):
            query = storage.table(table).search(vector).distance_type("l2").nprobes(sizes[1])
            query = query if condition is None else query.where(condition, prefilter=True)
            return query.limit(sizes[0]).select(["id", "vector", "_distance"]).to_arrow()

    return steadily(look)


def recall(storage: Storage, table: str, probe: Probe, looked: int) -> float:
    """Return which share of the nearest rows a search by the index finds.

    Args:
        storage: of the store.
        table: of its rows.
        probe: queries and what they should find.
        looked: how many parts of the index are looked into.

    Returns:
        In [0, 1].
    """
    count = probe.nearest.shape[1]
    found = 0
    for vector, number, wanted in zip(probe.vectors, probe.numbers, probe.nearest, strict=True):
        rows = probed(storage, table, vector, probe.condition, (count + 1, looked))
        others = _others(rows.column("id").to_numpy(), number, count)
        found += len(np.intersect1d(others, wanted))
    return found / max(1, probe.nearest.size)


def exact_nearest(
    storage: Storage, table: str, vectors: Float, condition: str | None, count: int
) -> tuple[Int, Float]:
    """Return the nearest rows of some queries, by products with all vectors, read in blocks.

    Args:
        storage: of the store.
        table: of its rows.
        vectors: [Q, D] of unit length.
        condition: which rows are searched; None for all.
        count: K.

    Returns:
        Their opaque numbers [Q, K'], nearest first, and similarities; K' is less where there are
        fewer rows.
    """
    numbers = np.empty((len(vectors), 0), np.int64)
    values = np.empty((len(vectors), 0), np.float32)
    for block in read_blocks(storage, table, ("id", "vector"), condition):
        new = np.broadcast_to(block.column("id").to_numpy(), (len(vectors), block.num_rows))
        numbers = np.concatenate([numbers, new], axis=1)
        values = np.concatenate([values, vectors @ vectors_of(block).T], axis=1)
        order = np.argsort(-values, axis=1, kind="stable")[:, :count]
        numbers = np.take_along_axis(numbers, order, axis=1)
        values = np.take_along_axis(values, order, axis=1)
    return numbers, values


def _probes(storage: Storage, table: str, generator: np.random.Generator) -> Iterator[Probe]:
    """Yield what recall is measured by: search among all rows, and across the modalities."""
    read = read_columns(storage, table, ("id", "modality"))
    numbers, modality = read.column("id").to_numpy(), read.column("modality").to_numpy()
    for kind in (None, *((0, 1) if len(np.unique(modality)) == 2 else ())):
        able = np.arange(len(numbers)) if kind is None else np.flatnonzero(modality == 1 - kind)
        chosen = generator.choice(able, min(QUERIES, len(able)), replace=False)
        rows = read_rows(storage, table, ("id", "vector"), numbers[chosen])
        vectors = vectors_of(rows)
        condition = None if kind is None else f"modality = {kind}"
        own = rows.column("id").to_numpy()
        found, _ = exact_nearest(storage, table, vectors, condition, NEIGHBOURS + 1)
        nearest = [_others(*one, NEIGHBOURS) for one in zip(found, own, strict=True)]
        yield Probe(vectors, own, condition, np.stack(nearest))


def _others(numbers: Int, own: int, count: int) -> Int:
    """Return the nearest rows without the query itself."""
    found: Int = numbers[numbers != own][:count]
    return found
