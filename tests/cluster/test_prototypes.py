"""Dense prototypes against RPNR's released code and a slow computation."""

import numpy as np
import pytest

from vireid.cluster import centres, dense_prototypes, densities, nearest_prototypes
from vireid.errors import ConfigError, DataError
from vireid.labelling import closed_up

CASES = ("top20", "top5")


@pytest.mark.parametrize("case", CASES)
def test_prototypes_and_labels_are_those_of_the_released_code(golden, case) -> None:
    arrays = golden("rpnr_labels")
    rows, labels = arrays[f"{case}_features"], arrays[f"{case}_labels"]
    inside = labels >= 0
    assert np.array_equal(densities(rows, labels)[inside], arrays[f"{case}_density"][inside])
    assert np.abs(centres(rows, labels) - arrays[f"{case}_centres"]).max() < 1e-5
    prototypes = dense_prototypes(rows, labels, int(arrays[f"{case}_top"]))
    assert np.abs(prototypes - arrays[f"{case}_prototypes"]).max() < 1e-5
    found = nearest_prototypes(rows, labels, prototypes)
    assert np.array_equal(found, arrays[f"{case}_labels_after"])


@pytest.mark.parametrize("case", CASES)
def test_emptied_clusters_leave_gaps_in_the_released_labels(golden, case) -> None:
    arrays = golden("rpnr_labels")
    rows, before, after = (
        arrays[f"{case}_{name}"] for name in ("features", "labels", "labels_after")
    )
    emptied = np.setdiff1d(before, after)
    kept = np.setdiff1d(after, -1)
    assert np.isnan(centres(rows, after, clusters=before.max() + 1)[emptied]).all()
    found = closed_up(after)
    assert np.array_equal(np.setdiff1d(found, -1), np.arange(len(kept))), "vireid closes them up"
    assert np.array_equal(np.append(kept, -1)[found], after)
    assert np.isfinite(centres(rows, found)).all()


def drawn(count, clusters, seed):
    """Return rows of several lengths around a few directions, and labels with errors and noise."""
    generator = np.random.default_rng(seed)
    people = np.arange(count) % max(1, clusters)
    rows = generator.normal(size=(count, 6)) + 2 * generator.normal(size=(9, 6))[people]
    wrong = generator.random(count) < 0.2
    labels = np.where(wrong, generator.integers(-1, max(1, clusters), count), people)
    labels[:clusters] = np.arange(clusters)
    return rows.astype(np.float32), labels if clusters else np.full(count, -1)


def cosine(one, other):
    """Return the cosine of two rows, number by number."""
    product = sum(x * y for x, y in zip(one, other, strict=True))
    return product / (sum(x * x for x in one) * sum(y * y for y in other)) ** 0.5


@pytest.mark.parametrize(("count", "clusters"), [(60, 4), (25, 7), (9, 9), (5, 1), (3, 0)])
@pytest.mark.parametrize("top", [1, 3, 100])
@pytest.mark.parametrize("block", [2, 1024])
def test_prototypes_are_those_of_a_slow_computation(monkeypatch, count, clusters, top, block):
    monkeypatch.setattr("vireid.cluster.prototypes._BLOCK", block)
    rows, labels = drawn(count, clusters, seed=count)
    lists = rows.astype(float).tolist()
    density = [0] * count
    for i in range(count):
        for j in range(count):
            if labels[i] == labels[j] != -1:
                density[i] += int(np.sign(cosine(lists[i], lists[j]) - 0.5))
    assert densities(rows, labels).tolist() == density
    prototypes = []
    for cluster in range(clusters):
        group = [i for i in range(count) if labels[i] == cluster]
        densest = sorted(group, key=lambda i: (-density[i], i))[:top]
        prototypes.append(np.mean([lists[i] for i in densest], axis=0))
    found = dense_prototypes(rows, labels, top)
    assert found == pytest.approx(np.reshape(prototypes, (clusters, 6)), abs=1e-6)
    expected = [
        -1 if labels[i] == -1
        else max(range(clusters), key=lambda c: cosine(lists[i], prototypes[c]))
        for i in range(count)
    ]  # fmt: skip
    assert nearest_prototypes(rows, labels, found).tolist() == expected


def test_of_equally_dense_images_the_first_are_taken() -> None:
    rows = np.diag([1.0, 2.0, 3.0])
    assert dense_prototypes(rows, np.zeros(3, int), 1).tolist() == [[1.0, 0.0, 0.0]]
    assert dense_prototypes(rows[::-1], np.zeros(3, int), 1).tolist() == [[0.0, 0.0, 3.0]]


def test_wrong_arguments_are_refused() -> None:
    rows, labels = np.eye(3), np.array([0, 0, 2])
    with pytest.raises(DataError, match="skip cluster 1"):
        dense_prototypes(rows, labels, 2)
    with pytest.raises(ConfigError, match="top is 0"):
        dense_prototypes(rows, labels, 0)
    with pytest.raises(DataError, match="zero"):
        densities(np.diag([1.0, 0.0, 1.0]), np.zeros(3, int))
    for call in (densities, lambda rows, labels: nearest_prototypes(rows, labels, rows)):
        with pytest.raises(DataError, match="labels have shape"):
            call(rows, labels[:2])
