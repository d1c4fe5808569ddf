"""Where a store lies: its tables, its head, and who may write."""

import fcntl
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from vireid.errors import DataError
from vireid.gallery.engine import connect, explained, steadily
from vireid.gallery.head import Head
from vireid.gallery.lease import LOCK as LEASE
from vireid.gallery.lease import Lease, free_lease, lease
from vireid.gallery.opened import Opened, Seen, seen
from vireid.gallery.schema import ABOUT, about_schema
from vireid.gallery.scratch import scratch

LOCK = ".writer"
"""The file that who writes to a folder has locked."""
OFTEN = 256
"""Versions of a table after which its small fragments are joined and its old versions dropped."""
READ_FOR = timedelta(hours=1)
"""How long old versions are kept for those who read them, where nothing has to be erased."""


class Storage:
    """The tables of a store.

    Args:
        place: a folder, or a URI such as s3://bucket/folder.
        storage: options of an object storage, as LanceDB has them.
    """

    def __init__(self, place: str, storage: Mapping[str, str]) -> None:
        self.place = place if "://" in place else str(Path(place).expanduser().absolute())
        self.folder = None if "://" in place else Path(self.place)
        self.options = dict(storage)
        self._open: dict[str, Opened] = {}
        self._lease: Lease | None = None
        self._said: tuple[Seen | None, str, Head] | None = None
        """The head as it was read last: where from, its text, and what that says."""

    @cached_property
    def database(self) -> Any:
        """LanceDB's connection, which makes the folder where there is none."""
        return connect(self.place, self.options)

    def begin(self) -> None:
        """Make the folder where there is none, and what says who may write."""
        with explained(self.place, "write to"):
            if self.folder is not None:
                self.names()
                self.folder.mkdir(parents=True, exist_ok=True)
            elif LEASE not in self.names():
                self.database.create_table(LEASE, free_lease(), exist_ok=True)

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
        """Return a table in its latest version.

        Args:
            name: of the table.
        """
        return self.latest(name).table

    def version(self, name: str) -> int:
        """Return the number of the latest version of a table.

        Args:
            name: of the table.
        """
        return self.latest(name).version

    def latest(self, name: str) -> Opened:
        """Return a table in its latest version, and what tells it from another one.

        Args:
            name: of the table; it is left as it is where its folder is.
        """
        now, old = seen(self.folder, name), self._open.pop(name, None)
        if old is None or now is None or old.seen != now:
            with explained(self.place, "read"):
                table = self.database.open_table(name) if old is None else old.table
                table.checkout_latest()
                old = Opened(table, int(table.version), now)
        self._open[name] = old  # not where that failed: it may be another one next time
        return old

    def head(self) -> Head:
        """Return what the store says of itself now."""

        def look() -> Head:
            opened, said = self.latest(ABOUT), self._said
            if said is not None and opened.seen is not None and said[0] == opened.seen:
                return said[2]
            with explained(self.place, "read"):
                rows = opened.table.to_arrow()
            if rows.column_names != ["text"] or rows.num_rows != 1:
                raise DataError(f"{self.place} does not say what it is; it is no store, or damaged")
            text = rows.column("text")[0].as_py()
            known = said[2] if said is not None and said[1] == text else None
            self._said = said = opened.seen, text, known or Head.from_json(text, self.place)
            return said[2]

        return steadily(look)

    def save_head(self, head: Head) -> None:
        """Write what the store says of itself, at once or not at all.

        Args:
            head: all of it.
        """
        import pyarrow as pa

        text = pa.Table.from_pydict({"text": [head.to_json()]}, schema=about_schema())
        if ABOUT in self.names():
            with self.changing():
                self.table(ABOUT).add(text, mode="overwrite")
            self._tidy_sometimes(ABOUT)
        else:
            self.create(ABOUT, text)

    def create(self, name: str, rows: Any) -> None:
        """Make a table of some rows.

        Args:
            name: of the table.
            rows: an arrow table.
        """
        with self.changing():
            self._open[name] = Opened(self.database.create_table(name, rows))

    def append(self, name: str, rows: Any) -> None:
        """Add rows to a table, all of them or none.

        Args:
            name: of the table.
            rows: an arrow table.
        """
        with self.changing():
            self.table(name).add(rows)
        self._tidy_sometimes(name)

    def drop(self, name: str) -> None:
        """Take a table away, with its files.

        Args:
            name: of the table; it need not be there.
        """
        self._open.pop(name, None)
        with self.changing():
            self.database.drop_table(name, ignore_missing=True)

    def clean(self, name: str) -> None:
        """Join small fragments of a table, and drop all versions but the last with their files.

        Args:
            name: of the table.
        """
        with self.changing(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of readers, which try again
            self.table(name).optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    def tidy(self, name: str) -> None:
        """Join small fragments of a table while others may write to it; old versions go later.

        Args:
            name: of a table that holds nothing which has to be erased.
        """
        with self.changing():
            self.table(name).optimize(cleanup_older_than=READ_FOR)

    def _tidy_sometimes(self, name: str) -> None:
        """Keep the files of a table few that grows by small pieces."""
        if self.version(name) % OFTEN == 0:
            with suppress(DataError):  # what was written stays, and is tidied another time
                self.tidy(name)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let the store be changed: in one line where that fails, not once somebody else may write.

        Yields:
            Nothing.

        Raises:
            DataError: LanceDB or the system refuses, or others may write by now.
        """
        if self._lease is not None:
            self._lease.check()
        with explained(self.place, "write to"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let one process write at a time; others wait.

        Yields:
            Nothing.

        Raises:
            DataError: the folder cannot be written to.
        """
        with self._alone(), scratch(self.place, self.folder):
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other process writes."""
        if self.folder is None:
            with explained(self.place, "read"):
                table = self.database.open_table(LEASE)
            with lease(self.place, table) as self._lease:
                try:
                    yield
                finally:
                    self._lease = None  # before another thread has it
            return
        with explained(self.place, "write to"):
            handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
