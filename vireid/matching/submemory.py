"""Several memories for each cluster: the centres of its sub-clusters."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import cluster_members, finite_rows, kmeans
from vireid.errors import ConfigError, DataError
from vireid.types import Bool, Float


def sub_memories(
    embeddings: NDArray[np.floating],
    labels: NDArray[np.integer],
    n: int = 4,
    *,
    generator: np.random.Generator,
    n_init: int = 4,
) -> tuple[Float, Bool]:
    """Split each cluster by k-means and keep the centres of its parts (MMM, multi-memory learning).

    Args:
        embeddings: [N, D] rows; not modified. Centres are means and are not normalised.
        labels: [N] cluster labels 0..C-1 without gaps, -1 for noise, which is left out.
        n: memories of a cluster; a cluster with fewer different samples gets as many as it has.
        generator: source of the starts of k-means.
        n_init: starts of k-means, of which the best is kept.

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
    rows = finite_rows(embeddings)
    members = cluster_members(labels)
    if np.shape(labels) != (len(rows),):
        raise DataError(f"labels have shape {np.shape(labels)}; expected ({len(rows)},)")
    memories = np.zeros((len(members), n, rows.shape[1]), dtype=np.float32)
    mask = np.zeros((len(members), n), dtype=np.bool_)
    for cluster, group in enumerate(members):
        if not group.size:
            raise DataError(f"labels skip cluster {cluster}; expected 0..C-1 and -1 for noise")
        centres = kmeans(rows[group], n, generator=generator, n_init=n_init).centres
        memories[cluster, : len(centres)] = centres
        mask[cluster, : len(centres)] = True
    return memories, mask
