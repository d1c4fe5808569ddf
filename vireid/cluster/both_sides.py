"""Exact neighbours of many rows: each product of two rows counts for both, a tile at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vireid.cluster.collecting import offer_columns, offer_rows, rank_collected
from vireid.cluster.low_precision import has_bf16, multiply_rounded, rounded, rounding_errors
from vireid.cluster.margin import cpu_margin, rounded_margins
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.types import Float, Int

_TILE = 2048
"""Rows of a tile; its products take 16 MiB."""

Kept = tuple[Float, Float, Int, Int, Float]


@dataclass(frozen=True)
class Wish:
    """k neighbours of the rows at some places among those at others."""

    asked: tuple[int, int]
    """First place and the one behind the last."""
    among: tuple[int, int]
    k: int


def both_sides(
    rows: Float, order: Int, asked: Sequence[tuple[int, int]], wishes: Sequence[Wish], how: Search
) -> Iterator[tuple[Int, Int, Float, Int]]:
    """Find neighbours among all rows, each tile of products used for its rows and its columns.

    The products are those of NumPy, or of bf16 where the processor has it. They only propose: what
    lies within a proven margin of the k-th largest is ranked by exact dot products, as in ``scan``.
    Of rows that are all asked for, half of the N^2 products are computed; each wish takes memory
    for N (8 k + 128) values.

    Args:
        rows: [N, D] unit rows.
        order: [N] the row at each place.
        asked: ranges of places, rising, that wishes ask about.
        wishes: what is wanted; each asks about one of these ranges.
        how: threads, block and progress.

    Yields:
        For each wish: the S rows asked for, indices [S, k], similarities [S, k], and the places
        within S of rows with more candidates than there is room for, whose lists are undefined.
    """
    low, threads = has_bf16(), thread_count(how.threads)
    margins = _margins(rows, low)[order]
    kept = [_room(wish, margins) for wish in wishes]
    tiles = _tiles(len(rows), asked, how.block or _TILE)
    size = max(stop - start for start, stop, _ in tiles)
    space = np.empty(size * size, dtype=np.float32)
    total = sum(stop - start for start, stop in asked)
    for number, (start, stop, own) in enumerate(tiles):
        if not own:
            continue
        left = _tile(rows, order, start, stop, low)
        for other, (first, last, too) in enumerate(tiles):
            if too and other < number:
                continue  # the other tile offered these
            right = left if other == number else _tile(rows, order, first, last, low)
            products = space[: len(left) * len(right)].reshape(len(left), len(right))
            if low:
                multiply_rounded(left, right, products)
            else:
                np.matmul(left, right.T, out=products)
            here, there = (start, stop), (first, last)
            for wish, rows_kept in zip(wishes, kept, strict=True):
                _to_rows(products, here, there, wish, rows_kept, threads)
                if too and other != number:
                    _to_columns(products, here, there, wish, rows_kept, threads)
        if how.progress is not None:
            how.progress(round(total * _share(number + 1, len(tiles))), total)
    for wish, rows_kept in zip(wishes, kept, strict=True):
        yield _ranked(rows, order, wish, rows_kept, threads)


def _share(done: int, count: int) -> float:
    """Return how much of a triangle its first columns hold."""
    return 1 - (1 - done / count) ** 2


def _margins(rows: Float, low: bool) -> Float:
    if low:
        return rounded_margins(rounding_errors(rows), rows.shape[1])
    return np.full(len(rows), cpu_margin(rows.shape[1]), dtype=np.float32)


def _room(wish: Wish, margins: Float) -> Kept:
    """Return that nothing is collected yet."""
    first, last = wish.asked
    count, room = last - first, 4 * wish.k + 64
    return (
        np.full(count, -np.inf, dtype=np.float32),
        np.empty((count, room), dtype=np.float32),
        np.empty((count, room), dtype=np.int32),
        np.zeros(count, dtype=np.int64),
        margins[first:last],
    )


def _tiles(count: int, asked: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int, bool]]:
    """Cut all places into tiles, each asked about as a whole or not at all."""
    edges = sorted({0, count, *(edge for span in asked for edge in span)})
    found = []
    for low, high in pairwise(edges):
        own = any(first <= low and high <= last for first, last in asked)
        found += [(k, min(k + size, high), own) for k in range(low, high, size)]
    return found


def _tile(rows: Float, order: Int, start: int, stop: int, low: bool) -> Float:
    found = rows[order[start:stop]]
    return rounded(found) if low else found


def _common(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    first = max(one[0], other[0])
    return first, max(first, min(one[1], other[1]))


def _to_rows(
    products: Float,
    here: tuple[int, int],
    there: tuple[int, int],
    wish: Wish,
    kept: Kept,
    threads: int,
) -> None:
    """Offer what a wish asks of a tile to the tile's rows."""
    (top, bottom), (left, right) = _common(here, wish.asked), _common(there, wish.among)
    part = products[top - here[0] : bottom - here[0], left - there[0] : right - there[0]]
    if part.size:
        slot = top - wish.asked[0]
        over_rows(
            lambda start, stop: offer_rows(part, slot, left, start, stop, wish.k, kept),
            len(part),
            threads,
        )


def _to_columns(
    products: Float,
    here: tuple[int, int],
    there: tuple[int, int],
    wish: Wish,
    kept: Kept,
    threads: int,
) -> None:
    """Offer the same to the tile's columns."""
    (left, right), (top, bottom) = _common(there, wish.asked), _common(here, wish.among)
    part = products[top - here[0] : bottom - here[0], left - there[0] : right - there[0]]
    if part.size:
        slot = left - wish.asked[0]
        over_rows(
            lambda start, stop: offer_columns(part, slot, top, start, stop, wish.k, kept),
            part.shape[1],
            threads,
        )


def _ranked(
    rows: Float, order: Int, wish: Wish, kept: Kept, threads: int
) -> tuple[Int, Int, Float, Int]:
    queries = order[slice(*wish.asked)]
    indices = np.empty((len(queries), wish.k), dtype=np.int64)
    similarities = np.empty((len(queries), wish.k), dtype=np.float32)
    over_rows(
        lambda start, stop: rank_collected(
            rows, order, queries, start, stop, wish.k, kept, indices, similarities
        ),
        len(queries),
        threads,
    )
    return queries, indices, similarities, np.flatnonzero(kept[3] < 0)
