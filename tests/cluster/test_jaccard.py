"""Jaccard distance: against a slow oracle, parity vectors, and degenerate inputs."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from vireid.cluster import dbscan, jaccard_distance, nearest_neighbours, normalise_rows
from vireid.cluster.reciprocal import reciprocal_weights
from vireid.errors import ConfigError, DataError

TOLERANCE = 5e-6


def dense(distance: csr_array) -> np.ndarray:
    """Return all N x N distances, 1 where none is stored."""
    full = np.ones(distance.shape, np.float32)
    entries = distance.tocoo()
    full[entries.row, entries.col] = entries.data
    return full


def euclidean_neighbours(rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the k nearest rows of each row by Euclidean distance, itself first."""
    rows = rows.astype(np.float64)
    squared = np.square(rows[:, None] - rows[None]).sum(axis=2)
    np.fill_diagonal(squared, -1)
    return np.argsort(squared, axis=1, kind="stable")[:, :k], squared


def oracle(rows, ranks, k2, modality=None) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and distances [N, N] by the definition, with Python sets."""
    count, k1 = ranks.shape
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)

    def reciprocal(i: int, c: int) -> set[int]:
        return {j for j in ranks[i, :c].tolist() if i in ranks[j, :c]}

    weights = np.zeros((count, count))
    for i in range(count):
        own = reciprocal(i, k1)
        joined = set(own)
        for j in own:
            half = reciprocal(j, round(k1 / 2) + 1)
            if len(half & own) > 2 / 3 * len(half):
                joined |= half
        members = sorted(joined)
        powers = np.exp(-(2 - 2 * products[i, members]))
        weights[i, members] = powers / powers.sum()
    averaged = weights
    if k2 > 1:
        averaged = np.empty_like(weights)
        for i in range(count):
            near = ranks[i, :k2]
            kinds = np.zeros(len(near)) if modality is None else modality[near]
            averaged[i] = np.mean([weights[near[kinds == m]].mean(0) for m in set(kinds)], axis=0)
    shared = np.array([np.minimum(row, averaged).sum(axis=1) for row in averaged])
    return weights, np.maximum(1 - shared / (2 - shared), 0)


def crowd(count: int, seed: int, size: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return rows around a few directions, and a modality that shifts them."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(max(1, count // 10), size))
    modality = generator.integers(0, 2, size=count)
    rows = centres[generator.integers(len(centres), size=count)]
    rows = rows + 0.7 * generator.normal(size=(count, size))
    rows[:, 0] += modality
    return normalise_rows(rows), modality


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (2, 2), (7, 3), (10, 1), (20, 6), (25, 20)])
@pytest.mark.parametrize("aware", [False, True])
def test_distances_equal_the_definition(seed: int, k1: int, k2: int, aware: bool) -> None:
    rows, kind = crowd(30 + 17 * seed, seed)
    modality = kind if aware else None
    ranks, similarities = nearest_neighbours(rows, k1)
    weights, expected = oracle(rows, ranks, k2, modality)
    assert np.abs(reciprocal_weights(rows, ranks).toarray() - weights).max() < 1e-6
    distance = jaccard_distance(rows, k1=k1, k2=k2, modality=modality)
    assert np.abs(dense(distance) - expected).max() < TOLERANCE
    given = jaccard_distance(
        rows, k1=k1, k2=k2, modality=modality, neighbours=(ranks, similarities)
    )
    assert np.array_equal(dense(given), dense(distance))


@pytest.mark.parametrize("case", ["", "odd25_", "odd27_", "k2one_", "nonunit_"])
def test_distances_and_labels_equal_the_released_code(golden, case: str) -> None:
    arrays = golden("jaccard")
    rows = arrays[f"{case}features"]
    settings = "" if case == "nonunit_" else case
    k1, k2 = int(arrays[f"{settings}k1"]), int(arrays[f"{settings}k2"])
    neighbours = euclidean_neighbours(rows, k1) if case == "nonunit_" else None
    distance = jaccard_distance(rows, k1=k1, k2=k2, neighbours=neighbours)
    assert np.abs(dense(distance) - arrays[f"{case}dist"]).max() < TOLERANCE
    for eps, name in ((0.6, "06"), (0.3, "03")):
        expected = arrays[f"{case}labels_eps{name}"]
        assert np.array_equal(dbscan(distance, eps=eps), expected)
        limited = jaccard_distance(rows, k1=k1, k2=k2, neighbours=neighbours, max_distance=eps)
        assert np.array_equal(dbscan(limited, eps=eps), expected)


def test_weights_and_neighbours_equal_the_released_code(golden) -> None:
    arrays = golden("jaccard")
    ranks, _ = nearest_neighbours(arrays["features"], int(arrays["k1"]))
    assert np.array_equal(np.sort(ranks, axis=1), np.sort(arrays["rank"], axis=1))
    weights = reciprocal_weights(arrays["features"], ranks).toarray()
    assert np.abs(weights - arrays["V"]).max() < TOLERANCE


@pytest.mark.parametrize("case", ["k40", "k38"])
def test_modality_aware_distances_equal_the_released_code(golden, case: str) -> None:
    arrays = golden("jaccard_modality")
    distance = jaccard_distance(
        arrays[f"{case}_features"],
        k1=int(arrays[f"{case}_k1"]),
        k2=int(arrays[f"{case}_k2"]),
        modality=arrays[f"{case}_modality"],
    )
    assert np.abs(dense(distance) - arrays[f"{case}_dist"]).max() < TOLERANCE
    assert np.array_equal(dbscan(distance, eps=0.6), arrays[f"{case}_labels_eps06"])


def test_stored_entries_keep_their_promises() -> None:
    rows, _ = crowd(80, 3)
    distance = jaccard_distance(rows, k1=12, k2=4)
    full = dense(distance)
    assert distance.dtype == np.float32
    assert distance.has_canonical_format
    assert np.array_equal(full, full.T)
    assert (distance.data >= 0).all()
    assert (distance.data < 1).all()
    assert distance.nnz == (full < 1).sum()
    assert (np.diagonal(full) == 0).all()
    limited = jaccard_distance(rows, k1=12, k2=4, max_distance=0.4)
    assert np.array_equal(dense(limited), np.where(full <= np.float32(0.4), full, 1))
    assert limited.nnz < distance.nnz


def test_the_order_of_the_samples_does_not_matter() -> None:
    rows, modality = crowd(70, 4)
    order = np.random.default_rng(0).permutation(70)
    plain = dense(jaccard_distance(rows, k1=15, k2=5, modality=modality))
    mixed = dense(jaccard_distance(rows[order], k1=15, k2=5, modality=modality[order]))
    assert np.abs(mixed - plain[np.ix_(order, order)]).max() < 1e-6


def test_one_modality_alone_needs_no_balance() -> None:
    rows, _ = crowd(50, 5)
    plain = jaccard_distance(rows, k1=15, k2=5)
    for kind in (0, 1):
        aware = jaccard_distance(rows, k1=15, k2=5, modality=np.full(50, kind))
        assert np.array_equal(dense(aware), dense(plain))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fewer_samples_than_neighbours_limit_k1_and_k2(count: int) -> None:
    rows, _ = crowd(count, 1)
    few = jaccard_distance(rows, k1=count, k2=min(6, count))
    assert np.array_equal(dense(jaccard_distance(rows, k1=30, k2=6)), dense(few))
    whole = jaccard_distance(rows, k1=count, k2=count)
    assert np.array_equal(dense(jaccard_distance(rows, k1=30, k2=99)), dense(whole))


def test_no_samples_have_no_distances() -> None:
    assert jaccard_distance(np.empty((0, 4))).shape == (0, 0)


def test_equal_samples_have_distance_zero_and_it_is_stored() -> None:
    rows = np.repeat(np.eye(3), 5, axis=0)
    distance = jaccard_distance(rows, k1=5, k2=2)
    assert distance.nnz == 3 * 25
    assert distance.data.max() < 1e-6
    assert dbscan(distance, eps=0.1).tolist() == [0] * 5 + [1] * 5 + [2] * 5


def test_more_equal_samples_than_neighbours_give_a_valid_distance() -> None:
    distance = jaccard_distance(np.repeat(np.eye(2), 40, axis=0), k1=6, k2=3)
    ranks, _ = nearest_neighbours(np.repeat(np.eye(2), 40, axis=0), 6)
    _, expected = oracle(np.repeat(np.eye(2), 40, axis=0), ranks, 3)
    assert np.abs(dense(distance) - expected).max() < TOLERANCE


def test_wrong_arguments_are_refused() -> None:
    rows, _ = crowd(20, 0)
    ranks, similarities = nearest_neighbours(rows, 5)
    for options in ({"k1": 0}, {"k2": 0}, {"max_distance": 0.0}, {"max_distance": 1.5}):
        with pytest.raises(ConfigError):
            jaccard_distance(rows, **options)
    with pytest.raises(DataError, match="unit length"):
        jaccard_distance(0.9 * rows)
    with pytest.raises(DataError, match="modality"):
        jaccard_distance(rows, modality=np.zeros(19, int))
    with pytest.raises(DataError, match="modality"):
        jaccard_distance(rows, modality=np.full(20, 2))
    with pytest.raises(DataError, match="wider"):
        jaccard_distance(rows, k1=6, neighbours=(ranks, similarities))
    with pytest.raises(DataError, match="column 0"):
        jaccard_distance(rows, k1=5, neighbours=(ranks[::-1], similarities))
    with pytest.raises(DataError, match=r"rows 0\.\.N-1"):
        jaccard_distance(rows, k1=5, neighbours=(ranks + 1, similarities))
