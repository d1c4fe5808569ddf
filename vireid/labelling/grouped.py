"""Images -> groups of them that are clustered in their place: tracks, and clusters of a camera."""

import numpy as np

from vireid.labelling.clustering import ClusteringConfig, cluster_rows
from vireid.labelling.labeller import NeighbourSearch
from vireid.labelling.plan import Plan
from vireid.labelling.sized import scaled
from vireid.types import NOISE, Embeddings, Float, Int, Known
from vireid.types.images import UNKNOWN


def groups_of(
    embeddings: Embeddings, known: Known, plan: Plan, search: NeighbourSearch
) -> tuple[Float, Known, Int]:
    """Group images by track, by clusters within each camera, or by both, one after the other.

    Args:
        embeddings: of N images.
        known: what is known of them; tracks and cameras where the plan makes use of them.
        plan: which groups are wanted, and how a modality is clustered.
        search: finds neighbours.

    Returns:
        The unit mean of each of G groups [G, D], what is known of their first images, and the
        group of each image [N].
    """
    from vireid.cluster import group_rows, track_groups

    rows, some, group = embeddings.vectors, known, np.arange(len(embeddings))
    if plan.tracks:
        assert known.track is not None
        group = track_groups(known.modality, known.camera, known.track)
        rows = group_rows(rows, group, resident=embeddings.resident)
        some = known.subset(np.unique(group, return_index=True)[1])
    if plan.first:
        inner = camera_clusters(rows, some, plan.single, search, len(embeddings))
        rows = group_rows(rows, inner)
        some = some.subset(np.unique(inner, return_index=True)[1])
        group = inner[group]
    return rows, some, group


def camera_clusters(
    rows: Float, known: Known, config: ClusteringConfig, search: NeighbourSearch, images: int
) -> Int:
    """Cluster the rows of each camera by themselves.

    Args:
        rows: [M, D] rows of unit length, of images or of groups of them.
        known: what is known of the M rows; cameras among it.
        config: how a whole modality of images is clustered.
        search: finds neighbours.
        images: N images that the rows stand for.

    Returns:
        [M] group numbers 0..G-1: clusters, and alone what is noise or of an unknown camera.
    """
    assert known.camera is not None
    group = np.full(len(rows), NOISE, dtype=np.int64)
    used = 0
    for side in np.unique(known.modality).tolist():
        inside = (known.modality == side) & (known.camera != UNKNOWN)
        cameras = np.unique(known.camera[inside])
        how = scaled(config, len(rows), images * max(1, len(cameras)), mixed=False)
        for camera in cameras.tolist():
            here = np.flatnonzero(inside & (known.camera == camera))
            near = search(rows[here], known.modality[here], k=None, own_k=how.k1)[1][side]
            labels = cluster_rows(rows[here], how, near)
            group[here] = np.where(labels == NOISE, NOISE, labels + used)
            used += int(labels.max(initial=NOISE)) + 1
    alone = group == NOISE
    group[alone] = used + np.arange(np.count_nonzero(alone))
    return group
