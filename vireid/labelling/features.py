"""Features of any origin -> cluster labels, as a training makes them of its embeddings."""

import numpy as np

from vireid.cluster import Search, nearest_neighbours, normalise_rows, unit_rows
from vireid.cluster.rows import checked_modality
from vireid.errors import ConfigError, DataError
from vireid.labelling.clustering import MIXED, SINGLE, ClusteringConfig, cluster_rows
from vireid.types import NOISE, Embeddings, Float, Int, Modality

STANDARD = ClusteringConfig()


def label(
    vectors: Embeddings | Float,
    modality: Int | None = None,
    *,
    only: Modality | None = None,
    k1: int | None = None,
    k2: int | None = None,
    eps: float = STANDARD.eps,
    min_samples: int = STANDARD.min_samples,
    normalise: bool = False,
    search: Search | None = None,
) -> Int:
    """Cluster features: k-reciprocal Jaccard distance and DBSCAN, without an N x N matrix.

    Args:
        vectors: [N, D] rows of unit length, or embeddings or a gallery, which know their
            modality; not modified.
        modality: [N] 0 visible, 1 infrared, where known; with both in it, each image's
            neighbours are sought in either modality.
        only: cluster the images of one modality, which is then to be known.
        k1: reciprocal neighbours, at least 1; 30, and 40 where both modalities are clustered, if
            not given.
        k2: neighbours whose distances are averaged, at least 1; 6, and 32 for both modalities, if
            not given.
        eps: largest distance of neighbours of DBSCAN, in (0, 1).
        min_samples: images that make a cluster's core, at least 1.
        normalise: bring rows to unit length instead of refusing others.
        search: backend, device, threads and progress of the neighbour search.

    Returns:
        Labels [N] int64, 0 .. C-1, and -1 for noise and for images of the other modality.

    Raises:
        DataError: rows that are not finite or not of unit length, or a modality that does not fit.
        ConfigError: a setting is out of range, or ``only`` is given without a modality.

    >>> rows = np.eye(2)[[0, 0, 0, 1, 1, 1]]
    >>> label(rows, k1=3, k2=1, min_samples=2)
    array([0, 0, 0, 1, 1, 1])
    """
    given = getattr(vectors, "embeddings", vectors)  # of a gallery, which knows its images too
    if isinstance(given, Embeddings):
        modality, rows = given.modality, given.vectors
    elif isinstance(given, np.ndarray):
        rows = given
    else:
        raise DataError(
            f"features are of type {type(given).__name__}; expected an array [N, D], embeddings or "
            "a gallery"
        )
    chosen = _chosen(len(rows), modality, only)
    count = len(rows)
    rows = normalise_rows(rows[chosen]) if normalise else _unit_rows(rows[chosen])
    kind = None if modality is None or len(set(modality[chosen])) < 2 else modality[chosen]
    usual = SINGLE if kind is None else MIXED
    config = ClusteringConfig(
        k1=usual[0] if k1 is None else k1,
        k2=usual[1] if k2 is None else k2,
        eps=eps,
        min_samples=min_samples,
    )
    near = nearest_neighbours(rows, config.k1, search=search or Search())
    labels = np.full(count, NOISE, dtype=np.int64)
    labels[chosen] = cluster_rows(rows, config, near, kind)
    return labels


def _chosen(count: int, modality: Int | None, only: Modality | None) -> np.ndarray:
    """Return which of N images are clustered [N]."""
    if modality is not None:
        checked_modality(modality, count)
    if only is None:
        return np.ones(count, dtype=bool)
    if modality is None:
        raise ConfigError(f"only {only.name.lower()} images are wanted; expected their modality")
    return np.asarray(modality == only)


def _unit_rows(vectors: Float) -> Float:
    try:
        return unit_rows(vectors)
    except DataError as error:
        raise DataError(f"{error}, say with --normalise") from error
