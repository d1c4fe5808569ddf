"""What an approximate search missed: exact neighbours of a few rows, beside those found."""

from dataclasses import replace

import numpy as np

from vireid.cluster.scan import Neighbours, best_of
from vireid.cluster.search_options import Search
from vireid.types import Float, Int

SAMPLE = 200
"""Rows that are looked up exactly."""


def sampled_recall(rows: Float, queries: Int, columns: Int, found: Neighbours) -> float:
    """Return the share of true neighbours that were found, over rows taken at even steps.

    Args:
        rows: [N, D] unit rows.
        queries: [B] rows that were asked for.
        columns: rows that may be neighbours, ascending.
        found: indices into the rows [B, k] and exact similarities.

    Returns:
        0 to 1; equally similar rows count as found. 1 where nothing was asked for.
    """
    chosen = np.unique(np.linspace(0, len(queries) - 1, SAMPLE).astype(np.int64))
    if not len(queries):
        return 1.0
    k = found[0].shape[1]
    exact = best_of(rows, queries[chosen], [(columns, k)], replace(Search(), threads=1))[0]
    return float(np.mean(found[1][chosen] >= exact[1][:, -1:]))
