"""Compiled loops over rows, on as many threads as the process was given."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_info

from vireid.errors import ConfigError

Result = TypeVar("Result")

_PARTS = 4
"""Parts of the work for each thread, so that uneven parts even out."""


def thread_count(threads: int | None = None) -> int:
    """Return how many threads to use.

    Args:
        threads: a number; where not given, as many as the matrix library uses, which environment
            variables (OMP_NUM_THREADS and its like) and threadpoolctl set.

    Returns:
        At least 1.

    Raises:
        ConfigError: threads below 1.
    """
    if threads is None:
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
        return max((int(pool["num_threads"]) for pool in pools), default=1)
    if threads < 1:
        raise ConfigError(f"threads is {threads}; expected at least 1")
    return threads


def over_rows(work: Callable[[int, int], Result], count: int, threads: int) -> list[Result]:
    """Call a function that releases the interpreter's lock for all parts of some rows.

    Args:
        work: called with the first row of a part and the row behind its last.
        count: N rows.
        threads: how many parts are worked on at a time.

    Returns:
        What the calls return, in the order of the rows; of no rows, the result of ``work(0, 0)``.
    """
    bounds = list(_bounds(count, threads * _PARTS if threads > 1 else 1))
    if threads == 1 or len(bounds) == 1:
        return [work(*bound) for bound in bounds]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda bound: work(*bound), bounds))


def _bounds(count: int, parts: int) -> Iterator[tuple[int, int]]:
    parts = max(1, min(parts, count))
    for part in range(parts):
        yield part * count // parts, (part + 1) * count // parts
