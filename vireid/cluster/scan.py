"""The k best of some columns for some query rows, whoever proposes them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vireid.cluster.candidates import rank_lists, rank_products
from vireid.cluster.device import proposals, rows_of, within
from vireid.cluster.margin import cpu_margin, device_margin
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.types import Float, Int

if TYPE_CHECKING:
    from torch import Tensor

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
    rows: Float,
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    how: Search,
    pieces: "Tensor | None" = None,
) -> list[Neighbours]:
    """Rank the k most similar columns for all queries, for each (columns, k) wanted.

    Args:
        rows: [N, D] unit rows.
        queries: [B] rows, ascending. Each comes first in its own lists, also where it is no column.
        wanted: columns, ascending, and how many of them; the first hold those of the others.
        how: threads, block and progress.
        pieces: [N, 2 D] of the rows on a device that multiplies; None: NumPy does.

    Returns:
        Indices [B, k] into the rows and similarities for each of the wanted.
    """
    found = [room(len(queries), k) for _, k in wanted]
    if not queries.size or not wanted:
        return found
    if pieces is not None:
        steps = _fill_on_device(rows, pieces, queries, wanted, found, how)
    else:
        steps = _fill_exactly(rows, queries, wanted, found, how)
    for done in steps:
        if how.progress is not None:
            how.progress(done, len(queries))
    return found


def _fill_exactly(
    rows: Float,
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    found: Sequence[Neighbours],
    how: Search,
) -> Iterator[int]:
    """Fill what was found out of NumPy's products, a block of queries at a time; yield the done."""
    threads = thread_count(how.threads)
    base = wanted[0][0]
    others = rows if len(base) == len(rows) else rows[base]
    for part in _blocks(len(queries), how.cpu_block(len(base))):
        asked = queries[part]
        products = rows[asked] @ others.T
        for (columns, _), (indices, similarities) in zip(wanted, found, strict=True):
            own = np.searchsorted(base, columns)
            mine = (indices[part], similarities[part])
            _rank_products(rows, asked, columns, own, products, mine, threads)
        yield part.stop


def _fill_on_device(
    rows: Float,
    pieces: "Tensor",
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    found: Sequence[Neighbours],
    how: Search,
) -> Iterator[int]:
    """Fill what was found out of a device's products, a block at a time; yield the done.

    A query that has more candidates than the device proposes is left to NumPy.
    """
    threads, margin = thread_count(how.threads), device_margin(rows.shape[1])
    base, block = wanted[0][0], how.device_block(len(wanted[0][0]))
    places = [(np.searchsorted(base, columns), k) for columns, k in wanted]
    own = pieces if len(base) == len(rows) else rows_of(pieces, base)
    proposed = proposals(own, pieces, queries, places, block)
    for part, lists in zip(_blocks(len(queries), block), proposed, strict=True):
        left = np.zeros(part.stop - part.start, dtype=bool)
        for (columns, k), proposal, (indices, similarities) in zip(
            wanted, lists, found, strict=True
        ):
            bounds, near, undecided = within(proposal, k, len(columns), margin)
            mine = (indices[part], similarities[part])
            _rank(rows, queries[part], bounds, columns[near], mine, threads)
            left[undecided] = True
        _fill_left(rows, queries, wanted, found, how, part.start + np.flatnonzero(left))
        yield part.stop


def _fill_left(
    rows: Float,
    queries: Int,
    wanted: Sequence[tuple[Int, int]],
    found: Sequence[Neighbours],
    how: Search,
    left: Int,
) -> None:
    """Fill what was found for some of the queries out of NumPy's products."""
    again = best_of(rows, queries[left], wanted, replace(how, progress=None))
    for target, source in zip(found, again, strict=True):
        target[0][left], target[1][left] = source


def _blocks(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _rank_products(
    rows: Float,
    queries: Int,
    columns: Int,
    places: Int,
    products: Float,
    target: Neighbours,
    threads: int,
) -> None:
    margin = cpu_margin(rows.shape[1])
    over_rows(
        lambda start, stop: rank_products(
            rows, queries, columns, places, products, margin, start, stop, *target
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
