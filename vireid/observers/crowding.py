"""Whether threads wait for each other as other programs take their cores, and what helps."""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter, process_time

SHORTEST = 30.0
"""Seconds below which nothing is said of a piece of work."""
SLOW = 3
"""How many times as long a piece of work takes as its threads would need together."""
QUEUED = 0.25
"""Share of the time that threads stand in the queue for a core, where other programs slow them."""
HINT = (
    "other programs take cores of this one, whose threads then wait for each other: "
    "--threads 1 may be several times as fast here"
)


@dataclass(frozen=True)
class Spent:
    """What a process has spent since it began, or on a piece of work, in seconds."""

    wall: float
    """Time that went by."""
    cpu: float
    """Computing time of all threads together."""
    queued: float
    """Time that threads were ready and had no core, all together; 0 where the system does not
    say it."""

    def since(self, before: "Spent") -> "Spent":
        """Return what was spent since an earlier moment.

        Args:
            before: what had been spent then.

        Returns:
            The difference.
        """
        return Spent(self.wall - before.wall, self.cpu - before.cpu, self.queued - before.queued)


def is_crowded(spent: Spent, threads: int) -> bool:
    """Tell whether a piece of work was slowed by other programs, so that fewer threads are faster.

    A GPU, a slow disk, or work that is too small for so many threads leave cores alone, too; then
    no thread stands in the queue for one.

    Args:
        spent: on the piece of work.
        threads: that it was shared out to.

    Returns:
        True where it took ``SLOW`` times as long as its threads would need, and they queued.

    >>> is_crowded(Spent(wall=100, cpu=25, queued=90), threads=2)
    True
    >>> is_crowded(Spent(wall=100, cpu=25, queued=0), threads=2)
    False
    """
    return (
        threads > 1
        and spent.wall >= SHORTEST
        and spent.wall > SLOW * spent.cpu / threads
        and spent.queued > QUEUED * spent.wall
    )


def spent_so_far() -> Spent:
    """Return what this process has spent.

    Returns:
        Times since any moment; of the queue, those of the threads that there are now.
    """
    queued = 0
    for file in Path("/proc/self/task").glob("*/schedstat"):  # Linux alone has them
        try:
            queued += int(file.read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return Spent(perf_counter(), process_time(), queued / 1e9)


class Crowding:
    """Warns once where a piece of work is slowed by other programs.

    Args:
        spent: what the process has spent so far.
        threads: how many threads torch computes with.
    """

    def __init__(
        self, spent: Callable[[], Spent] = spent_so_far, threads: Callable[[], int] | None = None
    ) -> None:
        self._spent, self._threads = spent, threads or _threads
        self._begun = spent()
        self._told = False

    def begin(self) -> None:
        """Note that a piece of work begins."""
        self._begun = self._spent()

    def end(self) -> None:
        """Warn, once in all, where the piece of work was slowed; the next one begins."""
        now = self._spent()
        found, self._begun = now.since(self._begun), now
        if not self._told and is_crowded(found, self._threads()):
            self._told = True
            warnings.warn(HINT, stacklevel=2)


@cache
def crowding() -> Crowding:
    """Return what warns in this process.

    Returns:
        The same one for all trainings of a command, so that it is said once.
    """
    return Crowding()


def _threads() -> int:
    """Return how many threads torch takes; 1 where it was never needed."""
    torch = sys.modules.get("torch")
    return 1 if torch is None else int(torch.get_num_threads())
