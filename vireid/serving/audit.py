"""The audit log: who searched, added, forgot and judged, and when; never whom."""

import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from vireid.errors import DataError


@dataclass(frozen=True)
class Entry:
    """Something that was done."""

    what: str
    """search, add, forget or judge; with ``asked`` behind it before something is changed."""
    who: str
    """The name that belongs to the token."""
    address: str
    """Of the client."""
    rows: int
    """Results, or rows that were added, forgotten or judged."""
    by: str = ""
    """What was searched by: image, key or track; never which."""
    filters: tuple[str, ...] = ()
    """Names of the filters that were used; never their values."""


class Audit:
    """A file to which a line of JSON is added for each entry.

    Args:
        path: the file; made where there is none, for its owner alone.

    Raises:
        DataError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        try:
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataError(self._words(error)) from error

    def note(self, entry: Entry) -> None:
        """Add a line; it lies on the disk when this returns.

        Args:
            entry: what was done.

        Raises:
            DataError: it cannot be written.
        """
        told = {"time": round(time.time(), 3), **asdict(entry)}
        line = json.dumps(told, ensure_ascii=True).encode() + b"\n"
        with self._lock:
            try:
                if os.write(self._file, line) != len(line):
                    raise OSError(28, "the line was cut")
                os.fdatasync(self._file)
            except OSError as error:
                raise DataError(self._words(error)) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _words(self, error: OSError) -> str:
        return (
            f"the audit log {self._path} cannot be written ({error.strerror}); no result is "
            "told that is not logged: free some space, or name another file (--audit)"
        )
