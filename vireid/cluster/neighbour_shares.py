"""What the nearest images of an image say about its cluster."""

import numpy as np

from vireid.types import NOISE, Float, Int


def neighbour_shares(near: Int, sizes: Int) -> Float:
    """Share out each image among the clusters of its nearest images.

    Cluster c, which holds size_c images and n_c of the k nearest ones, gets n_c divided by the
    size of the union of both, k - n_c + size_c; the shares of an image are then divided by their
    sum. Noise takes a place among the k, and gets nothing. Source: Teng et al., Relieving Universal
    Label Noise for Unsupervised Visible-Infrared Person Re-Identification by Inferring from
    Neighbors (N-ULC).

    Args:
        near: [N, k] clusters 0..C-1 of the k nearest images of each image, -1 for noise.
        sizes: [C] images in each cluster.

    Returns:
        [N, k] float32. The share of a cluster stands where the row names it first, all else is 0.
        A row sums to 1, or to 0 where all of it is noise.

    >>> neighbour_shares(np.array([[1, 0, 1, -1], [-1, -1, -1, -1]]), np.array([3, 2])).round(2)
    array([[0.75, 0.25, 0.  , 0.  ],
           [0.  , 0.  , 0.  , 0.  ]], dtype=float32)
    """
    k = near.shape[1]
    order = np.argsort(near, axis=1, kind="stable")
    ordered = np.take_along_axis(near, order, axis=1)
    first = np.ones(near.shape, dtype=np.bool_)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first &= ordered != NOISE
    count = _run_lengths(ordered)
    union = k - count + np.append(sizes, 1)[ordered]
    share = np.where(first, count / union, 0.0)
    total = share.sum(axis=1, keepdims=True)
    share /= np.where(total > 0, total, 1.0)
    found = np.empty(near.shape, dtype=np.float32)
    np.put_along_axis(found, order, share.astype(np.float32), axis=1)
    return found


def neighbour_trust(near: Int, shares: Float, labels: Int, sharpness: float) -> Float:
    """Trust the label of an image as far as its nearest images bear it out.

    With the share p of the label that is exp(-sharpness (1 - p)^2). Source: as of
    ``neighbour_shares``, neighbour-guided dynamic weighting.

    Args:
        near: [N, k] clusters of the nearest images of each image, -1 for noise.
        shares: [N, k] of ``neighbour_shares``.
        labels: [N] the cluster that an image is labelled as, -1 for noise.
        sharpness: how soon trust falls, at least 0.

    Returns:
        [N] float32 in [0, 1]; 0 for noise and for images whose nearest ones are all noise.

    >>> near, shares = np.array([[0, 1], [0, 0]]), np.array([[0.5, 0.5], [1, 0]])
    >>> neighbour_trust(near, shares, np.array([1, 0]), sharpness=4.0).round(3)
    array([0.368, 1.   ], dtype=float32)
    """
    own = np.where(near == labels[:, None], shares, 0).sum(axis=1)
    told = (labels != NOISE) & shares.any(axis=1)
    return np.where(told, np.exp(-sharpness * (1 - own) ** 2), 0).astype(np.float32)


def soft_targets(near: Int, shares: Float, labels: Int, share: float) -> tuple[Int, Float]:
    """Mix the label of each image with the shares of its nearest images.

    Args:
        near: [N, k] clusters of the nearest images of each image, -1 for noise.
        shares: [N, k] of ``neighbour_shares``.
        labels: [N] the cluster that an image is labelled as, -1 for noise.
        share: of the label, in [0, 1]; all of it where the nearest images are all noise.

    Returns:
        Clusters [N, k + 1] int64, the label first, and their targets [N, k + 1] float32, which
        sum to 1. A cluster may stand in several places, whose targets add up; noise stands as
        cluster 0 with a target of 0, and an image that is noise has no target for its label.

    >>> near, shares = np.array([[1, -1], [-1, -1]]), np.array([[1.0, 0], [0, 0]])
    >>> clusters, targets = soft_targets(near, shares, np.array([0, 2]), share=0.75)
    >>> clusters.tolist(), targets.tolist()
    ([[0, 1, 0], [2, 0, 0]], [[0.75, 0.25, 0.0], [1.0, 0.0, 0.0]])
    """
    clusters = np.column_stack([labels, near]).clip(0).astype(np.int64)
    own = np.where(shares.any(axis=1), share, 1.0) * (labels != NOISE)
    return clusters, np.column_stack([own, (1 - share) * shares]).astype(np.float32)


def _run_lengths(ordered: Int) -> Int:
    """Return for each entry of sorted rows [N, k] how many follow that are equal, itself too."""
    k = ordered.shape[1]
    last = np.ones(ordered.shape, dtype=np.bool_)
    last[:, :-1] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.where(last, np.arange(1, k + 1), k)
    return np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1] - np.arange(k)
