"""The images of a modality by cluster, some at a time."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vireid.types import Int

BLOCK = 2048
"""Images of each modality that are compared at a time (32 MB)."""


class Block(NamedTuple):
    """Some images of one modality, those of a cluster beside each other."""

    rows: Int
    """[b] their places among all images."""
    clusters: Int
    """[c] the clusters that they show, ascending."""
    starts: Int
    """[c] where in the block the images of each of them begin."""


def blocks(members: Sequence[Int]) -> Iterator[Block]:
    """Go through the images of all clusters; a large cluster lies in several blocks.

    Args:
        members: the images of clusters 0..C-1, as ``cluster.cluster_members`` has them.

    Yields:
        Each image once.

    >>> [part.rows.tolist() for part in blocks([np.array([4, 7]), np.array([5])])]
    [[4, 7, 5]]
    """
    rows = np.concatenate([np.empty(0, dtype=np.int64), *members])
    labels = np.repeat(np.arange(len(members)), [len(group) for group in members])
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        clusters, starts = np.unique(labels[part], return_index=True)
        yield Block(rows[part], clusters, starts)
