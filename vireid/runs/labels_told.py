"""What a labelling of features found, in a line or two."""

from typing import TYPE_CHECKING

import numpy as np

from vireid.types import NOISE, Int

if TYPE_CHECKING:
    from vireid.labelling.features import Found
    from vireid.runs.assign import Assigned


def summary(labels: Int) -> str:
    """Say in a line what a clustering found.

    Args:
        labels: [N] of the images that were clustered, -1 for noise.

    Returns:
        Images, clusters, share of noise, size of the largest cluster.

    >>> summary(np.array([0, 0, 1, -1]))
    '4 images, 2 clusters, 25.0% noise, largest cluster 2 images'
    """
    sizes = np.bincount(labels[labels != NOISE])
    noise = (labels == NOISE).mean() if labels.size else 0.0
    return (
        f"{len(labels)} images, {len(sizes)} clusters, {noise:.1%} noise, "
        f"largest cluster {sizes.max(initial=0)} images"
    )


def quality(found: "Found") -> str:
    """Say how labels were made, and how good they look without identities.

    Args:
        found: what ``find_labels`` returned.

    Returns:
        A line: settings, margin, clarity, and the margin of pairs, as far as there are any.
    """
    from vireid.metrics import SCALE, clarity_word
    from vireid.training.signals import clarity, signals

    config = found.config
    rule = "" if config.neighbours == "nearest" else f"{config.neighbours} neighbours, "
    parts = [
        f"{rule}k1 {config.k1}, k2 {config.k2}, eps {config.eps:g}, "
        f"min_samples {config.min_samples}"
    ]
    figures = signals(found.labelling, found.embeddings, {})
    if figures.margin:
        space = list(found.labelling.spaces)[-1]
        margin = figures.margin.get(space)
        clear = clarity(found.labelling, figures, found.embeddings.modality)
        parts.append(f"margin {'-' if margin is None else f'{margin:.2f}'}")
        parts.append(f"clarity {clear:.2f}, {clarity_word(clear)} ({SCALE}, on drawn people)")
    if figures.matching_margin is not None:
        parts.append(f"pairs {figures.matching_margin:.2f}")
    return "; ".join(parts)


def assigned_words(assigned: "Assigned") -> list[str]:
    """Say what became of new images, and what decided.

    Args:
        assigned: what ``assign_labels`` returned.

    Returns:
        A line on the images, one on the similarities.
    """
    labels, new = assigned.labelled.labels, assigned.labelled.new
    assert new is not None
    old = labels[~new & (labels != NOISE)]
    limits = (
        f"{'-'.join(one.name.lower() for one in limit.modalities)} from {limit.similarity:.3f} "
        f"(false-match rate {limit.rate:.2g})"
        for limit in assigned.limits
    )
    return [
        f"{len(labels):,} images: {len(old):,} of {len(np.unique(old)):,} of the "
        f"{assigned.clusters:,} known clusters, {new.sum():,} of {len(np.unique(labels[new])):,} "
        f"new ones, {(labels == NOISE).sum():,} of none",
        f"two images match: {', '.join(limits)}",
    ]
