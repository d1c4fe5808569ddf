"""The clusterings of some images in several label spaces, out of one search for neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np

from vireid.labelling.clustering import BALANCED, ClusteringConfig, cluster_rows
from vireid.labelling.labeller import Neighbours, NeighbourSearch
from vireid.labelling.shares import kept_apart
from vireid.types import NOISE, Embeddings, Float, Int, Modality, PseudoLabels

OWN: Mapping[str, Modality] = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
"""The label spaces of a single modality."""
MIXED = "mixed"
"""The label space of both."""


def clustered(
    embeddings: Embeddings,
    names: Sequence[str],
    configs: tuple[ClusteringConfig, ClusteringConfig],
    subset: float,
    generator: np.random.Generator,
    search: NeighbourSearch,
) -> dict[str, PseudoLabels]:
    """Cluster images in several label spaces, a share of the visible ones apart from the others.

    Args:
        embeddings: of N images.
        names: of visible, infrared and mixed, what is wanted.
        configs: of each modality by itself, and of both together.
        subset: share of the visible images that are kept apart from ``mixed``, see
            ``shares.kept_apart``.
        generator: source of the draw.
        search: finds neighbours.

    Returns:
        Labels of the N images by name, in the order of the names.
    """
    found, vectors, modality = {}, embeddings.vectors, embeddings.modality
    for rows, some in kept_apart(modality, names, subset, generator):
        given = (vectors, modality)  # those that other processes have
        if len(rows) < len(embeddings):
            given = (vectors[rows], modality[rows])
        for name, part in cluster_spaces(*given, some, configs, search).items():
            labels = np.full(len(embeddings), NOISE, dtype=np.int64)
            labels[rows] = part
            found[name] = PseudoLabels(labels, modality=OWN.get(name))
    return {name: found[name] for name in names}


def cluster_spaces(
    vectors: Float,
    modality: Int,
    names: Sequence[str],
    configs: tuple[ClusteringConfig, ClusteringConfig],
    search: NeighbourSearch,
) -> dict[str, Int]:
    """Cluster images, each modality by itself and both together, as far as is wanted.

    One search serves all: that of all images contains both others. Balanced neighbours take two,
    within the modalities and across, which together multiply no more.

    Args:
        vectors: [N, D] rows of unit length.
        modality: [N] 0 visible, 1 infrared.
        names: of visible, infrared and mixed, what is wanted.
        configs: of each modality by itself, and of both together.
        search: finds neighbours.

    Returns:
        Labels [N] by name, -1 for noise and for images of the other modality.
    """
    single, mixed = configs
    own = [name for name in OWN if name in names]
    near, own_near = _near(
        vectors, modality, single if own else None, mixed if MIXED in names else None, search
    )
    found = {}
    for name in own:
        rows = np.flatnonzero(modality == OWN[name])
        found[name] = np.full(len(vectors), NOISE, dtype=np.int64)
        if rows.size:
            found[name][rows] = cluster_rows(vectors[rows], single, own_near[OWN[name]])
    if near is not None:
        found[MIXED] = cluster_rows(vectors, mixed, near, modality)
    return found


def _near(
    vectors: Float,
    modality: Int,
    single: ClusteringConfig | None,
    mixed: ClusteringConfig | None,
    search: NeighbourSearch,
) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
    """Return the neighbours for a clustering of both modalities, and within either."""
    own_k = None if single is None else single.k1
    if mixed is None or mixed.neighbours != BALANCED:
        return search(vectors, modality, k=None if mixed is None else mixed.k1, own_k=own_k)
    from vireid.cluster import balanced_lists

    half = mixed.k1 // 2
    own = search(vectors, modality, k=None, own_k=max(half, own_k or half))[1]
    across = search(vectors, modality, k=None, own_k=half, across=True)[1]
    return balanced_lists(modality, own, across, half), own
