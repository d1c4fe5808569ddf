"""Where a store lies: its tables, its head, and who may write."""

import fcntl
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from vireid.errors import DataError
from vireid.gallery.engine import connect, explained
from vireid.gallery.head import Head
from vireid.gallery.schema import ABOUT, about_schema
from vireid.types import Int

LOCK = ".writer"
"""The file that who writes to a folder has locked."""
T = TypeVar("T")
MANY = 10_000
"""Rows that are asked for by their numbers at once."""
TRIES = 8
"""How often something is read that a writer takes away meanwhile."""


class Storage:
    """The tables of a store.

    Args:
        place: a folder, or a URI such as s3://bucket/folder.
        storage: options of an object storage, as LanceDB has them.
    """

    def __init__(self, place: str, storage: Mapping[str, str]) -> None:
        self.place = place if "://" in place else str(Path(place).expanduser().absolute())
        self.folder = None if "://" in place else Path(self.place)
        self.storage = dict(storage)
        self.database = connect(self.place, storage)
        self._open: dict[str, Any] = {}

    def begin(self) -> None:
        """Make the folder where there is none."""
        if self.folder is not None:
            with explained(self.place, "write to"):
                self.folder.mkdir(parents=True, exist_ok=True)

    def exists(self) -> bool:
        """Tell whether there is a store."""
        if self.folder is not None and not (self.folder / f"{ABOUT}.lance").is_dir():
            return False
        return ABOUT in self.names()

    def names(self) -> list[str]:
        """Return the names of the tables that are there."""
        with explained(self.place, "read"):
            return list(self.database.list_tables().tables)

    def table(self, name: str) -> Any:
        """Return a table in its latest version."""
        with explained(self.place, "read"):
            if name not in self._open:
                self._open[name] = self.database.open_table(name)
            self._open[name].checkout_latest()
            return self._open[name]

    def head(self) -> Head:
        """Return what the store says of itself now."""

        def look() -> Head:
            rows = self.table(ABOUT).to_arrow().column("text").to_pylist()
            if len(rows) != 1:
                raise DataError(f"{self.place} does not say what it is; it is no store, or damaged")
            return Head.from_json(rows[0], self.place)

        return self.steadily(look)

    def save_head(self, head: Head) -> None:
        """Write what the store says of itself, at once or not at all."""
        import pyarrow as pa

        text = pa.Table.from_pydict({"text": [head.to_json()]}, schema=about_schema())
        with explained(self.place, "write to"):
            if ABOUT in self._open or ABOUT in self.database.list_tables().tables:
                self.table(ABOUT).add(text, mode="overwrite")
            else:
                self._open[ABOUT] = self.database.create_table(ABOUT, text)

    def create(self, name: str, rows: Any) -> None:
        """Make a table of some rows."""
        with explained(self.place, "write to"):
            self._open[name] = self.database.create_table(name, rows)

    def append(self, name: str, rows: Any) -> None:
        """Add rows to a table, all of them or none."""
        with explained(self.place, "write to"):
            self.table(name).add(rows)

    def delete(self, name: str, condition: str) -> None:
        """Delete the rows for which a condition on numbers holds; the table keeps its text."""
        with explained(self.place, "write to"):
            self.table(name).delete(condition)

    def rewrite(self, name: str) -> None:
        """Write all rows of a table into new files."""
        with explained(self.place, "write to"):
            self.table(name).update(where="id >= 0", values_sql={"id": "id"})

    def drop(self, name: str) -> None:
        """Take a table away, with its files."""
        self._open.pop(name, None)
        with explained(self.place, "write to"):
            self.database.drop_table(name, ignore_missing=True)

    def read(self, name: str, columns: Sequence[str], *, numbered: bool = False) -> Any:
        """Return columns of a table, as arrow has them.

        Args:
            name: of the table.
            columns: their names.
            numbered: with ``_rowid``, which says in which fragment a row lies.

        Returns:
            All rows.
        """

        def look() -> Any:
            query = self.table(name).search().select(list(columns))
            with explained(self.place, "read"):
                return (query.with_row_id(True) if numbered else query).to_arrow()

        return self.steadily(look)

    def read_some(self, name: str, columns: Sequence[str], numbers: Int) -> Any:
        """Return columns of the rows of some opaque numbers [M], in the table's order."""

        import pyarrow as pa

        def look() -> Any:
            with explained(self.place, "read"):
                parts = []
                for start in range(0, max(1, len(numbers)), MANY):
                    some = ", ".join(map(str, numbers[start : start + MANY].tolist())) or "-1"
                    query = self.table(name).search().where(f"id IN ({some})")
                    parts.append(query.select(list(columns)).to_arrow())
                return pa.concat_tables(parts)

        return self.steadily(look)

    def count(self, name: str) -> int:
        """Return how many rows a table has."""
        with explained(self.place, "read"):
            return int(self.table(name).count_rows())

    def blocks(self, name: str, columns: Sequence[str], condition: str | None) -> Iterator[Any]:
        """Yield columns of a table in blocks of rows for which a condition on numbers holds."""
        import pyarrow as pa

        with explained(self.place, "read"):
            query = self.table(name).search()
            query = query if condition is None else query.where(condition)
            for batch in query.select(list(columns)).to_batches():
                yield pa.Table.from_batches([batch])

    def clean(self, name: str) -> None:
        """Join small fragments of a table, and drop all versions but the last with their files."""
        with explained(self.place, "write to"), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of readers, which try again
            self.table(name).optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def steadily(self, look: Callable[[], T]) -> T:
        """Read something; again where a writer has taken away the files meanwhile."""
        for _ in range(TRIES - 1):
            try:
                return look()
            except DataError:
                self._open.clear()
        return look()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let one process write at a time, where the store lies in a folder.

        Yields:
            Nothing.

        Raises:
            DataError: the folder cannot be written to.
        """
        if self.folder is None:
            yield
            return
        try:
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            with explained(self.place, "write to"):
                raise error
            raise
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
