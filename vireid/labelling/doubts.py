"""What looks wrong with labels at a glance, and what to try."""

from collections.abc import Iterator

import numpy as np

from vireid.labelling.clustering import ClusteringConfig
from vireid.types import NOISE, Float, Int

GIANT = 0.3
"""Share of the images above which a single cluster is doubted."""
FEW = 20
"""Images below which such a share says nothing."""
EQUAL = 2 * float(np.finfo(np.float32).eps)
"""Squared distance of unit rows up to which products in float32 cannot tell them apart."""


def doubts(
    labels: Int, config: ClusteringConfig, *, rows: Float | None = None, matched: bool = False
) -> Iterator[str]:
    """Say what is doubtful about a clustering, without identities.

    Args:
        labels: [N] of the images that were clustered, -1 for noise.
        config: how they were clustered.
        rows: [N, D] what was clustered, of unit length, where it is to be looked at.
        matched: whether clusters of two modalities were joined.

    Yields:
        A line for each doubt, with what to try.

    >>> next(doubts(np.zeros(9, int), ClusteringConfig(k1=5, k2=1)))[:48]
    'all 9 images are in one cluster: if they show se'
    """
    if rows is not None and len(rows) > 1 and _nearly_equal(rows):
        yield (
            f"all {len(rows):,} rows are nearly equal: these labels are of no use; check the model "
            "that made the features, and the images that it was given"
        )
        return
    sizes = np.bincount(labels[labels != NOISE])
    if not len(sizes):
        looser = min(0.9, config.eps + 0.1)
        most = min(2 * config.k1, max(1, len(labels) // 2))
        more = f"more neighbours (k1 {most}), " if most > config.k1 else ""
        yield (
            f"no clusters: all {len(labels):,} images are noise; try {more}a larger eps "
            f"({looser:.2g}) or fewer min_samples ({max(1, config.min_samples // 2)})"
        )
        return
    share = sizes.max() / len(labels)
    what = (
        f"all {len(labels):,} images are in one cluster"
        if share == 1
        else f"the largest cluster holds {sizes.max():,} of {len(labels):,} images ({share:.0%})"
    )
    if len(sizes) == 1 or (share > GIANT and len(labels) >= FEW):
        yield f"{what}: if they show several people, {_finer(config, len(labels), matched=matched)}"


def _nearly_equal(rows: Float) -> bool:
    """Tell whether the smallest box around rows is so small that they cannot be told apart."""
    extent = (rows.max(axis=0) - rows.min(axis=0)).astype(np.float64)
    return float(extent @ extent) <= EQUAL


def _finer(config: ClusteringConfig, count: int, *, matched: bool) -> str:
    """Say what makes more and smaller clusters of so many images."""
    k1 = max(2, min(round(config.k1 * 0.6), count // 2))
    k2 = max(1, min(config.k2, round(k1 / 5)))
    modality = "" if matched else ", or each modality by itself"
    return (
        f"these labels are of no use; try fewer neighbours (k1 {k1} and k2 {k2} instead of "
        f"{config.k1} and {config.k2}), a smaller eps ({max(0.1, config.eps - 0.1):.2g} instead "
        f"of {config.eps:g}){modality}"
    )
