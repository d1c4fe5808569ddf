"""Approximate neighbours out of an index of the optional package faiss."""

from typing import Any

import numpy as np

from vireid.errors import ConfigError
from vireid.types import Float, Int

_PROBED = 32
"""Cells of an inverted file looked into for each query."""
_TRAINED = 40
"""Rows for each cell that its centre is learned from."""
_ROUNDS = 10
"""Rounds of the k-means that learns the centres."""
_LINKS, _BUILDING, _SEARCHING = 16, 60, 100
"""Links of a row in a graph, and how many rows are kept in view when it is built and searched."""
_SPARE = 8
"""Candidates beyond the k wanted, against rounding."""


def index_of(rows: Float, backend: str, *, threads: int = 1) -> Any:
    """Index rows.

    - ivf: about 4 sqrt(N) cells by k-means; a query sees the rows of the 32 nearest cells (Jégou
      et al., TPAMI 2011). The same at every call, with any number of threads.
    - hnsw: a graph of links to near rows in layers, which a query descends (Malkov and Yashunin,
      TPAMI 2020). The same at every call with one thread only.

    Args:
        rows: [M, D] unit rows, which the index copies.
        backend: ivf or hnsw.
        threads: of the CPU.

    Returns:
        An index of faiss.

    Raises:
        ConfigError: faiss is not installed.
    """
    try:
        import faiss
    except ImportError as error:
        raise ConfigError(
            f"the {backend} search needs faiss: pip install 'vireid[approximate]', or choose exact"
        ) from error
    faiss.omp_set_num_threads(threads)
    size = rows.shape[1]
    if backend == "hnsw":
        graph = faiss.IndexHNSWFlat(size, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = _BUILDING, _SEARCHING
        graph.add(rows)
        return graph
    cells = max(1, min(round(4 * np.sqrt(len(rows))), len(rows) // _TRAINED))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(size), size, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = 0
    index.cp.niter = _ROUNDS
    index.cp.max_points_per_centroid = _TRAINED
    index.nprobe = min(_PROBED, cells)
    index.train(rows)
    index.add(rows)
    return index


def approximate_candidates(index: Any, queries: Float, k: int) -> tuple[Int, Int]:
    """Propose neighbours of queries. A query that finds fewer than k rows sees all.

    Args:
        index: of M rows, as from ``index_of``.
        queries: [B, D] unit rows whose neighbours are wanted.
        k: neighbours wanted, at most M.

    Returns:
        Bounds [B + 1] and candidates, ascending for each query.
    """
    count = index.ntotal
    wanted = min(k + _SPARE, count)
    found = index.search(queries, wanted)[1]
    poor = np.flatnonzero((found >= 0).sum(axis=1) < min(k + 1, count))
    few = (found < 0).any()
    if not few:
        bounds = np.arange(0, found.size + 1, wanted)
        return bounds, np.sort(found, axis=1).ravel()
    lists = [row[row >= 0] for row in np.sort(found, axis=1)]
    for row in poor:
        lists[row] = np.arange(count)
    return np.cumsum([0, *map(len, lists)]), np.concatenate(lists)
