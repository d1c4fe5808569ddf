"""Several labellings of the same features, of which each has seen others of them."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vireid.labelling.tracks import tracks_of
from vireid.types import NOISE, Int, Known, Modality

if TYPE_CHECKING:  # the number of draws is read without them
    from vireid.cluster import Search
    from vireid.labelling.given import Given

DRAWS = 4
"""Subsets that are labelled."""
SHARE = 0.75
"""Share of the images in each of them."""


def repeated_labels(
    features: "Given",
    *,
    draws: int = DRAWS,
    share: float = SHARE,
    generator: np.random.Generator,
    search: "Search | None" = None,
) -> Int:
    """Label all features, and subsets of them, each in as many ways as there are.

    Where both modalities are there, these are two: clusters of each modality joined by the matching
    (as ``label(..., match=True)``), and clusters of both together. Images of one track are drawn
    together. A pair on which the labellings differ is one that the similarity alone decided.

    Args:
        features: N of them, whose modality is known.
        draws: subsets, at least 0.
        share: of the images (or tracks) in each, in (0, 1].
        generator: draws them.
        search: finds neighbours.

    Returns:
        [R, N] cluster numbers, each row numbered by itself: first the matched labels of all, then
        the others. -1 for noise and for images that a labelling was not shown.
    """
    assert features.known is not None
    known = features.known
    rows = [np.arange(len(known))]
    units = _units(known)
    for _ in range(draws):
        order = generator.permutation(int(units.max()) + 1)
        some = order[: max(1, round(share * len(order)))]
        rows.append(np.flatnonzero(np.isin(units, some)))
    found = [_labels(features, some, match, search) for some in rows for match in _ways(known)]
    return np.stack(found)


def _units(known: Known) -> Int:
    """Return the number [N] of the track, or of the image by itself, that is drawn as one."""
    track = tracks_of(known)
    if track is None:
        return np.arange(len(known))
    from vireid.cluster import track_groups

    return track_groups(known.modality, known.camera, track)


def _ways(known: Known) -> tuple[bool, ...]:
    """Return whether clusters are matched in each of the ways to label."""
    both = len(np.unique(known.modality)) == len(Modality)
    return (True, False) if both else (False,)


def _labels(features: "Given", rows: Int, match: bool, search: "Search | None") -> Int:
    """Return the labels [N] of some features, -1 for the others."""
    from vireid.labelling.features import find_labels

    known = features.known
    assert known is not None
    labels = np.full(len(known), NOISE, dtype=np.int64)
    part = replace(features, rows=features.rows[rows], known=known.subset(rows))
    match = match and len(np.unique(known.modality[rows])) == len(Modality)
    labels[rows] = find_labels(part, match=match, search=search).labels
    return labels
