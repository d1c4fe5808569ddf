"""Density-based clustering on a sparse distance."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from vireid.errors import ConfigError, DataError
from vireid.types import NOISE, Int


def dbscan(distance: csr_array[np.float32], *, eps: float, min_samples: int = 4) -> Int:
    """Cluster samples whose neighbourhoods are dense (Ester et al., KDD 1996).

    A core sample has at least ``min_samples`` samples, itself included, within eps. Core samples
    within eps of each other share a cluster; any other sample joins the lowest-numbered cluster
    that has a core sample within eps of it. These are scikit-learn's labels, numbers included.
    Time and memory grow with the number of stored entries.

    Args:
        distance: [N, N] symmetric; an absent entry is too far, a stored zero is a distance of 0,
            and a sample counts as its own neighbour whether or not the diagonal is stored.
        eps: largest distance between neighbours, in (0, 1).
        min_samples: neighbours that make a core sample, itself included.

    Returns:
        [N] labels int64, 0..C-1 in the order of each cluster's first core sample, -1 for noise.

    Raises:
        DataError: distances that are not square, or NaN or negative.
        ConfigError: eps outside (0, 1), or min_samples below 1.

    >>> pair = csr_array((np.zeros(2), ([0, 1], [1, 0])), shape=(3, 3))
    >>> dbscan(pair, eps=0.5, min_samples=2).tolist()
    [0, 0, -1]
    """
    if not 0 < eps < 1 or min_samples < 1:
        raise ConfigError(
            f"eps is {eps} and min_samples is {min_samples}; expected 0 < eps < 1 and at least 1"
        )
    count = distance.shape[0]
    if distance.shape != (count, count):
        raise DataError(f"distances have shape {distance.shape}; expected (N, N)")
    if not (distance.data >= 0).all():
        raise DataError("distances hold NaN or negative values; expected at least 0")
    pairs = distance.tocoo()
    near = (pairs.data <= eps) & (pairs.row != pairs.col)
    rows, columns = pairs.row[near], pairs.col[near]
    core = np.bincount(rows, minlength=count) + 1 >= min_samples
    labels = np.full(count, NOISE, dtype=np.int64)
    labels[core] = _components(rows, columns, core)
    border = ~core[rows] & core[columns]
    joined = np.full(count, count, dtype=np.int64)
    np.minimum.at(joined, rows[border], labels[columns[border]])
    return np.where(joined < count, joined, labels)


def _components(rows: Int, columns: Int, core: np.ndarray) -> Int:
    """Number the connected groups of core samples by their first member; [core samples]."""
    number = np.cumsum(core) - 1
    inner = core[rows] & core[columns]
    size = int(core.sum())
    links = (number[rows[inner]], number[columns[inner]])
    graph = csr_array((np.ones(len(links[0]), dtype=np.int8), links), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]
