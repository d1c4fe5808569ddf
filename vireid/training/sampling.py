"""P x K batches: P labels, K images of each, as arrays of indices."""

from collections.abc import Iterator

import numpy as np

from vireid.errors import DegenerateClusters
from vireid.types import NOISE, Int


def label_batches(
    groups: tuple[Int, ...],
    *,
    labels: int,
    images: int,
    iterations: int,
    generator: np.random.Generator,
) -> Iterator[tuple[Int, ...]]:
    """Yield batches in which every group shows the same labels.

    The labels are those that occur in every group. They are taken in random order, none twice
    in a batch, and a new round starts when too few are left. Within a label, images are drawn
    without replacement where there are enough.

    Args:
        groups: label arrays [N], one for each side of the batch (the visible images, say, and
            the infrared ones); -1 for images that do not belong to the side.
        labels: P, labels in a batch; fewer where fewer exist.
        images: K, images of each label and group.
        iterations: number of batches.
        generator: source of all randomness.

    Yields:
        For each group, indices [P * K] into its label array, label by label.

    Raises:
        DegenerateClusters: fewer than two labels occur in every group.
    """
    members = [_members(group) for group in groups]
    shared = sorted(set.intersection(*(set(group) for group in members)))
    if len(shared) < 2:
        raise DegenerateClusters(
            f"{len(shared)} clusters to draw batches from; expected at least 2: "
            "raise eps, lower min_samples or begin from better weights"
        )
    count = min(labels, len(shared))
    order = np.empty(0, dtype=np.int64)
    for _ in range(iterations):
        if len(order) < count:
            order = generator.permutation(shared)
        chosen, order = order[:count], order[count:]
        yield tuple(
            np.concatenate([_draw(group[label], images, generator) for label in chosen.tolist()])
            for group in members
        )


def _members(labels: Int) -> dict[int, Int]:
    """Return the indices of each label, noise left out."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] != NOISE]
    starts = np.flatnonzero(np.diff(labels[order], prepend=NOISE))
    parts = np.split(order, starts[1:]) if len(starts) else []
    return {int(labels[part[0]]): part for part in parts}


def _draw(indices: Int, count: int, generator: np.random.Generator) -> Int:
    """Return `count` of the indices, each at most once more often than any other."""
    rounds = [generator.permutation(indices) for _ in range(-(-count // len(indices)))]
    return np.concatenate(rounds)[:count]
