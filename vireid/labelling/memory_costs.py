"""What pairs of clusters cost by their memories (MMM)."""

from typing import Literal

import numpy as np

from vireid.matching import memory_cost, sub_memories
from vireid.types import Embeddings, Float, PseudoLabels


def memory_costs(
    embeddings: Embeddings,
    visible: PseudoLabels,
    infrared: PseudoLabels,
    *,
    memories: int,
    over: Literal["both", "visible", "infrared"],
    generator: np.random.Generator,
) -> Float:
    """Compare the memories of visible and infrared clusters, see ``matching.memory_cost``.

    Args:
        embeddings: of N images.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.
        memories: for each cluster.
        over: whose memories each look for their nearest.
        generator: source of the k-means starts.

    Returns:
        [Cv, Cr].
    """
    resident = embeddings.resident
    (visible_rows, visible_mask), (infrared_rows, infrared_mask) = (
        sub_memories(
            embeddings.vectors, side.labels, memories, generator=generator, resident=resident
        )
        for side in (visible, infrared)
    )
    return memory_cost(
        visible_rows,
        infrared_rows,
        visible_mask=visible_mask,
        infrared_mask=infrared_mask,
        over=over,
        device=None if resident is None else resident.device,
    )
