"""Drawings by several processes: the first job here, which compiles, then all others at once."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from threadpoolctl import threadpool_limits

from vireid.errors import DataError

Piece = TypeVar("Piece")
Drawn = TypeVar("Drawn")


def drawn_apart(
    draw: Callable[[Piece], Drawn], jobs: Sequence[Piece], processes: int | None
) -> Iterator[tuple[Piece, Drawn]]:
    """Do jobs and yield each with what came of it, in any order.

    Args:
        draw: does one; can be sent to another process.
        jobs: at least one.
        processes: how many at once; one a processor if not given.

    Yields:
        A job and its result, as soon as it is done.

    Raises:
        DataError: a process ended unexpectedly.
    """
    count = min(processes or os.cpu_count() or 1, len(jobs))
    yield jobs[0], draw(jobs[0])
    if count == 1:
        for job in jobs[1:]:
            yield job, draw(job)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_one_thread) as pool:
        waiting = {pool.submit(draw, job): job for job in jobs[1:]}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BrokenProcessPool as error:
            raise DataError(
                "a process that renders images ended unexpectedly; free memory or use one process"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one_thread() -> None:
    threadpool_limits(1)
