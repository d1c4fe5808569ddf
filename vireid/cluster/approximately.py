"""Approximate search: an index, or the neighbours of the last search; its recall is told."""

from collections.abc import Iterator, Sequence

import numpy as np

from vireid.cluster.approximate import approximate_candidates, index_of
from vireid.cluster.candidates import rank_lists
from vireid.cluster.descent import descend
from vireid.cluster.many import Ask
from vireid.cluster.sampled import SAMPLE, sampled_recall
from vireid.cluster.scan import Neighbours, room
from vireid.cluster.search_options import Search
from vireid.cluster.threads import over_rows, thread_count
from vireid.errors import DataError
from vireid.types import Float, Int, Modality

_BLOCK = 32_768
"""Queries at a time."""
_ENOUGH = 0.98
"""Below this recall of a sample, what a former search led to does not count."""


def approximate_best(
    rows: Float, kind: Int, asks: Sequence[Ask], how: Search
) -> list[list[Neighbours]]:
    """Rank neighbours that an index or a former search proposes.

    Args:
        rows: [N, D] unit rows.
        kind: [N] 0 visible, 1 infrared.
        asks: queries of one modality each, and what they want.
        how: backend, threads, progress, the former search and who is told.

    Returns:
        What ``scan.best_of`` returns for each of the asks, approximately.

    Raises:
        ConfigError: faiss is not installed.
        DataError: the former search was of other rows.
    """
    found = [[room(len(queries), k) for _, k in wanted] for queries, wanted in asks]
    total = sum(len(queries) for queries, wanted in asks for _ in wanted)
    done = 0
    for group in _groups(asks):
        index = None
        columns = asks[group[0][0]][1][group[0][1]][0]
        for ask, wish in group:
            queries, (_, k) = asks[ask][0], asks[ask][1][wish]
            target = found[ask][wish]
            former = _former(how, kind, queries, columns, len(rows))
            if former is not None and _warm(rows, former, queries, columns, target, how):
                done += len(queries)
            else:
                index = index or index_of(_part(rows, columns), how.backend, threads=_threads(how))
                for count in _cold(rows, index, queries, columns, target, how):
                    done += count
                    if how.progress is not None:
                        how.progress(done, total)
                _tell(how, f"by {how.backend}", sampled_recall(rows, queries, columns, target), k)
    if how.progress is not None:
        how.progress(total, total)
    return found


def _groups(asks: Sequence[Ask]) -> Iterator[list[tuple[int, int]]]:
    """Yield which wishes are about the same columns, so that one index serves them."""
    groups: dict[int, list[tuple[int, int]]] = {}
    for ask, (queries, wanted) in enumerate(asks):
        for wish, (columns, _) in enumerate(wanted):
            if queries.size:
                groups.setdefault(id(columns), []).append((ask, wish))
    yield from groups.values()


def _threads(how: Search) -> int:
    return thread_count(how.threads)


def _part(rows: Float, columns: Int) -> Float:
    return rows if len(columns) == len(rows) else rows[columns]


def _former(
    how: Search, kind: Int, queries: Int, columns: Int, count: int
) -> tuple[Int, Int] | None:
    """Return former neighbours, as places within rows that hold all columns, and those rows."""
    if how.start is None:
        return None
    mixed, own = how.start
    if len(columns) == count and mixed is not None:
        near, among = mixed, np.arange(count)
    else:
        one = Modality(kind[queries[0]])
        if one not in own or not np.array_equal(columns, np.flatnonzero(kind == one)):
            return None  # across modalities, or not sought before
        near, among = own[one], columns
    if len(near) != len(among) or (near.size and near.max() >= len(among)):
        raise DataError(
            f"the former search has {len(near):,} rows, this one {len(among):,}; expected the same "
            "images in the same order, or no former search"
        )
    return near, among


def _warm(
    rows: Float,
    former: tuple[Int, Int],
    queries: Int,
    columns: Int,
    target: Neighbours,
    how: Search,
) -> bool:
    """Fill what was found from former neighbours; tell whether that is good enough."""
    near, among = former
    k = target[0].shape[1]
    indices, similarities = descend(_part(rows, among), near, k, _threads(how))
    places = np.searchsorted(among, queries)
    target[0][:], target[1][:] = among[indices[places]], similarities[places]
    recall = sampled_recall(rows, queries, columns, target)
    if recall < _ENOUGH:
        _tell(how, "from the former search, too low: an index is made instead", recall, k)
        return False
    _tell(how, "from the former search", recall, k)
    return True


def _cold(
    rows: Float, index: object, queries: Int, columns: Int, target: Neighbours, how: Search
) -> Iterator[int]:
    """Fill what was found out of an index; yield how many queries were done."""
    k = target[0].shape[1]
    for start in range(0, len(queries), _BLOCK):
        asked = queries[start : start + _BLOCK]
        bounds, near = approximate_candidates(index, rows[asked], min(k, len(columns)))
        mine = (target[0][start : start + _BLOCK], target[1][start : start + _BLOCK])
        _rank(rows, asked, bounds, columns[near], mine, _threads(how))
        yield len(asked)


def _rank(
    rows: Float, queries: Int, bounds: Int, near: Int, target: Neighbours, threads: int
) -> None:
    over_rows(
        lambda first, last: rank_lists(rows, queries, bounds, near, first, last, *target),
        len(queries),
        threads,
    )


def _tell(how: Search, source: str, recall: float, k: int) -> None:
    if how.told is not None:
        how.told(
            f"neighbours are approximate, {source}: recall at {k} is {recall:.4f} over {SAMPLE} "
            "images"
        )
