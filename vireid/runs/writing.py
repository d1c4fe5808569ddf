"""A thread that writes what a training leaves, while the training goes on."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

AHEAD = 1
"""Jobs that wait behind the one in work; each holds a copy of all that it writes."""


class Writer:
    """Does one job after the other in a thread of its own.

    Args:
        pool: of one thread.
    """

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._jobs: deque[Future[None]] = deque()
        self._problem: BaseException | None = None

    def write(self, job: Callable[[], None]) -> None:
        """Hand a job over; wait while another one waits already.

        Args:
            job: writes something, and depends on nothing that the training changes.
        """
        while len(self._jobs) > AHEAD or (self._jobs and self._jobs[0].done()):
            self._end_one()
        self._jobs.append(self._pool.submit(job))

    def check(self) -> None:
        """Tell of a job that has failed.

        Raises:
            VireidError: the first one that did, since this was asked last.
        """
        while self._jobs and self._jobs[0].done():
            self._end_one()
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def finish(self) -> None:
        """Wait until everything is written.

        Raises:
            VireidError: a job has failed; those behind it are done all the same.
        """
        while self._jobs:
            self._end_one()
        self.check()

    def _end_one(self) -> None:
        """Wait for the oldest job."""
        problem = self._jobs.popleft().exception()
        self._problem = self._problem or problem


@contextmanager
def writing() -> Iterator[Writer]:
    """Begin a thread that writes; in the end, let it write what it was given.

    Yields:
        Who takes jobs.
    """
    with ThreadPoolExecutor(1, "writing") as pool:
        yield Writer(pool)
