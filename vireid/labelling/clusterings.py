"""The clusterings of some images in several label spaces, out of one search for neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np

from vireid.labelling.clustering import BALANCED, ClusteringConfig, cluster_rows
from vireid.labelling.labeller import Neighbours, NeighbourSearch
from vireid.types import NOISE, Float, Int, Modality

OWN: Mapping[str, Modality] = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
"""The label spaces of a single modality."""
MIXED = "mixed"
"""The label space of both."""


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
    from vireid.cluster.balanced import balanced_lists, half_of

    half = half_of(mixed.k1)
    own = search(vectors, modality, k=None, own_k=max(half, own_k or half))[1]
    across = search(vectors, modality, k=None, own_k=half, across=True)[1]
    return balanced_lists(modality, own, across, half), own
