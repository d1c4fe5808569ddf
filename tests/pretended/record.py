"""What a pretended GPU was asked to do."""

import sys
from collections import Counter
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = f"{HERE.parents[1]}/"


class Wait(NamedTuple):
    """A moment in which the host waits for the GPU."""

    reason: str
    line: str
    """Of the checkout: file, line and function."""


class Record:
    """Counts of everything since the beginning, or since it was cleared; of all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Begin to count anew."""
        self.launches: Counter[str] = Counter()
        """Operations that compute on the GPU, by name; views and copies from the host left out."""
        self.waits: Counter[Wait] = Counter()
        self.sent: Counter[str] = Counter()
        """Bytes copied to the GPU, by line."""
        self.copies: Counter[str] = Counter()
        """Copies to the GPU, by line."""
        self.mixed: Counter[tuple[str, str]] = Counter()
        """Operations whose arguments lie on both devices, by name and line."""
        self.raced: Counter[str] = Counter()
        """Lines that sent memory without waiting, which changed before anyone waited."""

    @property
    def waited(self) -> int:
        """How often the host waited."""
        return sum(self.waits.values())

    @property
    def launched(self) -> int:
        """How many operations were launched."""
        return sum(self.launches.values())

    def launch(self, name: str) -> None:
        """Count an operation."""
        with self._lock:
            self.launches[name] += 1

    def wait(self, reason: str) -> None:
        """Count a wait at the line that is being executed."""
        with self._lock:
            self.waits[Wait(reason, line())] += 1

    def mix(self, name: str) -> None:
        """Count an operation whose arguments lie on both devices."""
        with self._lock:
            self.mixed[name, line()] += 1

    def send(self, count: int) -> None:
        """Count bytes that go to the GPU."""
        with self._lock:
            where = line()
            self.sent[where] += count
            self.copies[where] += 1

    def race(self, where: str) -> None:
        """Count memory that changed on its way."""
        with self._lock:
            self.raced[where] += 1

    def told(self) -> str:
        """Return everything but the launches in words, most frequent first."""
        found = [f"{self.waited} waits, {self.launched} launches, {sum(self.sent.values())} bytes"]
        found += [f"{n:5d} {reason}: {where}" for (reason, where), n in self.waits.most_common()]
        found += [f"{n:5d} mixed {name}: {where}" for (name, where), n in self.mixed.items()]
        found += [f"{n:5d} changed on its way: {where}" for where, n in self.raced.items()]
        return "\n".join(found)


def line() -> str:
    """Return the innermost line of the checkout that is being executed, this package apart."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(ROOT) and "site-packages" not in path and not _is_here(path):
            return f"{path[len(ROOT) :]}:{frame.f_lineno} {frame.f_code.co_name}"
        frame = frame.f_back
    return "elsewhere"


@cache
def _is_here(path: str) -> bool:
    """Tell whether a file is one of this package, but for its tests."""
    file = Path(path)
    return file.parent == HERE and not file.name.startswith("test_")
