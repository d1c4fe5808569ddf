"""Results that people marked right or wrong, kept in a CSV file."""

import csv
import os
import threading
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Protocol

from vireid.errors import DataError
from vireid.files import whole_file

FORGOTTEN = "forgotten"
"""Stands for a key that the gallery has forgotten."""


@dataclass(frozen=True)
class Judgement:
    """What a person says of one result."""

    query: str
    """Key of the image that was searched by."""
    result: str
    """Key of the image that was found."""
    rank: int
    """Its place among the results, from 1."""
    similarity: float
    """Of the two."""
    right: bool
    """Whether both show the same person."""
    who: str = ""
    """The name that belongs to the token."""


@dataclass(frozen=True)
class Judged:
    """What judgements say so far, of each pair the last one."""

    pairs: int = 0
    """Pairs that were judged."""
    first: int = 0
    """Of these, pairs whose result was the first one."""
    first_right: int = 0
    """Of these, those that show the same person."""


class KeepsJudgements(Protocol):
    """Keeps what people say of results."""

    def keep(self, judgement: Judgement) -> None:
        """Keep a judgement; one of the same pair takes its place.

        Args:
            judgement: of a person.
        """
        ...

    def forget(self, keys: frozenset[str]) -> None:
        """Forget keys; what was said last of each pair is kept without them.

        Args:
            keys: of images that the gallery has forgotten.
        """
        ...

    def judged(self) -> Judged:
        """Return what the judgements say so far."""
        ...


NAMES = ("time", *(field.name for field in fields(Judgement)))


class JudgementFile:
    """A CSV file of judgements, a line for each, in the order in which they were made.

    Args:
        path: the file; made with the first judgement.

    Raises:
        DataError: there is a file of another kind, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._rows = self._read()

    def keep(self, judgement: Judgement) -> None:
        """Keep a judgement; it lies on the disk when this returns.

        Args:
            judgement: of a person.

        Raises:
            DataError: the file cannot be written.
        """
        with self._lock:
            row = {"time": f"{time.time():.3f}"}
            row |= {name: str(value) for name, value in asdict(judgement).items()}
            self._write([*self._rows, row])

    def forget(self, keys: frozenset[str]) -> None:
        """Put a word in place of keys, in the file too.

        Args:
            keys: of images that the gallery has forgotten.

        Raises:
            DataError: the file cannot be written.
        """
        with self._lock:
            rows = [_without(row, keys) for row in _last_of_each(self._rows)]
            if any(not keys.isdisjoint(row.values()) for row in self._rows):
                self._write(rows)

    def judged(self) -> Judged:
        """Return what the last judgement of each pair says."""
        with self._lock:
            last = _last_of_each(self._rows)
        first = [row for row in last if row["rank"] == "1"]
        return Judged(len(last), len(first), sum(row["right"] == "True" for row in first))

    def _read(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        try:
            with self._path.open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                if tuple(reader.fieldnames or ()) != NAMES:
                    raise DataError(
                        f"{self._path} is no file of judgements; expected the columns "
                        f"{', '.join(NAMES)}: name another file (--judgements)"
                    )
                return list(reader)
        except (OSError, ValueError) as error:
            raise DataError(f"{self._path} cannot be read: {error}") from error

    def _write(self, rows: list[dict[str, str]]) -> None:
        """Write all rows, whole or not at all."""
        with whole_file(self._path) as whole, whole.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, NAMES, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        self._rows = rows


def _last_of_each(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the last judgement of each pair, and all of pairs with a forgotten key."""
    last = {}
    for place, row in enumerate(rows):
        pair = row["query"], row["result"]
        last[place if FORGOTTEN in pair else pair] = row
    return list(last.values())


def _without(row: dict[str, str], keys: frozenset[str]) -> dict[str, str]:
    """Return a judgement with a word in place of forgotten keys."""
    hidden = {name: FORGOTTEN for name in ("query", "result") if row[name] in keys}
    return {**row, **hidden}
