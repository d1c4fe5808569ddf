"""Exact neighbours of many rows: each product of two rows counts for both, a tile at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vireid.cluster.collecting import offer_columns, offer_rows, rank_collected
from vireid.cluster.low_precision import has_bf16, multiply_short, shortened
from vireid.cluster.margin import SLACK, cpu_margin, rounded_margins
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.types import Float, Int

_TILE = 2048
"""Rows of a tile; its products take 16 MiB."""

Span = tuple[int, int]
"""First place and the one behind the last."""
Kept = tuple[Float, Float, Int, Int, Float]
"""What ``collecting`` keeps."""


@dataclass(frozen=True)
class Wish:
    """k neighbours of the rows at some places among those at others."""

    asked: Span
    among: Span
    k: int


def both_sides(
    rows: Float, order: Int, asked: Sequence[Span], wishes: Sequence[Wish], how: Search
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
    products, threads = _products(rows, order), thread_count(how.threads)
    kept = [_room(wish, products.margins) for wish in wishes]
    tiles = _tiles(len(rows), asked, how.block or _TILE)
    size = max(stop - start for start, stop, _ in tiles)
    space = np.empty(size * size, dtype=np.float32)
    total, pairs = sum(stop - start for start, stop in asked), _pairs(tiles)
    for done, (here, there, twice) in enumerate(pairs, start=1):
        found = products.multiply(here, there, space)
        for wish, rows_kept in zip(wishes, kept, strict=True):
            job = (wish, products.slack, rows_kept, threads)
            _to_rows(found, here, there, *job)
            if twice:
                _to_columns(found, here, there, *job)
        if how.progress is not None:
            how.progress(done * total // len(pairs), total)
    for wish, rows_kept in zip(wishes, kept, strict=True):
        yield _ranked(rows, order, (wish, products.slack, rows_kept, threads))


@dataclass(frozen=True)
class _Products:
    """How tiles are multiplied, and what their products are worth."""

    multiply: Callable[[Span, Span, Float], Float]
    margins: Float
    """[N] by place."""
    slack: float


def _products(rows: Float, order: Int) -> _Products:
    """Choose bf16 where the processor has it, else NumPy's float32."""

    def in_float32(here: Span, there: Span, space: Float) -> Float:
        left, right = rows[order[slice(*here)]], rows[order[slice(*there)]]
        out = space[: len(left) * len(right)].reshape(len(left), len(right))
        return np.matmul(left, right.T, out=out)

    if has_bf16():
        short, errors = shortened(rows, order)

        def in_bf16(here: Span, there: Span, space: Float) -> Float:
            left, right = short[slice(*here)], short[slice(*there)]
            out = space[: len(left) * len(right)].reshape(len(left), len(right))
            multiply_short(left, right, out)
            # Products of unit rows are finite; a library that fails here would hide neighbours.
            return out if np.isfinite(out.sum()) else in_float32(here, there, space)

        return _Products(in_bf16, rounded_margins(errors, rows.shape[1]), SLACK)

    margin = cpu_margin(rows.shape[1])
    return _Products(in_float32, np.full(len(rows), margin, dtype=np.float32), 0.0)


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


def _tiles(count: int, asked: Sequence[Span], size: int) -> list[tuple[int, int, bool]]:
    """Cut all places into tiles, each asked about as a whole or not at all."""
    edges = sorted({0, count, *(edge for span in asked for edge in span)})
    found = []
    for low, high in pairwise(edges):
        own = any(first <= low and high <= last for first, last in asked)
        found += [(k, min(k + size, high), own) for k in range(low, high, size)]
    return found


def _pairs(tiles: Sequence[tuple[int, int, bool]]) -> list[tuple[Span, Span, bool]]:
    """List which tiles to multiply, and whether both sides are asked about.

    Tiles with themselves come first: they give each row a floor that spares most later work.
    """
    alone: list[tuple[Span, Span, bool]] = []
    others: list[tuple[Span, Span, bool]] = []
    for number, (*here, asks) in enumerate(tiles):
        for other, (*there, too) in enumerate(tiles):
            if asks and not (too and other < number):
                pair = ((here[0], here[1]), (there[0], there[1]), too and other != number)
                (alone if other == number else others).append(pair)
    return alone + others


def _common(one: Span, other: Span) -> Span:
    first = max(one[0], other[0])
    return first, max(first, min(one[1], other[1]))


def _to_rows(
    products: Float,
    here: Span,
    there: Span,
    wish: Wish,
    slack: float,
    kept: Kept,
    threads: int,
) -> None:
    """Offer what a wish asks of a tile to the tile's rows."""
    (top, bottom), (left, right) = _common(here, wish.asked), _common(there, wish.among)
    part = products[top - here[0] : bottom - here[0], left - there[0] : right - there[0]]
    if part.size:
        slot = top - wish.asked[0]
        over_rows(
            lambda start, stop: offer_rows(part, slot, left, start, stop, wish.k, slack, kept),
            len(part),
            threads,
        )


def _to_columns(
    products: Float,
    here: Span,
    there: Span,
    wish: Wish,
    slack: float,
    kept: Kept,
    threads: int,
) -> None:
    """Offer the same to the tile's columns."""
    (left, right), (top, bottom) = _common(there, wish.asked), _common(here, wish.among)
    part = products[top - here[0] : bottom - here[0], left - there[0] : right - there[0]]
    if part.size:
        slot = left - wish.asked[0]
        over_rows(
            lambda start, stop: offer_columns(part, slot, top, start, stop, wish.k, slack, kept),
            part.shape[1],
            threads,
        )


def _ranked(
    rows: Float, order: Int, job: tuple[Wish, float, Kept, int]
) -> tuple[Int, Int, Float, Int]:
    wish, slack, kept, threads = job
    queries = order[slice(*wish.asked)]
    indices = np.empty((len(queries), wish.k), dtype=np.int64)
    similarities = np.empty((len(queries), wish.k), dtype=np.float32)
    over_rows(
        lambda start, stop: rank_collected(
            rows, order, queries, start, stop, wish.k, slack, kept, indices, similarities
        ),
        len(queries),
        threads,
    )
    return queries, indices, similarities, np.flatnonzero(kept[3] < 0)
