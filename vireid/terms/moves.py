"""Which memories follow which rows of a batch, turn by turn, known on the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vireid.terms.kept import Kept
from vireid.types import NOISE, Int

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Move:
    """Memories of a term that follow embeddings of a batch."""

    kept: Kept
    """What the term keeps."""
    name: str
    """The memories [C, D] of unit length in it; they are replaced."""
    clusters: Tensor
    """[M] int64 different rows of the memories, those that move."""
    turns: Tensor
    """[T, M] int64 the row of the batch that moves each of them in each turn, -1 for none."""
    momentum: float
    """Share of its old value that a memory keeps in a turn, in [0, 1]."""
    hardest: bool = False
    """Take, of all turns, only the row that is least similar to the memory, the first on a tie."""


def turns_of(labels: Int, rows: Int | None = None) -> dict[str, Int]:
    """Say which memories a batch moves, and by which row in which turn.

    Rows of one cluster move its memory one after the other, in the order of the batch; rows of
    different clusters do not meet, so that each turn moves all clusters that have a row left.

    Args:
        labels: [R] clusters, -1 (noise) for none.
        rows: [R] where they are in the batch; 0..R-1 where not given.

    Returns:
        ``clusters`` [M], ascending, and ``turns`` [T, M] rows of the batch, -1 for none.

    >>> found = turns_of(np.array([4, 2, 4, -1]))
    >>> found["clusters"].tolist(), found["turns"].tolist()
    ([2, 4], [[1, 0], [-1, 2]])
    """
    places = np.arange(len(labels)) if rows is None else rows
    kept = np.flatnonzero(labels != NOISE)
    order = kept[np.argsort(labels[kept], kind="stable")]
    clusters, first, count = np.unique(labels[order], return_index=True, return_counts=True)
    turns = np.full((count.max(initial=0), len(clusters)), -1, dtype=np.int64)
    turn = np.arange(len(order)) - np.repeat(first, count)
    turns[turn, np.repeat(np.arange(len(clusters)), count)] = places[order]
    return {"clusters": clusters, "turns": turns}
