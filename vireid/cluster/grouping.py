"""Groups of images, such as tracks, as rows of their own."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.centres import centres
from vireid.types import Float, Int
from vireid.types.images import NO_TRACK, UNKNOWN

if TYPE_CHECKING:
    from torch import Tensor

_SMALLEST = 1e-6
"""Means shorter than this have no direction."""


def track_groups(modality: Int, camera: Int | None, track: Int) -> Int:
    """Number the tracks of images; an image without a track is one by itself.

    Args:
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers; None where unknown. Tracks of two cameras are two, whatever
            their number.
        track: [N] numbers of tracks, -1 for an image without one.

    Returns:
        [N] group numbers 0..G-1, in the order of each group's first image.

    >>> track_groups(np.zeros(5, int), None, np.array([7, -1, 3, 7, -1])).tolist()
    [0, 1, 2, 0, 3]
    """
    alone = np.where(track == NO_TRACK, np.arange(len(track)), NO_TRACK)
    where = np.full(len(track), UNKNOWN) if camera is None else camera
    keys = np.stack([modality, where, track, alone])
    _, first, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[group.reshape(-1)].astype(np.int64)


def group_rows(
    embeddings: NDArray[np.floating], groups: Int, *, resident: "Tensor | None" = None
) -> Float:
    """Average the rows of each group, and bring the means to unit length.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        groups: [N] group numbers 0..G-1, each of which occurs.
        resident: [N, D] the same embeddings on the device that is to average them.

    Returns:
        [G, D] float32 rows of unit length; the first row of a group whose rows cancel out.

    Raises:
        DataError: embeddings that are not finite [N, D].

    >>> group_rows(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.array([0, 0, 1])).round(2)
    array([[0.71, 0.71],
           [0.  , 1.  ]], dtype=float32)
    """
    means = centres(embeddings, groups, resident=resident)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    first = np.unique(groups, return_index=True)[1]
    lost = lengths[:, 0] < _SMALLEST
    means[lost], lengths[lost] = embeddings[first[lost]], 1.0
    return means / lengths
