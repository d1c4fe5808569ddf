"""Label images in a single call, with defaults for everything."""

from collections.abc import Sequence

import numpy as np

from vireid.cluster import modal_neighbours
from vireid.labelling.labeller import Labeller, NeighbourSearch
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.types import Embeddings, Known, Labelling


def label_spaces(
    embeddings: Embeddings,
    spaces: Sequence[str] | None = None,
    labeller: Labeller | None = None,
    *,
    known: Known | None = None,
    generator: np.random.Generator | None = None,
    search: NeighbourSearch = modal_neighbours,
) -> Labelling:
    """Cluster images of both modalities, match their clusters, and say how far to trust them.

    Args:
        embeddings: of N images, [N, D] of unit length.
        spaces: the label spaces wanted, such as visible, infrared, mixed, matched; all where not
            given.
        labeller: how; multi-memory matching with the settings of the paper where not given.
        known: what is known of the images; their modality alone where not given.
        generator: source of all randomness; one of seed 0 where not given.
        search: finds neighbours.

    Returns:
        Pseudo-labels of all N images in each label space, and the matching.
    """
    labeller = MultiMemoryMatching() if labeller is None else labeller
    return labeller.label(
        embeddings,
        Known(embeddings.modality) if known is None else known,
        tuple(labeller.spaces()) if spaces is None else spaces,
        generator=np.random.default_rng(0) if generator is None else generator,
        search=search,
    )
