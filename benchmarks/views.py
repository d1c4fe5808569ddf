"""What the memories of clusters tell of another factor, such as the viewpoint."""

import numpy as np

from vireid.matching import sub_memories
from vireid.seeds import generator
from vireid.types import NOISE, Float, Int


def nearest_memory(vectors: Float, labels: Int, memories: int) -> Int:
    """Return the memory [N] of its cluster that each row is nearest to, -1 for noise."""
    rows, mask = sub_memories(vectors, labels, memories, generator=generator(0, "views"))
    found = np.full(len(labels), NOISE)
    inside = np.flatnonzero(labels != NOISE)
    distance = np.square(rows[labels[inside]] - vectors[inside, None]).sum(axis=2)
    found[inside] = np.where(mask[labels[inside]], distance, np.inf).argmin(axis=1)
    return found


def information(first: Int, second: Int, groups: Int) -> float:
    """Return the mutual information in bits of two variables [N] within groups [N]."""

    def entropy(*columns: Int) -> float:
        _, counts = np.unique(np.stack(columns), axis=1, return_counts=True)
        share = counts / counts.sum()
        return float(-(share * np.log2(share)).sum())

    both, alone = entropy(first, second, groups), entropy(groups)
    return entropy(first, groups) + entropy(second, groups) - both - alone


def shuffled(values: Int, groups: Int, order: np.random.Generator) -> Int:
    """Return the values [N] in random order within each group [N]."""
    result = np.empty_like(values)
    result[np.argsort(groups, kind="stable")] = values[
        np.lexsort((order.random(len(groups)), groups))
    ]
    return result
