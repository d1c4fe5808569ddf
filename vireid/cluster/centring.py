"""Take what the images of a camera have in common off their embeddings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.rows import finite_rows, normalise_rows
from vireid.types import CameraStatistics, Float, Int
from vireid.types.cameras import EVERY_CAMERA

if TYPE_CHECKING:
    from torch import Tensor

Group = tuple[int, int, Int]
"""Modality, camera and images of those that are averaged together."""
Part = TypeVar("Part", NDArray[np.float64], "Tensor")

SMALLEST = 1e-6
"""Lengths and spreads below this are none: the row, or the dimension, says nothing."""
FEWEST = 2
"""Images that a camera needs to have a mean of its own; that of one image is the image."""


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
    would otherwise lose, with its mean, what these people have in common. Images count, whether
    they show one person or several: where a person has t images in a camera, s = t people.

    Camera statistics for re-identification: Zhuang et al., Rethinking the Distribution Gap of
    Person Re-identification with Camera-based Batch Normalization, ECCV 2020.

    Args:
        embeddings: [N, D], not modified.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers, 0 where unknown; None where all are unknown.
        spread: whether the standard deviation of each dimension is wanted too.
        shrink: s, how many images of its modality's mean are added to a camera, at least 0.

    Returns:
        A row for each camera of each modality that has two images or more, and one for each
        modality.

    Raises:
        DataError: embeddings that are not finite [N, D].

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.8, 0.6]])
    >>> found = camera_statistics(rows, np.zeros(4, int), np.array([1, 1, 2, 2]))
    >>> print(found.mean.round(2))
    [[0.6 0.6]
     [0.5 0.5]
     [0.7 0.7]]
    """
    rows, groups = finite_rows(embeddings), camera_groups(modality, camera)
    own = (_moments(rows[members]) for *_, members in groups)
    found = list(shrunk(groups, own, shrink))
    size = (len(groups), rows.shape[1])
    deviations = np.sqrt(np.reshape([variance for _, variance in found], size))
    deviations = np.maximum(deviations, SMALLEST)
    return CameraStatistics(
        np.asarray([kind for kind, *_ in groups], dtype=np.int64),
        np.asarray([number for _, number, _ in groups], dtype=np.int64),
        np.reshape([mean for mean, _ in found], size).astype(np.float32),
        deviations.astype(np.float32) if spread else None,
    )


def shrunk(
    groups: Sequence[Group], moments: Iterable[tuple[Part, Part]], shrink: float
) -> Iterator[tuple[Part, Part]]:
    """Draw mean and variance of each camera towards those of its modality.

    Args:
        groups: as ``camera_groups`` lists them.
        moments: mean and variance [D] of the rows of each group, arrays or tensors.
        shrink: as for ``camera_statistics``.

    Yields:
        Mean and variance of each group; those of a modality stay as they are.
    """
    for (_, number, members), own in zip(groups, moments, strict=True):
        if number == EVERY_CAMERA:
            whole = own
        weight = len(members) / (len(members) + shrink)
        mean, variance = (
            weight * mine + (1 - weight) * all_ for mine, all_ in zip(own, whole, strict=True)
        )
        yield mean, variance


def camera_groups(modality: Int, camera: Int | None) -> list[Group]:
    """List whose images are averaged together.

    Args:
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers, 0 where unknown; None where all are unknown.

    Returns:
        Modality, camera and images of each group: of each modality first all its images, as
        camera -1, and then those of each known camera that has at least two.

    >>> [(kind, number, rows.tolist()) for kind, number, rows in camera_groups(
    ...     np.array([0, 0, 0, 1]), np.array([2, 0, 2, 5]))]
    [(0, -1, [0, 1, 2]), (0, 2, [0, 2]), (1, -1, [3])]
    """
    found = []
    for kind in np.unique(modality).tolist():
        inside = np.flatnonzero(modality == kind)
        found.append((kind, EVERY_CAMERA, inside))
        if camera is None:
            continue
        for number in np.setdiff1d(camera[inside], [0]).tolist():
            members = inside[camera[inside] == number]
            if len(members) >= FEWEST:
                found.append((kind, number, members))
    return found


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

    Raises:
        DataError: embeddings that are not finite [N, D], or statistics that lack their modality.
    """
    rows, which = finite_rows(embeddings), statistics.rows_of(modality, camera)
    moved = rows - statistics.mean[which]
    if statistics.spread is not None:
        moved /= statistics.spread[which]
    lost = np.linalg.norm(moved, axis=1) < SMALLEST
    moved[lost] = rows[lost]
    return normalise_rows(moved)


def uncentred(
    rows: Float, modality: Int, camera: Int | None, statistics: CameraStatistics
) -> Float:
    """Give back to embeddings what ``centred`` took off them.

    A row is ``t c s + m``, with the centred row c, mean m and spread s of its camera (s = 1 where
    there is none); t is the one length of 0 or more that makes it a unit row, as means of unit
    rows are no longer than 1.

    Args:
        rows: [N, D] what ``centred`` returned for rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        camera: [N] camera numbers; None where unknown.
        statistics: those that were taken off.

    Returns:
        [N, D] float32 rows of unit length, equal to those that were centred but for rounding.

    Raises:
        DataError: as for ``centred``.

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> side = np.zeros(3, int)
    >>> found = camera_statistics(rows, side)
    >>> print(uncentred(centred(rows, side, None, found), side, None, found).round(3))
    [[1.  0. ]
     [0.  1. ]
     [0.6 0.8]]
    """
    which = statistics.rows_of(modality, camera)
    mean = statistics.mean[which].astype(np.float64)
    step = finite_rows(rows).astype(np.float64)
    if statistics.spread is not None:
        step *= statistics.spread[which]
    square = np.einsum("nd,nd->n", step, step)
    along = np.einsum("nd,nd->n", step, mean)
    rest = np.maximum(1 - np.einsum("nd,nd->n", mean, mean), 0)
    length = (np.sqrt(along**2 + square * rest) - along) / square
    return normalise_rows(mean + length[:, None] * step)
