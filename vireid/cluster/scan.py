"""The k best of some columns for some query rows, whoever proposes them."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from vireid.cluster.approximate import approximate_candidates
from vireid.cluster.candidates import rank_lists, rank_products
from vireid.cluster.device import device_candidates, rows_on
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.types import Float, Int

Neighbours = tuple[Int, Float]
"""Indices [N, k] int64 and similarities [N, k] float32, nearest first."""


def room(count: int, k: int) -> Neighbours:
    """Return neighbours that are not filled yet.

    Args:
        count: rows.
        k: neighbours of each.

    Returns:
        Indices and similarities [count, k], undefined.
    """
    return np.empty((count, k), dtype=np.int64), np.empty((count, k), dtype=np.float32)


def best_of(
    rows: Float, queries: Int, wanted: Sequence[tuple[Int, int]], how: Search
) -> list[Neighbours]:
    """Rank the k most similar columns for all queries, for each (columns, k) wanted.

    Args:
        rows: [N, D] unit rows.
        queries: [B] rows, ascending, each one of all columns.
        wanted: columns, ascending, and how many of them; the first hold those of the others.
        how: backend, device, threads, block and progress.

    Returns:
        Indices [B, k] into the rows and similarities for each of the wanted.

    Raises:
        ConfigError: the backend is not installed.
    """
    found = [room(len(queries), k) for _, k in wanted]
    if not queries.size or not wanted:
        return found
    fill = _fill_approximately if how.backend == "ivf" else _fill_exactly
    for done in fill(rows, queries, wanted, found, how):
        if how.progress is not None:
            how.progress(done, len(queries))
    return found


def _fill_approximately(
    rows: Float,
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    found: Sequence[Neighbours],
    how: Search,
) -> Iterator[int]:
    """Fill what was found out of inverted files; yield the queries done."""
    threads = thread_count(how.threads)
    for (columns, k), target in zip(wanted, found, strict=True):
        others = rows if len(columns) == len(rows) else rows[columns]
        own = np.searchsorted(columns, queries)
        bounds, near = approximate_candidates(others, own, k, threads=threads)
        _rank(rows, queries, bounds, columns[near], target, threads)
    yield len(queries)


def _fill_exactly(
    rows: Float,
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    found: Sequence[Neighbours],
    how: Search,
) -> Iterator[int]:
    """Fill what was found out of all products, a block of queries at a time; yield the done."""
    threads = thread_count(how.threads)
    base = wanted[0][0]
    others = rows if len(base) == len(rows) else rows[base]
    on_cpu = how.device == "cpu"
    multiplied: Any = others if on_cpu else rows_on(how.device, others)
    for start in range(0, len(queries), how.block):
        part = slice(start, min(start + how.block, len(queries)))
        asked = queries[part]
        places = np.searchsorted(base, asked)
        products = multiplied[places] @ multiplied.T
        for (columns, k), (indices, similarities) in zip(wanted, found, strict=True):
            own = np.searchsorted(base, columns)
            mine = (indices[part], similarities[part])
            if on_cpu:
                _rank_products(rows, asked, columns, own, products, mine, threads)
            else:
                near_in = products if len(columns) == len(base) else products[:, own]
                bounds, near = device_candidates(near_in, k)
                _rank(rows, asked, bounds, columns[near], mine, threads)
        yield part.stop


def _rank_products(
    rows: Float,
    queries: Int,
    columns: Int,
    places: Int,
    products: Float,
    target: Neighbours,
    threads: int,
) -> None:
    over_rows(
        lambda start, stop: rank_products(
            rows, queries, columns, places, products, start, stop, *target
        ),
        len(queries),
        threads,
    )


def _rank(
    rows: Float, queries: Int, bounds: Int, near: Int, target: Neighbours, threads: int
) -> None:
    over_rows(
        lambda start, stop: rank_lists(rows, queries, bounds, near, start, stop, *target),
        len(queries),
        threads,
    )
