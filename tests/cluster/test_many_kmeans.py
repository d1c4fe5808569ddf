"""k-means of many clusters at once against one after the other."""

import importlib

import numpy as np
import pytest
import torch

from vireid.cluster import Partition, cluster_members, kmeans, normalise_rows
from vireid.cluster.kmeans_steps import (
    best_moves,
    cloud,
    first_least,
    nearest_groups,
    squared_distances,
)
from vireid.cluster.many_kmeans import Partitions, kmeans_each

serial = importlib.import_module("vireid.cluster.kmeans")
Scene = tuple[np.ndarray, list[np.ndarray]]


def scene(seed: int, size: int, clusters: int = 40, longest: int = 200) -> Scene:
    """Return unit rows of clusters of 1 to 24 rows, and of a few of up to the longest."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, 25, size=clusters)
    sizes[::10] = generator.integers(1, longest + 1, size=len(sizes[::10]))
    labels = generator.permutation(np.repeat(np.arange(clusters), sizes))
    rows = generator.normal(size=(clusters, size))[labels]
    rows += generator.normal(0, 0.7, rows.shape)
    return normalise_rows(rows).copy(), cluster_members(labels)


def repeat(rows: np.ndarray, members: list[np.ndarray], noise: float) -> None:
    """Let a third of the clusters hold few different rows, up to rounding."""
    generator = np.random.default_rng(0)
    for group in members[::3]:
        some = generator.choice(group, size=min(len(group), 4))
        rows[group] = rows[generator.choice(some, size=len(group))]
        rows[group] += noise * generator.normal(size=rows[group].shape).astype(np.float32)


def one_by_one(rows, members, k, generator, **options) -> list[Partition]:
    return [kmeans(rows[group], k, generator=generator, **options) for group in members]


def numbered(labels: np.ndarray) -> np.ndarray:
    """Number groups in the order of their first rows."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def inertia_of(rows: np.ndarray, labels: np.ndarray) -> float:
    groups = [rows[labels == label].astype(float) for label in set(labels.tolist())]
    return sum(float(np.square(group - group.mean(axis=0)).sum()) for group in groups)


def disagreeing(scene: Scene, found: Partitions, expected: list[Partition]) -> int:
    """Compare clusters up to the numbers of their groups; count those that differ.

    Two rows that are each other's nearest are equally good starts, and rounding chooses between
    them: one cluster in some thousands then ends in another optimum.
    """
    (rows, members), differing = scene, 0
    for cluster, (group, one) in enumerate(zip(members, expected, strict=True)):
        labels, k = found.labels[group], len(one.centres)
        assert found.groups[cluster] == k
        assert set(labels.tolist()) == set(range(k))
        assert not found.centres[cluster, k:].any()
        for number, centre in enumerate(found.centres[cluster, :k]):
            assert np.abs(rows[group][labels == number].mean(axis=0) - centre).max() < 1e-6
        if np.array_equal(labels, one.labels):
            assert np.abs(found.centres[cluster, :k] - one.centres).max() < 1e-6
        differing += not np.array_equal(numbered(labels), numbered(one.labels))
        assert inertia_of(rows[group], labels) == pytest.approx(one.inertia, rel=0.05, abs=1e-9)
    return differing


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("noise", [None, 0.0, 3e-8])
def test_all_at_once_equals_one_after_the_other(k: int, noise: float | None) -> None:
    differing = clusters = 0
    for seed, size in enumerate([3, 16, 128, 300]):
        rows, members = drawn = scene(seed + 10 * k, size)
        if noise is not None:
            repeat(rows, members, noise)
        one, other = np.random.default_rng(seed), np.random.default_rng(seed)
        found = kmeans_each(torch.tensor(rows), members, k, generator=one)
        differing += disagreeing(drawn, found, one_by_one(rows, members, k, other))
        assert one.bit_generator.state == other.bit_generator.state
        assert found.centres.dtype == np.float32
        clusters += len(members)
    assert differing <= clusters / 80


@pytest.mark.parametrize("options", [{"n_init": 1}, {"n_init": 7}, {"max_iterations": 1}])
def test_starts_and_iterations_are_bounded_alike(options: dict[str, int]) -> None:
    rows, members = drawn = scene(3, 40)
    one, other = np.random.default_rng(5), np.random.default_rng(5)
    found = kmeans_each(torch.tensor(rows), members, 4, generator=one, **options)
    assert disagreeing(drawn, found, one_by_one(rows, members, 4, other, **options)) <= 1
    assert one.bit_generator.state == other.bit_generator.state


def test_rows_of_no_cluster_have_no_group() -> None:
    rows = torch.eye(5)
    found = kmeans_each(rows, [np.array([3, 1])], 2, generator=np.random.default_rng(0))
    assert (found.labels >= 0).tolist() == [False, True, False, True, False]
    none = kmeans_each(rows, [], 2, generator=np.random.default_rng(0))
    assert none.centres.shape == (0, 2, 5)
    assert (none.labels == -1).all()


def some_distances(seed: int) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
    """Return distances [3, 5, 9] in a block of one cluster and two more places for each row."""
    squared = np.random.default_rng(seed).random((3, 5, 9))
    padded = torch.nn.functional.pad(torch.tensor(squared), (0, 2), value=7.0)[None]
    inside = torch.arange(11)[None] < 9
    return squared, padded, inside


@pytest.mark.parametrize("seed", range(20))
def test_an_empty_group_takes_the_farthest_row(seed: int) -> None:
    squared, padded, inside = some_distances(seed)
    far = [1, 4] if seed % 2 else [0]
    squared[:, far] += 1  # nobody's nearest
    padded[:, :, far] += 1
    of = cloud(torch.zeros(1, 11, 2, dtype=torch.float64), inside)
    found = nearest_groups(of, padded, torch.ones(1, 5, dtype=torch.bool))[0]
    assert (found[:, 9:] == -1).all()
    expected = serial._nearest_groups(squared, np.zeros((3, 9), np.int64))
    assert np.array_equal(found[:, :9].numpy(), expected)


@pytest.mark.parametrize("seed", range(20))
def test_single_moves_are_the_same(seed: int) -> None:
    squared, padded, inside = some_distances(seed)
    labels = np.random.default_rng(seed).integers(0, 5, size=(3, 9))
    labels[:, :5] = np.arange(5)
    of = cloud(torch.zeros(1, 11, 2, dtype=torch.float64), inside)
    before = torch.nn.functional.pad(torch.tensor(labels), (0, 2), value=-1)[None]
    found = best_moves(of, padded, before, torch.ones(1, 5, dtype=torch.bool))[0]
    assert (found[:, 9:] == -1).all()
    assert np.array_equal(found[:, :9].numpy(), serial._best_moves(squared, labels))


@pytest.mark.parametrize("size", [2, 30])
def test_distances_of_weighted_means(size: int) -> None:
    """Both with fewer and with more rows than dimensions."""
    generator = np.random.default_rng(0)
    rows, weights = generator.normal(size=(1, 6, size)) + 3, generator.random((1, 2, 3, 6))
    weights /= weights.sum(axis=3, keepdims=True)
    of = cloud(torch.tensor(rows), torch.ones(1, 6, dtype=torch.bool))
    found = squared_distances(of, torch.tensor(weights))[0]
    means = weights[0] @ rows[0]
    expected = np.square(means[:, :, None] - rows[0]).sum(axis=3)
    assert np.allclose(found, expected, atol=1e-12)


def test_the_first_of_equal_sums_is_the_least() -> None:
    sums = torch.tensor([[2.0, 1.0 + 1e-14, 1.0], [0.0, 0.0, 1.0]], dtype=torch.float64)
    assert first_least(sums).tolist() == [1, 0]
