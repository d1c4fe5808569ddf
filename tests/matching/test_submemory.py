"""Several memories for each cluster."""

import numpy as np
import pytest
import torch

from vireid.errors import ConfigError, DataError
from vireid.matching import sub_memories


def inertia_of(rows: np.ndarray, memories: np.ndarray) -> float:
    squared = np.square(rows[:, None].astype(np.float64) - memories).sum(axis=2)
    return float(squared.min(axis=1).sum())


def in_order(memories: np.ndarray) -> np.ndarray:
    return memories[np.lexsort(memories.T[::-1].round(4))]


@pytest.mark.parametrize("case", ["a", "b", "c"])
@pytest.mark.parametrize("side", ["vis", "ir"])
def test_memories_are_never_worse_than_the_released_codes(golden, case: str, side: str) -> None:
    arrays = golden("sub_memories")
    rows, labels = arrays[f"{case}_features_{side}"], arrays[f"{case}_labels_{side}"]
    theirs, inertias = arrays[f"{case}_centers_{side}"], arrays[f"{case}_inertia_{side}"]
    memories, mask = sub_memories(rows, labels, generator=np.random.default_rng(0), n_init=10)
    there = torch.tensor(rows, dtype=torch.float32)
    batched, batched_mask = sub_memories(
        rows, labels, generator=np.random.default_rng(0), n_init=10, resident=there
    )
    assert mask.all()
    assert batched_mask.all()
    for own, other in zip(memories, batched, strict=True):
        assert np.abs(in_order(own) - in_order(other)).max() < 1e-6
    for cluster, (own, other) in enumerate(zip(memories, theirs, strict=True)):
        found = inertia_of(rows[labels == cluster], own)
        assert found <= inertias[cluster] + 1e-6
        if found > inertias[cluster] - 1e-6:  # as good, so the same; it may be better
            assert np.abs(in_order(own) - in_order(other)).max() < 1e-5


@pytest.mark.parametrize("there", [False, True])
def test_small_clusters_have_fewer_memories(there: bool) -> None:
    rows = np.random.default_rng(0).normal(size=(12, 5))
    rows[7:9] = rows[6]  # cluster 2: six samples, four different
    labels = np.array([0, 1, 1, -1, -1, -1, 2, 2, 2, 2, 2, 2])
    resident = torch.tensor(rows, dtype=torch.float32) if there else None
    memories, mask = sub_memories(
        rows, labels, 5, generator=np.random.default_rng(0), resident=resident
    )
    assert memories.shape == (3, 5, 5)
    assert memories.dtype == np.float32
    assert mask.sum(axis=1).tolist() == [1, 2, 4]
    assert (np.diff(mask.astype(int), axis=1) <= 0).all()
    assert not memories[~mask].any()
    assert np.allclose(memories[0, 0], rows[0], atol=1e-6)
    assert np.allclose(in_order(memories[1, :2]), in_order(rows[1:3].astype(np.float32)), atol=1e-6)


def test_one_memory_is_the_centre() -> None:
    rows = np.random.default_rng(0).normal(size=(9, 5))
    memories, _ = sub_memories(rows, np.zeros(9, int), 1, generator=np.random.default_rng(0))
    assert np.allclose(memories[0, 0], rows.mean(axis=0), atol=1e-6)


def test_the_generator_decides_and_noise_does_not() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 5))
    labels = np.arange(40) % 3 - 1
    one = sub_memories(rows, labels, generator=np.random.default_rng(1))[0]
    rows[labels == -1] += 5
    assert np.array_equal(one, sub_memories(rows, labels, generator=np.random.default_rng(1))[0])


@pytest.mark.parametrize("resident", [None, torch.ones(3, 2)])
def test_noise_alone_has_no_memories(resident: torch.Tensor | None) -> None:
    generator = np.random.default_rng(0)
    memories, mask = sub_memories(
        np.ones((3, 2)), np.full(3, -1), generator=generator, resident=resident
    )
    assert memories.shape == (0, 4, 2)
    assert mask.shape == (0, 4)


def test_wrong_arguments_are_refused() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(DataError, match="skip cluster 0"):
        sub_memories(np.ones((3, 2)), np.array([1, 1, -1]), generator=generator)
    with pytest.raises(DataError, match="labels have shape"):
        sub_memories(np.ones((3, 2)), np.array([0, 0]), generator=generator)
    with pytest.raises(ConfigError, match="at least 1"):
        sub_memories(np.ones((3, 2)), np.zeros(3, int), 0, generator=generator)
