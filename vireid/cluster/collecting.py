"""Collect, for each row, the rows that may be among its nearest, out of one block after another."""

import numpy as np
from numba import njit

from vireid.cluster.candidates import rank_candidates
from vireid.compiled import kept

_CHUNK = 64
"""Products that are compared at once."""


@kept
@njit(nogil=True)
def _floor(values, k, margin, slack):  # type: ignore[no-untyped-def]
    """Return below which value none of those can be among the k nearest."""
    best = np.full(k, -np.inf, dtype=np.float32)
    for c in range(len(values)):
        value = values[c]
        if value > best[k - 1]:
            place = k - 1
            while place > 0 and best[place - 1] < value:
                best[place] = best[place - 1]
                place -= 1
            best[place] = value
    return best[k - 1] - (margin + slack * abs(best[k - 1]))


@kept
@njit(nogil=True)
def _thinned(values, places, count, k, margin, slack):  # type: ignore[no-untyped-def]
    """Keep what is above the floor; return how many, and the floor."""
    if count < k:
        return count, np.float32(-np.inf)
    floor = _floor(values[:count], k, margin, slack)
    left = 0
    for c in range(count):
        if values[c] >= floor:
            values[left], places[left] = values[c], places[c]
            left += 1
    return left, floor


@kept
@njit(nogil=True)
def _offer(value, place, slot, k, slack, kept_rows):  # type: ignore[no-untyped-def]
    """Keep a product for a row; a row that has no room left is given up (count -1)."""
    floors, values, places, counts, margins = kept_rows
    room = values.shape[1]
    if counts[slot] == room:
        counts[slot], floors[slot] = _thinned(
            values[slot], places[slot], room, k, margins[slot], slack
        )
        if counts[slot] > room - room // 8:
            counts[slot], floors[slot] = -1, np.inf
    if value >= floors[slot]:
        values[slot, counts[slot]], places[slot, counts[slot]] = value, place
        counts[slot] += 1


@kept
@njit(nogil=True)
def offer_rows(products, slot, place, start, stop, k, slack, kept_rows):  # type: ignore[no-untyped-def]
    """Offer the products of a block to its rows.

    Args:
        products: [A, B] approximate dot products.
        slot: where the block's first row stands among those collected for.
        place: of the block's first column.
        start: first of the A rows to work on.
        stop: the row behind the last.
        k: neighbours wanted.
        slack: what is added to the margins, as a share of the k-th largest product.
        kept_rows: what is collected so far: floors [S] float32, below which nothing counts;
            values [S, W] float32; places [S, W] int32; counts [S], -1 for a row that has more
            candidates than there is room for; margins [S] float32, see ``margin``. Changed.
    """
    floors, _, _, counts, margins = kept_rows
    for b in range(start, stop):
        line = products[b]
        if counts[slot + b] == 0 and len(line) >= 2 * k:
            floors[slot + b] = _floor(line, k, margins[slot + b], slack)
        for first in range(0, len(line), _CHUNK):
            last = min(first + _CHUNK, len(line))
            floor, hits = floors[slot + b], 0
            for c in range(first, last):
                hits += line[c] >= floor
            if hits:
                for c in range(first, last):
                    if line[c] >= floors[slot + b]:
                        _offer(line[c], place + c, slot + b, k, slack, kept_rows)


@kept
@njit(nogil=True)
def offer_columns(products, slot, place, start, stop, k, slack, kept_rows):  # type: ignore[no-untyped-def]
    """Offer the products of a block to its columns: the other side of the same pairs.

    Args:
        products: [A, B] approximate dot products.
        slot: where the block's first column stands among those collected for.
        place: of the block's first row.
        start: first of the B columns to work on.
        stop: the column behind the last.
        k: neighbours wanted.
        slack: what is added to the margins, as a share of the k-th largest product.
        kept_rows: as for ``offer_rows``. Changed.
    """
    floors = kept_rows[0]
    for b in range(len(products)):
        line = products[b]
        for first in range(start, stop, _CHUNK):
            last = min(first + _CHUNK, stop)
            hits = 0
            for c in range(first, last):
                hits += line[c] >= floors[slot + c]
            if hits:
                for c in range(first, last):
                    if line[c] >= floors[slot + c]:
                        _offer(line[c], place + b, slot + c, k, slack, kept_rows)


@kept
@njit(nogil=True)
def rank_collected(rows, order, queries, start, stop, k, slack, kept_rows, indices, similarities):  # type: ignore[no-untyped-def]
    """Rank by exact dot products what was collected.

    Args:
        rows: [N, D] unit rows.
        order: [N] the row at each place.
        queries: [S] the rows that were collected for.
        start: first of them to work on.
        stop: the one behind the last.
        k: neighbours wanted.
        slack: what is added to the margins, as a share of the k-th largest product.
        kept_rows: as ``offer_rows`` left them; rows given up are left out.
        indices: [S, k], filled from ``start`` to ``stop``.
        similarities: [S, k], likewise.
    """
    _, values, places, counts, margins = kept_rows
    for b in range(start, stop):
        if counts[b] < 0:
            continue
        count, _ = _thinned(values[b], places[b], counts[b], k, margins[b], slack)
        found = np.sort(order[places[b, :count]])
        rank_candidates(rows, queries[b], found, count, indices[b], similarities[b])
