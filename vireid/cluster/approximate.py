"""Approximate neighbours out of an inverted file, by the optional package faiss."""

import numpy as np

from vireid.errors import ConfigError
from vireid.types import Float, Int

_PROBED = 32
"""Cells looked into for each query."""
_TRAINED = 40
"""Rows for each cell that its centre is learned from."""
_ROUNDS = 10
"""Rounds of the k-means that learns the centres."""
_SPARE = 8
"""Candidates beyond the k wanted, against rounding."""


def approximate_candidates(
    rows: Float, queries: Float, k: int, *, threads: int = 1
) -> tuple[Int, Int]:
    """Propose neighbours of the queries from the cells of an inverted file that are nearest.

    The rows are split into about 4 sqrt(N) cells by k-means; a query sees the rows of the 32
    nearest cells (Jégou et al., TPAMI 2011). A query that finds fewer than k rows sees all.

    Args:
        rows: [M, D] unit rows.
        queries: [B, D] unit rows whose neighbours are wanted.
        k: neighbours wanted, at most M.
        threads: of the CPU.

    Returns:
        Bounds [B + 1] and candidates, ascending for each query.

    Raises:
        ConfigError: faiss is not installed.
    """
    try:
        import faiss
    except ImportError as error:
        raise ConfigError(
            "the ivf search needs faiss: pip install 'vireid[approximate]', or choose exact"
        ) from error
    faiss.omp_set_num_threads(threads)
    size = rows.shape[1]
    cells = max(1, min(round(4 * np.sqrt(len(rows))), len(rows) // _TRAINED))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(size), size, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = 0
    index.cp.niter = _ROUNDS
    index.cp.max_points_per_centroid = _TRAINED
    index.nprobe = min(_PROBED, cells)
    index.train(rows)
    index.add(rows)
    wanted = min(k + _SPARE, len(rows))
    found = index.search(queries, wanted)[1]
    poor = np.flatnonzero((found >= 0).sum(axis=1) < min(k + 1, len(rows)))
    lists = [row[row >= 0] for row in np.sort(found, axis=1)] if poor.size else []
    if not lists:
        bounds = np.arange(0, found.size + 1, wanted)
        return bounds, np.sort(found, axis=1).ravel()
    for row in poor:
        lists[row] = np.arange(len(rows))
    return np.cumsum([0, *map(len, lists)]), np.concatenate(lists)
