"""The search for neighbours on a pretended GPU."""

import numpy as np
import pytest

from tests.pretended import pretended_gpu
from vireid.cluster import Search, modal_neighbours, normalise_rows
from vireid.types import Modality

COUNT, BLOCK = 600, 128
BLOCKS = 2 * 3
"""Of each modality's 300 queries."""
WAITS, ONCE = 6, 2
"""Waits for each block where all and own neighbours are wanted, and for each modality's rows."""


@pytest.fixture(scope="module")
def rows():
    """Return unit rows, some of them equal, and their modalities."""
    generator = np.random.default_rng(0)
    found = generator.normal(size=(COUNT, 32)).astype(np.float32)
    found[::7] = found[0]
    return normalise_rows(found), np.arange(COUNT) % 2


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize(("k", "own_k"), [(20, 10), (20, None), (None, 10), (None, 400)])
def test_neighbours_are_those_of_the_cpu(rows, k, own_k, across):
    expected, expected_own = modal_neighbours(*rows, k=k, own_k=own_k, across=across)
    with pretended_gpu() as gpu:
        how = Search(device="cuda", block=BLOCK)
        found, own = modal_neighbours(*rows, k=k, own_k=own_k, across=across, search=how)
    assert not gpu.mixed, gpu.told()
    assert not gpu.raced, gpu.told()
    assert gpu.launches["mm"] >= 2
    assert gpu.waited <= BLOCKS * WAITS + ONCE, gpu.told()
    pairs = [] if k is None else [(found, expected)]
    if own_k is not None:
        pairs += [(own[side], expected_own[side]) for side in Modality]
    for one, other in pairs:
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])
