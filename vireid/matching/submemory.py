"""Several memories for each cluster: the centres of its sub-clusters."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import cluster_members, finite_rows, kmeans
from vireid.errors import ConfigError, DataError
from vireid.types import Bool, Float, Int

if TYPE_CHECKING:
    from torch import Tensor


def sub_memories(
    embeddings: NDArray[np.floating],
    labels: NDArray[np.integer],
    n: int = 4,
    *,
    generator: np.random.Generator,
    n_init: int = 4,
    resident: "Tensor | None" = None,
) -> tuple[Float, Bool]:
    """Split each cluster by k-means and keep the centres of its parts (MMM, multi-memory learning).

    Args:
        embeddings: [N, D] rows; not modified. Centres are means and are not normalised.
        labels: [N] cluster labels 0..C-1 without gaps, -1 for noise, which is left out.
        n: memories of a cluster; a cluster with fewer different samples gets as many as it has.
        generator: source of the starts of k-means.
        n_init: starts of k-means, of which the best is kept.
        resident: [N, D] the same embeddings, finite, on the device that is to split all clusters
            at once; with the same draws.

    Returns:
        Memories [C, n, D] float32 and mask [C, n], True where there is a memory. The memories of
        a cluster come first, the rows after them are zero.

    Raises:
        DataError: embeddings that are not finite [N, D], labels that do not fit or skip numbers.
        ConfigError: n or n_init below 1.

    >>> rows = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    >>> _, mask = sub_memories(rows, np.zeros(3, int), generator=np.random.default_rng(0))
    >>> mask.tolist()
    [[True, True, False, False]]
    """
    if n < 1 or n_init < 1:
        raise ConfigError(f"n is {n} and n_init is {n_init}; expected both to be at least 1")
    rows = finite_rows(embeddings) if resident is None else embeddings
    members = cluster_members(labels)
    if np.shape(labels) != (len(rows),):
        raise DataError(f"labels have shape {np.shape(labels)}; expected ({len(rows)},)")
    skipped = [cluster for cluster, group in enumerate(members) if not group.size]
    if skipped:
        raise DataError(f"labels skip cluster {skipped[0]}; expected 0..C-1 and -1 for noise")
    if resident is not None:
        return _split_there(resident, members, n, generator, n_init)
    memories = np.zeros((len(members), n, rows.shape[1]), dtype=np.float32)
    mask = np.zeros((len(members), n), dtype=np.bool_)
    for cluster, group in enumerate(members):
        centres = kmeans(rows[group], n, generator=generator, n_init=n_init).centres
        memories[cluster, : len(centres)] = centres
        mask[cluster, : len(centres)] = True
    return memories, mask


def _split_there(
    resident: "Tensor", members: list[Int], n: int, generator: np.random.Generator, n_init: int
) -> tuple[Float, Bool]:
    """Split all clusters at once, on the device of the rows."""
    from vireid.cluster.many_kmeans import kmeans_each

    found = kmeans_each(resident, members, n, generator=generator, n_init=n_init)
    return found.centres, np.arange(n) < found.groups[:, None]
