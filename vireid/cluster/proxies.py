"""Clusters parted by modality."""

import numpy as np

from vireid.types import NOISE, Int, Modality


def proxies(labels: Int, modality: Int) -> tuple[Int, Int]:
    """Number the halves of clusters that have images: one for each cluster and modality in it.

    Cluster by cluster, the visible half first; a modality without images in a cluster has none.
    Source: BMIL (2026), proxies.

    Args:
        labels: [N] clusters, -1 for noise.
        modality: [N] 0 visible, 1 infrared.

    Returns:
        [N] the proxy 0..P-1 of each image, -1 for noise, and [P] the cluster of each proxy.

    >>> proxy, cluster = proxies(np.array([1, 0, -1, 1, 1]), np.array([1, 0, 0, 0, 1]))
    >>> proxy.tolist(), cluster.tolist()
    ([2, 0, -1, 1, 2], [0, 1, 1])
    """
    inside = labels != NOISE
    halves, proxy = np.unique(
        len(Modality) * labels[inside] + modality[inside], return_inverse=True
    )
    found = np.full(len(labels), NOISE, dtype=np.int64)
    found[inside] = proxy
    return found, halves // len(Modality)
