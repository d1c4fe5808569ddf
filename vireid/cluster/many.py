"""Exact neighbours of many rows on the CPU: the ranges of rows that ask for each other."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from vireid.cluster.both_sides import Wish, both_sides
from vireid.cluster.scan import Neighbours, best_of
from vireid.cluster.search_options import Search
from vireid.types import Float, Int, Modality

LEAST = 8192
"""Rows from which on it pays to use each product for both of its rows."""

Ask = tuple[Int, Sequence[tuple[Int, int]]]
"""Queries, ascending, and the columns that may be neighbours, ascending, with how many of them."""


def many_best(rows: Float, kind: Int, asks: Sequence[Ask], how: Search) -> list[list[Neighbours]]:
    """Rank the k most similar columns for the queries of each modality.

    Args:
        rows: [N, D] unit rows.
        kind: [N] 0 visible, 1 infrared.
        asks: queries of one modality each, and what they want: columns are all rows, or all of a
            modality.
        how: threads, block and progress.

    Returns:
        What ``scan.best_of`` returns for each of the asks: the same.
    """
    later = np.ones(len(rows), dtype=np.int64)
    for queries, _ in asks:
        later[queries] = 0
    order = np.lexsort((later, kind))
    edges = np.searchsorted(kind[order], [*Modality, len(Modality)]).tolist()
    spans, wishes = [], []
    for queries, wanted in asks:
        first = edges[int(kind[queries[0]])] if queries.size else 0
        spans.append((first, first + len(queries)))
        for columns, k in wanted:
            one = int(kind[columns[0]]) if columns.size else 0
            among = (0, len(rows)) if len(columns) == len(rows) else (edges[one], edges[one + 1])
            wishes.append((columns, Wish(spans[-1], among, k)))
    steps = both_sides(rows, order, sorted(spans), [wish for _, wish in wishes], how)
    found = []
    for (columns, wish), (queries, indices, similarities, left) in zip(wishes, steps, strict=True):
        if left.size:
            rest = [(columns, wish.k)]
            again = best_of(rows, queries[left], rest, replace(how, progress=None))[0]
            indices[left], similarities[left] = again
        found.append((indices, similarities))
    cuts = np.cumsum([0, *(len(wanted) for _, wanted in asks)])
    return [found[a:b] for a, b in pairwise(cuts)]
