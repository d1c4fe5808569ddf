"""Groups of rows in padded blocks."""

import numpy as np
import pytest

from vireid.cluster import cluster_members
from vireid.cluster.padded import padded, places_of


@pytest.mark.parametrize("width", [1, 2048, 1 << 22])
def test_blocks_hold_each_group_once_and_little_else(width: int) -> None:
    labels = np.random.default_rng(0).geometric(0.03, size=900) - 2
    members = cluster_members(labels)
    blocks = list(padded(members, width))
    places = places_of(blocks, len(members))
    held = np.concatenate([block.groups for block in blocks])
    assert sorted(held) == [group for group, rows in enumerate(members) if rows.size]
    for block in blocks:
        assert block.inside.sum() > block.inside.size / 2
        assert (np.diff(block.inside.astype(int), axis=1) <= 0).all()
        for group, rows, inside in zip(*block, strict=True):
            assert np.array_equal(rows[inside], members[group])
            assert held[places[group]] == group
    if width == 1 << 22:
        assert all(len(block.groups) == 1 or block.inside.shape[1] < 8 for block in blocks)


def test_empty_groups_lie_after_the_last() -> None:
    members = [np.array([], np.int64), np.array([4, 2]), np.array([], np.int64)]
    blocks = list(padded(members, 3))
    assert [block.rows.tolist() for block in blocks] == [[[4, 2]]]
    assert places_of(blocks, 3).tolist() == [1, 0, 1]
    assert not list(padded([], 3))
    assert not list(padded(members[:1], 3))
    assert places_of([], 2).tolist() == [0, 0]
