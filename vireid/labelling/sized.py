"""Neighbours that suit the number of images: the fewer there are, the fewer are of one person."""

import math
from dataclasses import replace

from vireid.labelling.clustering import BALANCED, ClusteringConfig

GROWTH = 0.22
"""Exponent by which the neighbours looked at grow with the number of images."""
AT_ONE = {False: 3.3, True: 4.0}
"""What is multiplied by, for one modality and for both: 30 neighbours at the 22,258 visible images
of SYSU-MM01, and 40 at its 34,167 of both modalities, as the literature has them."""
AVERAGED = 5
"""Lowered neighbours are so many times those averaged."""


def most_neighbours(count: int, *, mixed: bool = False) -> int:
    """Return the largest k1 that suits a number of images, found on drawn data.

    docs/results/neighbours.md says how it was chosen.

    Args:
        count: N images that are clustered.
        mixed: whether they are of both modalities.

    Returns:
        c N^0.22 rounded up, with c = 3.3, or 4 for both modalities.

    >>> most_neighbours(22_258), most_neighbours(768), most_neighbours(34_167, mixed=True)
    (30, 15, 40)
    """
    return max(1, math.ceil(round(AT_ONE[mixed] * count**GROWTH, 6)))


def sized(config: ClusteringConfig, count: int, *, mixed: bool = False) -> ClusteringConfig:
    """Lower the neighbours of a clustering to what suits a number of images.

    Balanced neighbours are lowered as those of one modality are: the literature has 30 of them
    for SYSU-MM01 (BMIL).

    Args:
        config: settings, usually for more images.
        count: N images that are clustered.
        mixed: whether they are of both modalities.

    Returns:
        The settings; where k1 had to be lowered, k2 is at most a fifth of it.

    >>> lowered = sized(ClusteringConfig(k1=30, k2=6), 200)
    >>> lowered.k1, lowered.k2
    (11, 2)
    """
    most = most_neighbours(count, mixed=mixed and config.neighbours != BALANCED)
    if config.k1 <= most:
        return config
    return replace(config, k1=most, k2=min(config.k2, max(1, round(most / AVERAGED))))


def scaled(config: ClusteringConfig, groups: int, images: int, *, mixed: bool) -> ClusteringConfig:
    """Adapt a clustering of images to groups of them, such as tracks, of which a person has fewer.

    docs/results/cameras.md says how it was chosen.

    Args:
        config: settings for the images.
        groups: G groups that are clustered.
        images: N images that they hold.
        mixed: whether they are of both modalities.

    Returns:
        The settings: k1 becomes ceil(k1 G / N) and one more, the group itself, or two for both
        modalities; k2 and min_samples shrink alike, to at least 2 and 1. None of them grows.

    >>> fewer = scaled(ClusteringConfig(k1=30, k2=6), 100, 1000, mixed=False)
    >>> fewer.k1, fewer.k2, fewer.min_samples
    (4, 2, 1)
    """
    if groups == images:
        return config
    share = groups / images
    k1 = min(config.k1, math.ceil(config.k1 * share) + 1 + mixed)
    k2 = min(config.k2, k1, max(2, math.ceil(config.k2 * share)))
    return replace(config, k1=k1, k2=k2, min_samples=math.ceil(config.min_samples * share))
