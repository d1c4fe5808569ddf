"""Balanced neighbour lists, and Jaccard distances on them: slow oracles and released results."""

import numpy as np
import pytest

from tests.cluster.test_jaccard import TOLERANCE, crowd, dense
from vireid.cluster import (
    Search,
    balanced_neighbours,
    dbscan,
    jaccard_distance,
    nearest_neighbours,
    normalise_rows,
)
from vireid.cluster.balanced import merged
from vireid.cluster.candidates import dot
from vireid.cluster.reciprocal import reciprocal_weights
from vireid.errors import ConfigError, DataError


def slow_lists(rows: np.ndarray, modality: np.ndarray, k1: int, *, itself: bool) -> np.ndarray:
    """Return balanced lists by full sorts, each sample itself first where that is asked for."""
    found = []
    for i, row in enumerate(rows):
        likeness = [float(dot(row, other)) for other in rows]
        if itself:
            likeness[i] = np.inf
        listed = []
        for side in (0, 1):
            others = [j for j in range(len(rows)) if modality[j] == side]
            listed += sorted(others, key=lambda j: (-likeness[j], j))[: k1 // 2]
        found.append(sorted(listed, key=lambda j: (-likeness[j], j)))
    return np.array(found).reshape(len(rows), -1)


def slow_distances(rows, lists, modality, k1: int, k2: int):
    """Return reciprocal sets, weights, averaged weights and distances [N, N], with Python sets."""
    count = len(rows)
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)
    half = round(k1 / 2) + 1

    def reciprocal(i: int, c: int) -> set[int]:
        return {j for j in lists[i, :c].tolist() if i in lists[j, :c]}

    mutual, weights = np.zeros((count, count), bool), np.zeros((count, count))
    for i in range(count):
        own = reciprocal(i, k1)
        mutual[i, sorted(own)] = True
        joined = set(own)
        for j in own:
            near = reciprocal(j, half)
            if len(near & own) > 2 / 3 * len(near):
                joined |= near
        members = sorted(joined)
        powers = np.exp(2 * products[i, members] - 2)
        weights[i, members] = powers / powers.sum()
    averaged = weights.copy()
    for i in range(count if k2 > 1 else 0):
        sides = [[j for j in lists[i].tolist() if modality[j] == side][:k2] for side in (0, 1)]
        averaged[i] = np.mean([weights[side].mean(axis=0) for side in sides if side], axis=0)
    shared = np.array([np.minimum(row, averaged).sum(axis=1) for row in averaged])
    return mutual, weights, averaged, np.maximum(1 - shared / (2 - shared), 0)


def by_product(rows: np.ndarray, modality: np.ndarray, k1: int):
    """Return lists of rows of any length by dot product, and those of either modality alone."""
    products = rows.astype(np.float64) @ rows.T.astype(np.float64)
    sides = []
    for side in (0, 1):
        others = np.flatnonzero(modality == side)
        order = np.argsort(-products[:, others], axis=1, kind="stable")[:, : k1 // 2]
        sides.append((others[order], np.take_along_axis(products, others[order], axis=1)))
    return merged(*sides), [indices for indices, _ in sides]


@pytest.mark.parametrize(("count", "infrared"), [(2, 0.5), (9, 0.4), (60, 0.5), (90, 0.05)])
@pytest.mark.parametrize("k1", [2, 3, 8, 25, 200])
def test_lists_equal_full_sorts(count: int, infrared: float, k1: int) -> None:
    rows, _ = crowd(count, seed=count)
    rows[-count // 3 :] = rows[: len(rows[-count // 3 :])]  # equal rows, of both modalities
    modality = (np.random.default_rng(count).random(count) < infrared).astype(int)
    indices, similarities = balanced_neighbours(rows, modality, k1)
    assert (indices.dtype, similarities.dtype) == (np.int64, np.float32)
    assert indices.tolist() == slow_lists(rows, modality, k1, itself=True).tolist()
    for i, found in enumerate(indices):
        assert similarities[i].tolist() == [dot(rows[i], rows[j]) for j in found]


@pytest.mark.parametrize("side", [0, 1])
def test_one_modality_alone_gives_half_of_the_list(side: int) -> None:
    rows, _ = crowd(40, 2)
    modality = np.full(40, side)
    indices, _ = balanced_neighbours(rows, modality, 9)
    assert np.array_equal(indices, nearest_neighbours(rows, 4)[0])
    found = jaccard_distance(rows, k1=9, k2=3, modality=modality, balanced=True)
    expected = slow_distances(rows, indices, modality, 9, 3)[3]
    assert np.abs(dense(found) - expected).max() < TOLERANCE


def test_a_twin_in_the_other_modality_does_not_come_before_the_sample_itself() -> None:
    rows = normalise_rows(np.random.default_rng(0).normal(size=(40, 100)))
    rows[20:] = rows[:20] * np.float32(1.0005)  # longer twins: more similar than itself
    modality = np.repeat([0, 1], 20)
    indices, similarities = balanced_neighbours(rows, modality, 6)
    assert (indices[:, 0] == np.arange(40)).all()
    assert (indices[:20, 1] == np.arange(20, 40)).all()
    assert (similarities[:20, 1] > similarities[:20, 0]).all()


@pytest.mark.parametrize("how", [{"threads": 3}, {"block": 7}, {"device": "cpu:0"}])
def test_lists_depend_on_nothing_but_the_rows(how: dict) -> None:
    rows, modality = crowd(90, 1)
    expected = balanced_neighbours(rows, modality, 12)
    for found, one in zip(
        balanced_neighbours(rows, modality, 12, search=Search(**how)), expected, strict=True
    ):
        assert np.array_equal(found, one)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("k1", "k2"), [(2, 1), (3, 2), (8, 1), (7, 3), (14, 9), (27, 6), (60, 4)])
def test_distances_equal_the_definition(seed: int, k1: int, k2: int) -> None:
    rows, modality = crowd(25 + 23 * seed, seed)
    lists = slow_lists(rows, modality, k1, itself=True)
    _, weights, _, expected = slow_distances(rows, lists, modality, k1, k2)
    found = reciprocal_weights(rows, lists, half=round(k1 / 2) + 1).toarray()
    assert np.abs(found - weights).max() < 1e-6
    distance = jaccard_distance(rows, k1=k1, k2=k2, modality=modality, balanced=True, threads=2)
    assert np.abs(dense(distance) - expected).max() < TOLERANCE
    given = jaccard_distance(
        rows, k1=k1, k2=k2, modality=modality, balanced=True, neighbours=(lists, rows)
    )
    assert np.array_equal(dense(given), dense(distance))


@pytest.mark.parametrize("seed", range(3))
def test_rows_a_little_shorter_than_1_keep_the_order_of_the_products(seed: int) -> None:
    unit, modality = crowd(70, seed)
    rows = unit * np.random.default_rng(seed).uniform(0.7, 1, (70, 1)).astype(np.float32)
    near, _ = by_product(rows, modality, 16)
    assert (near[0][:, 0] != np.arange(70)).any(), "a short row is not the first of its own list"
    expected = slow_distances(rows, near[0], modality, 16, 4)[3]
    found = jaccard_distance(rows, k1=16, k2=4, modality=modality, balanced=True, neighbours=near)
    assert np.abs(dense(found) - expected).max() < TOLERANCE


@pytest.mark.parametrize("case", ["a", "b"])
def test_lists_and_weights_equal_the_released_code(golden, case: str) -> None:
    arrays = golden("bmil_jaccard")
    rows, modality, k1, k2 = (arrays[f"{case}_{n}"] for n in ("features", "modality", "k1", "k2"))
    near, sides = by_product(rows, modality, int(k1))
    for name, expected in (("_rank_vis", sides[0]), ("_rank_ir", sides[1]), ("_rank", near[0])):
        assert np.array_equal(arrays[case + name], expected)
    if case == "a":
        assert np.array_equal(balanced_neighbours(rows, modality, int(k1))[0], near[0])
    weights = reciprocal_weights(rows, near[0], half=round(int(k1) / 2) + 1).toarray()
    assert np.abs(weights - arrays[f"{case}_V"]).max() < TOLERANCE
    slow = slow_distances(rows, near[0], modality, int(k1), int(k2))
    assert np.array_equal(slow[0], arrays[f"{case}_reciprocal"])
    for name, values in zip(("V", "V_qe", "dist"), slow[1:], strict=True):
        assert np.abs(values - arrays[f"{case}_{name}"]).max() < TOLERANCE


@pytest.mark.parametrize("case", ["a", "b", "odd"])
def test_distances_and_labels_equal_the_released_code(golden, case: str) -> None:
    arrays = golden("bmil_jaccard")
    rows, modality = arrays[f"{case}_features"], arrays[f"{case}_modality"]
    options = {name: int(arrays[f"{case}_{name}"]) for name in ("k1", "k2")}
    short = np.abs(np.linalg.norm(rows, axis=1) - 1).max() > 1e-4
    near = by_product(rows, modality, options["k1"])[0] if short else None
    options |= {"modality": modality, "balanced": True, "neighbours": near}
    distance = jaccard_distance(rows, **options)
    assert np.abs(dense(distance) - arrays[f"{case}_dist"]).max() < TOLERANCE
    for eps, name in ((0.6, "06"), (0.3, "03")):
        expected = arrays[f"{case}_labels_eps{name}"]
        assert np.array_equal(dbscan(distance, eps=eps), expected)
        limited = jaccard_distance(rows, max_distance=eps, **options)
        assert np.array_equal(dbscan(limited, eps=eps), expected)


def test_fewer_rows_than_half_a_list_give_what_they_have(golden) -> None:
    """The released code raises there."""
    arrays = golden("bmil_jaccard")
    assert arrays["few_raises"]
    few, k1, k2 = arrays["few_rows"], int(arrays["b_k1"]), int(arrays["b_k2"])
    rows, modality = arrays["b_features"][few], arrays["b_modality"][few]
    fewest = np.bincount(modality, minlength=2).min()
    assert fewest < k1 // 2
    near, _ = by_product(rows, modality, k1)
    assert near[0].shape == (len(few), k1 // 2 + fewest)
    expected = slow_distances(rows, near[0], modality, k1, k2)[3]
    found = jaccard_distance(rows, k1=k1, k2=k2, modality=modality, balanced=True, neighbours=near)
    assert np.abs(dense(found) - expected).max() < TOLERANCE


def test_other_choices_than_the_released_ones_show(golden) -> None:
    arrays = golden("bmil_jaccard")
    rows, modality = arrays["a_features"], arrays["a_modality"]
    k1, k2, expected = int(arrays["a_k1"]), int(arrays["a_k2"]), arrays["a_dist"]

    def apart(**changes) -> float:
        options = {"k1": k1, "k2": k2, "modality": modality, "balanced": True} | changes
        return float(np.abs(dense(jaccard_distance(rows, **options)) - expected).max())

    assert apart() < TOLERANCE
    assert apart(k2=k2 // 2) > 0.05, "k2 / 2 of each modality"
    assert apart(balanced=False) > 0.05, "plain lists"


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_samples_does_not_matter(seed: int) -> None:
    rows, modality = crowd(70, seed)
    order = np.random.default_rng(seed).permutation(70)
    options = {"k1": 15, "k2": 4, "balanced": True}
    plain = dense(jaccard_distance(rows, modality=modality, **options))
    mixed = dense(jaccard_distance(rows[order], modality=modality[order], **options))
    assert np.abs(mixed - plain[np.ix_(order, order)]).max() < 1e-6


def test_no_samples_have_no_distances() -> None:
    none = np.empty(0, int)
    assert balanced_neighbours(np.empty((0, 4)), none, 5)[0].shape == (0, 0)
    found = jaccard_distance(np.empty((0, 4)), modality=none, balanced=True)
    assert found.shape == (0, 0)


def test_wrong_arguments_are_refused() -> None:
    rows, modality = crowd(30, 0)
    options = {"k1": 8, "modality": modality, "balanced": True}
    with pytest.raises(ConfigError, match="k1 is 1; expected at least 2"):
        balanced_neighbours(rows, modality, 1)
    near = balanced_neighbours(rows, modality, 8)
    for changes in ({}, {"neighbours": near}):
        with pytest.raises(ConfigError, match="k1 is 1; expected at least 2"):
            jaccard_distance(rows, **options | changes | {"k1": 1})
        with pytest.raises(ConfigError, match="expected the rows' modality"):
            jaccard_distance(rows, **options | changes | {"modality": None})
    with pytest.raises(DataError, match=r"are 4 visible and 4 infrared rows; expected 5 and 5"):
        jaccard_distance(rows, neighbours=near, **options | {"k1": 10})
    with pytest.raises(DataError, match=r"visible and . infrared rows; expected 4 and 4"):
        jaccard_distance(rows, neighbours=nearest_neighbours(rows, 8), **options)
    with pytest.raises(DataError, match=r"rows 0\.\.N-1"):
        jaccard_distance(rows, neighbours=(near[0] + 1, near[1]), **options)
    with pytest.raises(DataError, match="wider"):
        jaccard_distance(rows, neighbours=(near[0][1:], near[1]), **options)
