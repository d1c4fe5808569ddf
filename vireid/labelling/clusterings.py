"""The clusterings of some images in several label spaces, out of one search for neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np

from vireid.labelling.clustering import BALANCED, CAMERAS, ClusteringConfig, cluster_rows
from vireid.labelling.grouped import groups_of
from vireid.labelling.labeller import Neighbours, NeighbourSearch
from vireid.labelling.plan import Plan
from vireid.labelling.shares import clustered_together
from vireid.labelling.sized import scaled
from vireid.types import NOISE, Embeddings, Float, Int, Known, Modality, PseudoLabels
from vireid.types.images import UNKNOWN

OWN: Mapping[str, Modality] = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
"""The label spaces of a single modality."""
MIXED = "mixed"
"""The label space of both."""


def clustered(
    embeddings: Embeddings,
    known: Known,
    names: Sequence[str],
    plan: Plan,
    generator: np.random.Generator,
    search: NeighbourSearch,
) -> dict[str, tuple[PseudoLabels, Int]]:
    """Cluster images in several label spaces, a share of the visible ones apart from the others.

    Args:
        embeddings: of N images.
        known: what is known of them.
        names: of visible, infrared and mixed, what is wanted.
        plan: how.
        generator: source of the draw of a share.
        search: finds neighbours.

    Returns:
        By name, in the order of the names: labels of the N images, and the M that were clustered.
    """
    found: dict[str, tuple[PseudoLabels, Int]] = {}
    for rows, some in clustered_together(embeddings.modality, names, plan.subset, generator):
        whole = len(rows) == len(embeddings)
        part = embeddings if whole else embeddings.subset(rows)
        own = known if whole else known.subset(rows)
        for name, few in cluster_grouped(part, own, some, plan, search).items():
            labels = np.full(len(embeddings), NOISE, dtype=np.int64)
            labels[rows] = few
            space = PseudoLabels(labels, modality=OWN.get(name))
            found[name] = space, rows[space.inside(embeddings.modality)[rows]]
    return {name: found[name] for name in names}


def cluster_grouped(
    embeddings: Embeddings, known: Known, names: Sequence[str], plan: Plan, search: NeighbourSearch
) -> dict[str, Int]:
    """Cluster images, or groups of them, in several label spaces.

    Args:
        embeddings: of N images.
        known: what is known of them.
        names: of visible, infrared and mixed, what is wanted.
        plan: how; its subset is of no use here.
        search: finds neighbours.

    Returns:
        Labels [N] by name, -1 for noise and for images of the other modality.
    """
    images, configs = len(embeddings), (plan.single, plan.mixed)
    given, group = (embeddings.vectors, embeddings.modality), None
    place = places(known)
    if plan.tracks or plan.first:
        rows, some, group = groups_of(embeddings, known, plan, search)
        given, place = (rows, some.modality), places(some)
        configs = (
            scaled(plan.single, len(rows), images, mixed=False),
            scaled(plan.mixed, len(rows), images, mixed=True),
        )
    found = cluster_spaces(*given, names, configs, search, place)
    return found if group is None else {name: labels[group] for name, labels in found.items()}


def places(known: Known) -> Int:
    """Number the cameras of images, one of both modalities twice.

    Args:
        known: what is known of N images.

    Returns:
        [N] numbers; 0 where the camera is unknown.
    """
    if known.camera is None:
        return np.zeros(len(known), dtype=np.int64)
    number = np.unique(known.camera, return_inverse=True)[1].reshape(-1)
    return np.where(known.camera == UNKNOWN, 0, 2 * number + known.modality + 1)


def cluster_spaces(
    vectors: Float,
    modality: Int,
    names: Sequence[str],
    configs: tuple[ClusteringConfig, ClusteringConfig],
    search: NeighbourSearch,
    place: Int,
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
        place: [N] the number of each image's camera, see ``places``.

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
            found[name][rows] = cluster_rows(
                vectors[rows], single, _shared_out(own_near[OWN[name]], place[rows], single)
            )
    if near is not None:
        near = _shared_out(near, place, mixed)
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
    own_k = None if single is None else _depth(single)
    if mixed is None or mixed.neighbours != BALANCED:
        return search(vectors, modality, k=None if mixed is None else _depth(mixed), own_k=own_k)
    from vireid.cluster.balanced import balanced_lists, half_of

    half = half_of(mixed.k1)
    own = search(vectors, modality, k=None, own_k=max(half, own_k or half))[1]
    across = search(vectors, modality, k=None, own_k=half, across=True)[1]
    return balanced_lists(modality, own, across, half), own


def _depth(config: ClusteringConfig) -> int:
    """Return how many neighbours are looked for."""
    from vireid.cluster.quotas import DEPTH

    return DEPTH * config.k1 if config.neighbours == CAMERAS else config.k1


def _shared_out(near: Neighbours, place: Int, config: ClusteringConfig) -> Neighbours:
    """Return neighbours of which no camera has more than its share, where that is asked for."""
    from vireid.cluster import camera_lists

    return camera_lists(near, place, config.k1) if config.neighbours == CAMERAS else near
