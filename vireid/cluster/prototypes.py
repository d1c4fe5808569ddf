"""The dense middle of each cluster, and which of them each image is most like."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.members import cluster_members
from vireid.cluster.rows import directions, finite_rows
from vireid.errors import ConfigError, DataError
from vireid.types import NOISE, Float, Int

_BLOCK = 1024
"""Images compared with their cluster, or with all prototypes, at a time; bounds memory."""
_ALIKE = 0.5
"""The cosine from which on another image of the cluster counts for an image, not against it."""


def densities(embeddings: NDArray[np.floating], labels: Int) -> Int:
    """Count for each image how many of its cluster are like it, less those that are not.

    The density of an image is the sum over its cluster, itself included, of
    sign(cosine - 0.5). Cosines are in double precision.

    Source: Yin et al., Robust Pseudo-label Learning with Neighbor Relation (RPNR), ACM MM 2024.

    Args:
        embeddings: [N, D] rows of any length but 0; not modified.
        labels: [N] cluster labels, -1 for noise.

    Returns:
        [N] whole numbers; 0 for noise.

    Raises:
        DataError: embeddings that are not finite [N, D] or are zero, or labels that do not fit.

    >>> rows = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.0, 1.0]])
    >>> densities(rows, np.array([0, 0, 0, -1])).tolist()
    [1, 1, -1, 0]
    """
    rows = finite_rows(embeddings)
    _check_length(rows, labels)
    found = np.zeros(len(rows), dtype=np.int64)
    for group in cluster_members(labels):
        unit = directions(rows[group])
        for start in range(0, len(group), _BLOCK):
            part = slice(start, start + _BLOCK)
            found[group[part]] = np.sign(unit[part] @ unit.T - _ALIKE).sum(axis=1)
    return found


def dense_prototypes(embeddings: NDArray[np.floating], labels: Int, top: int) -> Float:
    """Average the densest images of each cluster; prototypes are not normalised.

    Source: RPNR, see ``densities``.

    Args:
        embeddings: [N, D] rows of any length but 0; not modified.
        labels: [N] cluster labels 0..C-1 without gaps, -1 for noise.
        top: images that make a prototype; all of a cluster that has fewer. Of equally dense images
            the first ones are taken.

    Returns:
        [C, D] float32.

    Raises:
        DataError: embeddings that are not finite [N, D] or are zero, or labels that do not fit or
            skip numbers.
        ConfigError: top below 1.

    >>> rows = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, -1.0]])
    >>> dense_prototypes(rows, np.zeros(3, int), 2).tolist()
    [[0.75, 0.25]]
    """
    if top < 1:
        raise ConfigError(f"top is {top}; expected at least 1")
    rows = finite_rows(embeddings)
    density = densities(rows, labels)
    members = cluster_members(labels)
    found = np.empty((len(members), rows.shape[1]), dtype=np.float32)
    for cluster, group in enumerate(members):
        if not group.size:
            raise DataError(f"labels skip cluster {cluster}; expected 0..C-1 and -1 for noise")
        densest = group[np.argsort(-density[group], kind="stable")[:top]]
        found[cluster] = rows[densest].mean(axis=0, dtype=np.float64)
    return found


def nearest_prototypes(
    embeddings: NDArray[np.floating], labels: Int, prototypes: NDArray[np.floating]
) -> Int:
    """Give each clustered image the number of the prototype that it is most like by cosine.

    Source: RPNR, see ``densities``.

    Args:
        embeddings: [N, D] rows; not modified.
        labels: [N] cluster labels, -1 for noise, which stays noise.
        prototypes: [C, D] of any length but 0; not modified.

    Returns:
        [N] prototypes, the first one on a tie; -1 for noise. Some numbers may be nobody's.

    Raises:
        DataError: embeddings or prototypes that are not finite or are zero, or labels that do not
            fit.

    >>> rows, prototypes = np.eye(2), np.array([[0.1, 0.2], [3.0, 0.0]])
    >>> nearest_prototypes(rows, np.array([-1, 0]), prototypes).tolist()
    [-1, 0]
    """
    rows = finite_rows(embeddings)
    _check_length(rows, labels)
    unit = directions(prototypes)
    found = np.full(len(rows), NOISE, dtype=np.int64)
    inside = np.flatnonzero(np.asarray(labels) != NOISE)
    for start in range(0, len(inside), _BLOCK):
        part = inside[start : start + _BLOCK]
        found[part] = (rows[part].astype(np.float64) @ unit.T).argmax(axis=1)
    return found


def _check_length(rows: Float, labels: Int) -> None:
    if np.shape(labels) != (len(rows),):
        raise DataError(f"labels have shape {np.shape(labels)}; expected ({len(rows)},)")
