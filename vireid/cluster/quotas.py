"""Neighbour lists in which no camera has more than its share."""

import math

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.scan import Neighbours
from vireid.types import Bool
from vireid.types.images import UNKNOWN

DEPTH = 3
"""Lists that are filled from are so many times as long."""


def camera_lists(near: Neighbours, place: NDArray[np.integer], k1: int) -> Neighbours:
    """Shorten neighbour lists, so that one camera does not fill them.

    Of the nearest, those are taken of whose camera fewer than ``ceil(k1 / C)`` came before,
    with the C cameras of all rows; then, where these are too few, the nearest of the others.

    Args:
        near: indices and similarities [N, K] of the nearest rows, the sample itself first.
        place: [N] a number for each camera of each modality, 0 where unknown; rows of unknown
            cameras are never too many.
        k1: length of a list.

    Returns:
        Indices and similarities [N, min(k1, K)], most similar first, the sample itself first.

    >>> near = np.array([[0, 1, 2, 3]]), np.array([[1.0, 0.9, 0.8, 0.7]])
    >>> camera_lists(near, np.array([1, 1, 1, 2]), 2)[0].tolist()
    [[0, 3]]
    """
    indices, similarities = near
    cameras = len(np.setdiff1d(place, [UNKNOWN]))
    if not cameras or indices.shape[1] <= k1:
        return indices[:, :k1], similarities[:, :k1]
    allowed = _within(place[indices], math.ceil(k1 / cameras))
    first = np.argsort(~allowed, axis=1, kind="stable")[:, :k1]
    first.sort(axis=1)
    return (
        np.take_along_axis(indices, first, axis=1),
        np.take_along_axis(similarities, first, axis=1),
    )


def _within(place: NDArray[np.integer], quota: int) -> Bool:
    """Tell which entries of lists [N, K] are among the first so many of their camera."""
    names, number = np.unique(place, return_inverse=True)
    number = number.reshape(place.shape)
    seen = np.zeros((len(place), len(names)), dtype=np.int64)
    rows, allowed = np.arange(len(place)), np.empty(place.shape, dtype=np.bool_)
    for column in range(place.shape[1]):
        own = number[:, column]
        allowed[:, column] = seen[rows, own] < quota
        seen[rows, own] += 1
    return allowed | (place == UNKNOWN)
