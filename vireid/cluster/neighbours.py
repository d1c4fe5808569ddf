"""Nearest neighbours among unit vectors, in memory that grows with N k."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import many
from vireid.cluster.approximately import approximate_best
from vireid.cluster.device import pieces_on_device
from vireid.cluster.many import Ask
from vireid.cluster.rows import checked_modality, unit_rows
from vireid.cluster.scan import Neighbours, best_of, room
from vireid.cluster.search_options import Backend, Search
from vireid.errors import ConfigError
from vireid.types import Float, Int, Modality

if TYPE_CHECKING:
    from torch import Tensor


def nearest_neighbours(
    embeddings: NDArray[np.floating],
    k: int,
    *,
    backend: Backend = "exact",
    search: Search | None = None,
) -> Neighbours:
    """Find the k most similar rows of each row.

    The search proposes candidates; their similarities are then recomputed in one fixed order of
    summation. So s(i, j) equals s(j, i), equal rows tie exactly, and what ``exact`` finds depends
    neither on the device and the precision that it multiplies in (``margin`` proves it), the
    block, the threads nor the matrix library. Time O(N^2 D), memory O(N k + N block); with
    ``ivf`` about O(N^1.5 D), with ``hnsw`` about O(N log N D). Rows that are all nearly equal cost
    a few times as much, as nearly all of them are candidates.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        k: neighbours wanted, the sample itself included; limited to N.
        backend: exact, or approximate ivf or hnsw (which need the package faiss).
        search: device, threads and more; where given, its backend counts.

    Returns:
        Indices [N, k] int64 and similarities [N, k] float32 (dot products), most similar first.
        The sample itself always comes first; ties are in the order of the indices. With a part
        of the search, only the rows of that part.

    Raises:
        DataError: embeddings that are not finite [N, D] rows of unit length.
        ConfigError: k below 1, an unknown backend, or one that is not installed.

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> nearest_neighbours(rows, 2)[0].tolist()
    [[0, 2], [1, 2], [2, 1]]
    """
    rows, how = unit_rows(embeddings), search or Search(backend)
    every = np.arange(len(rows))
    queries = every[how.rows(len(rows))]
    wanted = [(every, _limited(k, len(rows)))]
    pieces = pieces_on_device(embeddings, rows, how)
    alike = np.zeros(len(rows), dtype=np.int64)
    return _best(rows, alike, [(queries, wanted)], how, pieces)[0][0]


def modal_neighbours(
    embeddings: NDArray[np.floating],
    modality: NDArray[np.integer],
    *,
    k: int | None,
    own_k: int | None,
    across: bool = False,
    search: Search | None = None,
) -> tuple[Neighbours | None, dict[Modality, Neighbours]]:
    """Find the nearest rows among all, and those among each modality, in one search.

    Equal to ``nearest_neighbours`` of all rows and of each modality by itself, at little more
    than the price of the first: its products contain those of both others.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        k: neighbours among all rows, the sample itself included; None: not wanted.
        own_k: neighbours among the M rows of the same modality, likewise; None: not wanted.
        across: look for these among the rows of the other modality instead, the sample itself not
            being one of them.
        search: backend, device, threads and more.

    Returns:
        Neighbours among all rows [N, k], None where not wanted; and neighbours [M, own_k] within
        each modality wanted, as indices 0..M-1 into its rows; or, across, the neighbours of its
        rows as indices into those of the other modality. With a part of the search, only the rows
        of that part.

    Raises:
        DataError: embeddings that are not finite rows of unit length, or a modality that does not
            fit them.
        ConfigError: k or own_k below 1, or a backend that is not installed.
    """
    rows, how = unit_rows(embeddings), search or Search()
    kind = checked_modality(modality, len(rows)).astype(np.int64)
    every = np.arange(len(rows))
    chosen = every[how.rows(len(rows))]
    mixed = None if k is None else room(len(chosen), _limited(k, len(rows)))
    pieces = pieces_on_device(embeddings, rows, how)
    asks, own = [], {}
    for one in Modality:
        side = np.flatnonzero((kind == one) != across)
        wanted = [] if mixed is None else [(every, mixed[0].shape[1])]
        if own_k is not None:
            wanted.append((side, _limited(own_k, len(side)) + across))
        asks.append((chosen[kind[chosen] == one], wanted))
    for one, found in zip(Modality, _best(rows, kind, asks, how, pieces), strict=True):
        if mixed is not None:
            places = np.flatnonzero(kind[chosen] == one)
            mixed[0][places], mixed[1][places] = found[0]
        if own_k is not None:
            side = np.flatnonzero((kind == one) != across)
            near, similarity = found[-1][0][:, int(across) :], found[-1][1][:, int(across) :]
            own[one] = (np.searchsorted(side, near), similarity)
    return mixed, own


def _best(
    rows: Float, kind: Int, asks: Sequence[Ask], how: Search, pieces: "Tensor | None"
) -> list[list[Neighbours]]:
    """Rank what the queries of each modality ask for."""
    if how.backend != "exact":
        return approximate_best(rows, kind, asks, how)
    if pieces is None and len(rows) >= many.LEAST:
        return many.many_best(rows, kind, asks, how)
    return [best_of(rows, queries, wanted, how, pieces) for queries, wanted in asks]


def _limited(k: int, count: int) -> int:
    if k < 1:
        raise ConfigError(f"k is {k}; expected at least 1")
    return min(k, count)
