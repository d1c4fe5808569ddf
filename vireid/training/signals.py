"""How clear and how steady a labelling is: figures that need no identities."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vireid.cluster import centres, normalise_rows
from vireid.metrics import centre_margin, matching_margin, neighbour_overlap, stability
from vireid.types import NOISE, Embeddings, Int, Labelling, Matching, PseudoLabels


@dataclass(frozen=True)
class Signals:
    """Figures of one labelling, by label space."""

    margin: Mapping[str, float] = field(default_factory=dict)
    """How much nearer images are to their own cluster's centre than to any other, the mean over
    the clustered images, in [-2, 2]; for spaces of at least two clusters."""
    stability: Mapping[str, float] = field(default_factory=dict)
    """Adjusted Rand index against the previous labels of the same space, noise as singletons,
    at most 1; for spaces that were labelled before."""
    matching_margin: float | None = None
    """How much cheaper partners are than the next best, relative, the mean over the matched
    visible clusters, at most 1."""
    unmatched: Mapping[str, float] = field(default_factory=dict)
    """Share of the visible and of the infrared clusters without a partner, in [0, 1]."""
    neighbour_overlap: float | None = None
    """Share of nearest images that an image and its nearest one of the other modality have in
    common, in [0, 1]; no labels count. None without images of both."""


def signals(
    labelling: Labelling,
    embeddings: Embeddings,
    previous: Mapping[str, Int],
) -> Signals:
    """Describe a labelling without identities. Takes O(N + C D) memory.

    Args:
        labelling: label spaces over N images.
        embeddings: of the N images, as they were labelled.
        previous: the last labels [N] of the same images by label space, where there are.

    Returns:
        The figures.
    """
    margin, stable = {}, {}
    for name, space in labelling.spaces.items():
        found = _margin(space, embeddings)
        if found is not None:
            margin[name] = found
        if name in previous:
            rows = space.inside(embeddings.modality)
            stable[name] = stability(previous[name][rows], space.labels[rows])
    vectors, resident = embeddings.vectors, embeddings.resident
    shared = neighbour_overlap(vectors, embeddings.modality, resident=resident)
    matching = labelling.matching
    if matching is None:
        return Signals(margin, stable, neighbour_overlap=shared)
    return Signals(margin, stable, matching_margin(matching), _unmatched(matching), shared)


def clarity(labelling: Labelling, found: Signals, modality: Int) -> float:
    """Say in one number how good a labelling looks without identities.

    Args:
        labelling: label spaces over N images.
        found: its signals.
        modality: [N] 0 visible, 1 infrared.

    Returns:
        The mean over the label spaces of margin times the share of the space's images that are
        not noise, in [-2, 2]; comparable between labellings of the same spaces.
    """
    values = []
    for name, space in labelling.spaces.items():
        rows = space.inside(modality)
        clustered = float((space.labels[rows] != NOISE).mean())
        values.append(found.margin.get(name, -2.0) * clustered)
    return float(np.mean(values)) if values else -2.0


def _margin(space: PseudoLabels, embeddings: Embeddings) -> float | None:
    """Return the mean margin of a label space, or None below two clusters."""
    if space.clusters < 2:
        return None
    vectors, labels, resident = embeddings.vectors, space.labels, embeddings.resident
    middle = centres(vectors, labels, modality=embeddings.modality, resident=resident)
    return centre_margin(vectors, labels, normalise_rows(middle), resident=resident)


def _unmatched(matching: Matching) -> dict[str, float]:
    """Return the share of each modality's clusters that are in no pair; 0 without clusters."""

    def share(paired: Int, clusters: int) -> float:
        return 1 - len(np.unique(paired)) / clusters if clusters else 0.0

    visible, infrared = matching.pairs()
    counts = (len(matching.partner), matching.infrared_clusters)
    return {"visible": share(visible, counts[0]), "infrared": share(infrared, counts[1])}
