"""Frames one after the other, some of them in other threads, with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from vireid.cropping.frames import Recording, View
from vireid.types import Tell

AHEAD = 3
"""Frames for each thread that are decoded or wait to be."""

Result = TypeVar("Result")


def through(
    recording: Recording,
    wanted: Sequence[int],
    job: Callable[[int, View], Result],
    workers: int,
    tell: Tell | None,
) -> Iterator[tuple[int, Result]]:
    """Do a piece of work on frames.

    Args:
        recording: the frames.
        wanted: places of the frames, ascending.
        job: the work, given a place and its view, in any thread.
        workers: how many threads.
        tell: told after each frame.

    Yields:
        Places and results in order, as far as the frames are there.
    """
    waiting: deque[tuple[int, Future[Result]]] = deque()
    pool = ThreadPoolExecutor(workers)
    done = 0

    def first() -> tuple[int, Result]:
        place, future = waiting.popleft()
        return place, future.result()

    try:
        for place, view in recording.views(wanted):
            waiting.append((place, pool.submit(job, place, view)))
            if len(waiting) >= AHEAD * workers:
                yield first()
                done += 1
                if tell is not None:
                    tell(done, len(wanted))
        while waiting:
            yield first()
            done += 1
            if tell is not None:
                tell(done, len(wanted))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
