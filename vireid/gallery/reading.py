"""Columns of a store's tables, read while others write."""

from collections.abc import Iterator, Sequence
from typing import Any

from vireid.gallery.engine import explained, steadily
from vireid.gallery.storage import Storage
from vireid.types import Int

MANY = 10_000
"""Rows that are asked for by their numbers at once."""


def read_columns(storage: Storage, table: str, columns: Sequence[str]) -> Any:
    """Return columns of all rows of a table.

    Args:
        storage: of the store.
        table: its name.
        columns: their names.

    Returns:
        An arrow table.
    """

    def look() -> Any:
        with explained(storage.place, "read"):
            return storage.table(table).search().select(list(columns)).to_arrow()

    return steadily(look)


def read_rows(storage: Storage, table: str, columns: Sequence[str], numbers: Int) -> Any:
    """Return columns of some rows, in the order of the table.

    Args:
        storage: of the store.
        table: its name.
        columns: their names.
        numbers: [M] opaque numbers of the rows.

    Returns:
        An arrow table of those that are there.
    """
    import pyarrow as pa

    def look() -> Any:
        with explained(storage.place, "read"):
            parts = []
            for start in range(0, max(1, len(numbers)), MANY):
                some = ", ".join(map(str, numbers[start : start + MANY].tolist())) or "-1"
                query = storage.table(table).search().where(f"id IN ({some})")
                parts.append(query.select(list(columns)).to_arrow())
            return pa.concat_tables(parts)

    return steadily(look)


def read_blocks(
    storage: Storage, table: str, columns: Sequence[str], condition: str | None
) -> Iterator[Any]:
    """Return columns of a table, some rows after the other.

    Args:
        storage: of the store.
        table: its name.
        columns: their names.
        condition: which rows, in words of LanceDB that hold nothing a user wrote; None for all.

    Yields:
        Arrow tables.
    """
    import pyarrow as pa

    with explained(storage.place, "read"):
        query = storage.table(table).search()
        query = query if condition is None else query.where(condition)
        for batch in query.select(list(columns)).to_batches():
            yield pa.Table.from_batches([batch])
