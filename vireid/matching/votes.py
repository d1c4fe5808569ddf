"""Pairs of images vote for pairs of clusters."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import cluster_members, finite_rows
from vireid.errors import DataError
from vireid.matching.blocks import Block, blocks
from vireid.types import Int

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float64]


class ClusterVotes(NamedTuple):
    """What the images say about each pair of a visible and an infrared cluster."""

    similar: Int
    """[Cv, Cr] pairs of images that are similar enough."""
    closest: Array
    """[Cv, Cr] the similarity of the most similar pair of images; -inf where there is none."""


def count_votes(
    embeddings: NDArray[np.floating],
    visible: Int,
    infrared: Int,
    threshold: float = 0.5,
    *,
    resident: "Tensor | None" = None,
) -> ClusterVotes:
    """Count the similar pairs of a visible and an infrared image, for each pair of clusters.

    Similarities are plain dot products in double precision, so every device and every size of a
    block counts the same. They are made in blocks, so memory does not grow with pairs of images.

    Source: Yang et al., Augmented Dual-Contrastive Aggregation Learning for Unsupervised
    Visible-Infrared Person Re-Identification (ADCA), ACM MM 2022.

    Args:
        embeddings: [N, D] rows of any length; not modified.
        visible: [N] clusters of visible images, -1 for noise and for infrared images.
        infrared: [N] clusters of infrared images, -1 for noise and for visible images.
        threshold: least similarity of a pair that votes.
        resident: [N, D] the same embeddings, finite, on the device that is to compare them.

    Returns:
        Votes and largest similarities. The clusters of a modality are counted by its largest label.

    Raises:
        DataError: embeddings that are not finite [N, D], or labels that do not fit them.

    >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [0.8, 0.6]])
    >>> count_votes(rows, np.array([0, 1, -1, -1]), np.array([-1, -1, 0, 0]), 0.7).similar.tolist()
    [[1], [1]]
    """
    rows = finite_rows(embeddings) if resident is None else embeddings
    for labels in (visible, infrared):
        if np.shape(labels) != (len(rows),):
            raise DataError(f"labels have shape {np.shape(labels)}; expected ({len(rows)},)")
    mine, theirs = cluster_members(visible), cluster_members(infrared)
    shape = len(mine), len(theirs)
    found = ClusterVotes(np.zeros(shape, dtype=np.int64), np.full(shape, -np.inf))
    for one in blocks(mine):
        for other in blocks(theirs):
            count, closest = _pooled(rows, resident, one, other, threshold)
            place = np.ix_(one.clusters, other.clusters)
            found.similar[place] += count
            found.closest[place] = np.maximum(found.closest[place], closest)
    return found


def _pooled(
    rows: NDArray[np.floating],
    resident: "Tensor | None",
    one: Block,
    other: Block,
    threshold: float,
) -> tuple[Int, Array]:
    """Return what two blocks say about the pairs [c, c'] of their clusters."""
    if resident is not None:
        from vireid.matching.votes_there import pooled_there

        return pooled_there(resident, one, other, threshold)
    similarity = rows[one.rows].astype(np.float64) @ rows[other.rows].astype(np.float64).T
    count = np.add.reduceat(similarity >= threshold, other.starts, axis=1, dtype=np.int64)
    closest = np.maximum.reduceat(similarity, other.starts, axis=1)
    return (
        np.add.reduceat(count, one.starts, axis=0),
        np.maximum.reduceat(closest, one.starts, axis=0),
    )
