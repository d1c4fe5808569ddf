"""P x K batches."""

from collections import Counter

import numpy as np
import pytest

from vireid.errors import DegenerateClusters
from vireid.training.sampling import label_batches


def groups(seed=0, clusters=7, count=150):
    """Return two label arrays that cover different halves of the images, some of them noise."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(-1, clusters, count)
    left = generator.random(count) < 0.5
    return np.where(left, labels, -1), np.where(left, -1, labels)


def batches(groups, seed=0, **options):
    settings = {"labels": 3, "images": 4, "iterations": 11} | options
    return list(label_batches(groups, **settings, generator=np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(5))
def test_each_batch_holds_k_images_of_each_of_p_labels_and_all_sides_show_the_same(seed):
    sides = groups(seed)
    found = batches(sides, seed)
    assert len(found) == 11
    for batch in found:
        shown = [labels[indices] for labels, indices in zip(sides, batch, strict=True)]
        assert (shown[0] == shown[1]).all()
        assert (shown[0] >= 0).all()
        assert (shown[0].reshape(3, 4) == shown[0].reshape(3, 4)[:, :1]).all()
        assert sorted(Counter(shown[0].tolist()).values()) == [4, 4, 4]


@pytest.mark.parametrize(("size", "images", "most"), [(4, 4, 1), (6, 4, 1), (3, 4, 2), (1, 4, 4)])
def test_images_repeat_only_where_there_are_too_few(size, images, most):
    labels = np.repeat([0, 1], size)
    for (indices,) in batches((labels,), labels=2, images=images):
        counts = Counter(indices.tolist())
        assert max(counts.values()) == most
        for label in (0, 1):
            inside = [counts[i] for i in np.flatnonzero(labels == label).tolist()]
            assert sum(inside) == images
            assert max(inside) - min(inside) <= 1


def test_a_round_shows_every_label_once():
    labels = np.repeat(np.arange(6), 4)
    for start in range(0, 10, 2):
        two = batches((labels,), iterations=10)[start : start + 2]
        assert sorted({int(label) for (part,) in two for label in labels[part]}) == list(range(6))


def test_only_labels_of_every_side_are_drawn_and_fewer_than_p_are_fine():
    sides = np.array([0, 0, 1, 2, -1, -1, -1]), np.array([-1, -1, -1, -1, 2, 1, 3])
    for left, right in batches(sides, labels=9, images=2):
        assert set(sides[0][left]) == set(sides[1][right]) == {1, 2}
        assert len(left) == len(right) == 4


def test_the_generator_alone_decides():
    sides = groups()
    one, again, other = batches(sides, 1), batches(sides, 1), batches(sides, 2)
    for first, second in zip(one, again, strict=True):
        assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert any((a[0] != b[0]).any() for a, b in zip(one, other, strict=True))


def test_labels_are_not_modified_and_order_within_a_batch_is_by_label():
    sides = groups()
    copies = [side.copy() for side in sides]
    batches(sides)
    assert all((side == copy).all() for side, copy in zip(sides, copies, strict=True))


@pytest.mark.parametrize(
    ("sides", "count"),
    [
        (([-1, -1],), 0),
        (([],), 0),
        (([0, 0, -1],), 1),
        (([0, 1, -1, -1], [-1, -1, 2, 3]), 0),
        (([0, 1, -1, -1], [-1, -1, 1, 3]), 1),
    ],
)
def test_too_few_labels_are_reported(sides, count):
    arrays = tuple(np.array(side, dtype=np.int64) for side in sides)
    with pytest.raises(DegenerateClusters, match=f"^{count} clusters .*expected at least 2"):
        batches(arrays)
