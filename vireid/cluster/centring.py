"""Take what the images of a camera have in common off their embeddings."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.rows import finite_rows, normalise_rows
from vireid.types import CameraStatistics, Float, Int
from vireid.types.cameras import EVERY_CAMERA

if TYPE_CHECKING:
    pass

_SMALLEST = 1e-6
"""Spreads below this count as this: the dimension says nothing."""


def camera_statistics(
    embeddings: Float,
    modality: Int,
    camera: Int | None = None,
    *,
    spread: bool = False,
    shrink: float = 0.0,
) -> CameraStatistics:
    """Average the embeddings of each camera, and of each modality.

    A camera's mean is ``(n m + s M) / (n + s)``, with the mean m of its n images, the mean M of
    its modality and s = ``shrink``; its variance is shrunk alike. A camera that sees few people
    would otherwise lose, with its mean, what these people have in common.

    Args:
        embeddings: [N, D], not modified.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers, 0 where unknown; None where all are unknown.
        spread: whether the standard deviation of each dimension is wanted too.
        shrink: s, how many images of its modality's mean are added to a camera, at least 0.

    Returns:
        A row for each camera of each modality, and one for each modality.
    """
    rows = finite_rows(embeddings)
    kinds, cameras, means, variances = [], [], [], []
    for kind in np.unique(modality).tolist():
        inside = np.flatnonzero(modality == kind)
        whole = _moments(rows[inside])
        known = [] if camera is None else np.setdiff1d(camera[inside], [0]).tolist()
        for number in (EVERY_CAMERA, *known):
            some, weight = whole, 1.0
            if number != EVERY_CAMERA:
                chosen = inside[camera[inside] == number]
                some, weight = _moments(rows[chosen]), len(chosen) / (len(chosen) + shrink)
            kinds.append(kind)
            cameras.append(number)
            means.append(weight * some[0] + (1 - weight) * whole[0])
            variances.append(weight * some[1] + (1 - weight) * whole[1])
    deviations = np.maximum(np.sqrt(np.stack(variances)), _SMALLEST)
    return CameraStatistics(
        np.asarray(kinds), np.asarray(cameras), np.stack(means), deviations if spread else None
    )


def _moments(rows: Float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return rows.mean(axis=0, dtype=np.float64), rows.var(axis=0, dtype=np.float64)


def centred(
    embeddings: Float, modality: Int, camera: Int | None, statistics: CameraStatistics
) -> Float:
    """Take the mean of its camera off each embedding, and bring it to unit length again.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers; None where unknown.
        statistics: of these or of other images of the same network.

    Returns:
        [N, D] float32 rows of unit length; where a camera is not among the statistics, that of its
        modality stands for it. A row that equals its camera's mean stays as it was.
    """
    rows, which = finite_rows(embeddings), statistics.rows_of(modality, camera)
    moved = rows - statistics.mean[which]
    if statistics.spread is not None:
        moved /= statistics.spread[which]
    lost = np.linalg.norm(moved, axis=1) < _SMALLEST
    moved[lost] = rows[lost]
    return normalise_rows(moved)
