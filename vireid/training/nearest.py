"""The most similar images of each modality, for terms that ask for them."""

import numpy as np

from vireid.labelling import NeighbourSearch
from vireid.types import Embeddings, Int, Modality


def nearest_images(embeddings: Embeddings, k: int, search: NeighbourSearch) -> dict[Modality, Int]:
    """Find the k most similar images of each modality for every image.

    Args:
        embeddings: of N images.
        k: how many, limited to those that there are.
        search: finds neighbours.

    Returns:
        [N, k] images for each modality, most similar first; in its own one each image comes first.
    """
    rows = [np.flatnonzero(embeddings.modality == side) for side in Modality]
    where = embeddings.vectors, embeddings.modality
    own = search(*where, k=None, own_k=k)[1]
    other = search(*where, k=None, own_k=k, across=True)[1]
    found = {}
    for side, mine in zip(Modality, rows, strict=True):
        found[side] = np.zeros((len(embeddings), min(k, len(mine))), dtype=np.int64)
        for asking, near in ((side, own[side][0]), (1 - side, other[Modality(1 - side)][0])):
            if len(mine):
                found[side][rows[asking]] = mine[near]
    return found
