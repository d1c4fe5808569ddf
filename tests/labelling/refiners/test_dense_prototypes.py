"""Labels that are corrected by dense prototypes."""

import numpy as np
import pytest

from vireid.cluster import normalise_rows
from vireid.labelling import REFINERS, DensePrototypes, Refiner
from vireid.types import Embeddings, Known, PseudoLabels

DRAWS = np.random.default_rng(0)


def slow(rows, labels, top):
    """Return corrected labels, image by image."""
    prototypes = []
    for cluster in range(max(labels) + 1):
        group = [i for i in range(len(rows)) if labels[i] == cluster]
        density = {i: sum(np.sign(rows[i] @ rows[j] - 0.5) for j in group) for i in group}
        densest = sorted(group, key=lambda i: (-density[i], i))[:top]
        middle = np.mean(rows[densest], axis=0)
        prototypes.append(middle / np.linalg.norm(middle))
    nearest = [
        -1 if old == -1 else int(np.argmax([row @ one for one in prototypes]))
        for row, old in zip(rows, labels, strict=True)
    ]
    kept = sorted({label for label in nearest if label != -1})
    return [-1 if label == -1 else kept.index(label) for label in nearest]


@pytest.mark.parametrize("count", [12, 60, 90])
@pytest.mark.parametrize("top", [1, 5, 20])
def test_labels_are_those_of_a_slow_computation(count, top) -> None:
    generator = np.random.default_rng(count)
    people = np.arange(count) % 6
    rows = normalise_rows(generator.normal(size=(count, 6)) + 3 * np.eye(6)[people])
    labels = np.where(generator.random(count) < 0.2, generator.integers(-1, 6, count), people)
    labels[:6] = np.arange(6)
    sides = np.zeros(count, int)
    found = DensePrototypes(top).refine(
        PseudoLabels(labels, modality=0), Embeddings(rows, sides), Known(sides), generator=DRAWS
    )
    assert found.labels.tolist() == slow(rows.astype(float), labels, top)
    assert found.modality == 0


def test_a_cluster_that_loses_all_its_images_is_left_out() -> None:
    rows = normalise_rows(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.1]]))
    labels = np.array([0, 0, 1, 2])  # the prototype of cluster 0 lies between both others
    sides = np.zeros(4, int)
    found = DensePrototypes(3).refine(
        PseudoLabels(labels), Embeddings(rows, sides), Known(sides), generator=DRAWS
    )
    assert found.labels.tolist() == [1, 0, 0, 1]
    assert found.clusters == 2


def test_noise_alone_stays_noise() -> None:
    rows, sides = np.eye(3, dtype=np.float32), np.zeros(3, int)
    found = DensePrototypes().refine(
        PseudoLabels(np.full(3, -1)), Embeddings(rows, sides), Known(sides), generator=DRAWS
    )
    assert found.labels.tolist() == [-1] * 3


def test_settings_that_cannot_be_are_named() -> None:
    assert [kind for kind in REFINERS if isinstance(kind(), Refiner)] == [DensePrototypes]
    assert list(DensePrototypes(0).problems()) == [
        "labelling.refiners.top is 0; expected at least 1"
    ]
