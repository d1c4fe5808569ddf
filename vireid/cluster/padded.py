"""Groups of rows of different sizes, laid side by side in padded blocks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vireid.types import Bool, Int

_NUMBERS = 1 << 25
"""Most numbers of a block, 268 MB in double precision."""


class Block(NamedTuple):
    """B groups of similar size, S places for each."""

    groups: Int
    """[B] which groups."""
    rows: Int
    """[B, S] their rows; any row where ``inside`` is False."""
    inside: Bool
    """[B, S] True where there is a row; the rows of a group come first."""


def padded(members: Sequence[Int], width: int) -> Iterator[Block]:
    """Lay groups side by side, those of similar size together.

    Args:
        members: rows of each group; empty groups are left out.
        width: numbers in a row, which bound the size of a block.

    Yields:
        Blocks; less than half of the places of each are empty.
    """
    sizes = np.array([len(group) for group in members], dtype=np.int64)
    if not sizes.any():
        return
    order, starts = np.concatenate(members), np.cumsum(sizes) - sizes
    level = np.frexp(sizes)[1]  # 1, 2-3, 4-7, ... rows
    for one in np.unique(level[sizes > 0]):
        alike = np.flatnonzero(level == one)
        longest = int(sizes[alike].max())
        step = max(1, _NUMBERS // (longest * max(width, 64)))
        for start in range(0, len(alike), step):
            groups = alike[start : start + step]
            inside = np.arange(longest) < sizes[groups, None]
            places = starts[groups, None] + np.where(inside, np.arange(longest), 0)
            yield Block(groups, order[places], inside)


def places_of(blocks: Sequence[Block], count: int) -> Int:
    """Say where each group lies among those of all blocks.

    Args:
        blocks: of groups 0..count-1, each in at most one.
        count: groups.

    Returns:
        [count] places; one after the last for a group that no block holds.
    """
    held = np.concatenate([np.empty(0, np.int64), *(block.groups for block in blocks)])
    found = np.full(count, len(held), dtype=np.int64)
    found[held] = np.arange(len(held))
    return found
