"""Neighbours of rows that moved a little: among the former neighbours of their neighbours."""

import numpy as np
from numba import njit

from vireid.cluster.candidates import rank_candidates
from vireid.cluster.threads import over_rows
from vireid.compiled import kept
from vireid.types import Float, Int

_FAN = 16
"""How many neighbours of a row, and of each of these, are looked at."""
_ROUNDS = 2


def descend(rows: Float, near: Int, k: int, threads: int) -> tuple[Int, Float]:
    """Rank the nearest of each row's former neighbours and of their neighbours, two rounds of it.

    One step of the descent of Dong et al. (WWW 2011), which starts at random neighbours; these are
    those of a former search. Time O(N D) times a few hundred; memory O(N k).

    Args:
        rows: [M, D] unit rows.
        near: [M, K] former neighbours of each row, nearest first.
        k: neighbours wanted, at most M.
        threads: of the CPU.

    Returns:
        Indices [M, k] and similarities [M, k] float32, exact for what was found.
    """
    found = np.ascontiguousarray(near, dtype=np.int64)
    similarities = np.empty((len(rows), k), dtype=np.float32)
    for _ in range(_ROUNDS):
        former, found = found, np.empty((len(rows), k), dtype=np.int64)
        _round(rows, former, found, similarities, threads)
    return found, similarities


def _round(rows: Float, former: Int, found: Int, similarities: Float, threads: int) -> None:
    """Look once at the neighbours of all rows' neighbours."""
    over_rows(
        lambda start, stop: _look(rows, former, _FAN, start, stop, found, similarities),
        len(rows),
        threads,
    )


@kept
@njit(nogil=True)
def _look(rows, former, fan, start, stop, indices, similarities):  # type: ignore[no-untyped-def]
    """Rank the neighbours of neighbours of some rows.

    Args:
        rows: [M, D] unit rows.
        former: [M, K] neighbours as they were.
        fan: how many of them, and of each of these, are looked at.
        start: first of the M rows to work on.
        stop: the row behind the last.
        indices: [M, k], filled from ``start`` to ``stop``.
        similarities: [M, k], likewise.
    """
    count, wide = former.shape
    k = indices.shape[1]
    seen = np.full(count, -1, dtype=np.int64)
    room = np.empty(wide + min(fan, wide) * min(fan, wide) + k + 1, dtype=np.int64)
    for i in range(start, stop):
        seen[i] = i
        found = 0
        for a in range(wide):
            j = former[i, a]
            if seen[j] != i:
                seen[j] = i
                room[found] = j
                found += 1
        for a in range(min(fan, wide)):
            for b in range(min(fan, wide)):
                j = former[former[i, a], b]
                if seen[j] != i:
                    seen[j] = i
                    room[found] = j
                    found += 1
        j = 0
        while found < k - 1 and j < count:  # too few: rows of whatever kind fill the list
            if seen[j] != i:
                seen[j] = i
                room[found] = j
                found += 1
            j += 1
        rank_candidates(rows, i, np.sort(room[:found]), found, indices[i], similarities[i])
