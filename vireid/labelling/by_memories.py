"""Clusters matched over their memories (MMM)."""

from typing import TYPE_CHECKING

import numpy as np

from vireid.matching import match_clusters, memory_cost, sub_memories
from vireid.types import Embeddings, Matching, PseudoLabels

if TYPE_CHECKING:
    from vireid.labelling.multi_memory import MultiMemoryMatching


def match_by_memories(
    settings: "MultiMemoryMatching",
    embeddings: Embeddings,
    visible: PseudoLabels,
    infrared: PseudoLabels,
    generator: np.random.Generator,
) -> Matching:
    """Match visible to infrared clusters by the cost between their memories.

    Args:
        settings: memories, cost_over, matching, max_cost and reject.
        embeddings: N images.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.
        generator: source of the k-means starts.

    Returns:
        The partner of each visible cluster.
    """
    memories = [
        sub_memories(
            embeddings.vectors,
            side.labels,
            settings.memories,
            generator=generator,
            resident=embeddings.resident,
        )
        for side in (visible, infrared)
    ]
    (visible_rows, visible_mask), (infrared_rows, infrared_mask) = memories
    cost = memory_cost(
        visible_rows,
        infrared_rows,
        visible_mask=visible_mask,
        infrared_mask=infrared_mask,
        over=settings.cost_over,
        device=None if embeddings.resident is None else embeddings.resident.device,
    )
    return match_clusters(
        cost, method=settings.matching, max_cost=settings.max_cost, reject=settings.reject
    )
