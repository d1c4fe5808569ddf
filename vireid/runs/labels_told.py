"""What a labelling of features found, in a line or two."""

from typing import TYPE_CHECKING

import numpy as np

from vireid.types import NOISE, Int

if TYPE_CHECKING:
    from vireid.labelling.features import Found


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
