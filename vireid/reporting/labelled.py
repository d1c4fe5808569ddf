"""Clusters of the training images by the last network, and how clear and how pure each is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import centres, normalise_rows
from vireid.labelling.features import Found, find_labels
from vireid.ranking import Gallery
from vireid.types import Float, Int, Modality, PseudoLabels, Truth


@dataclass(frozen=True)
class Cluster:
    """One cluster of a modality."""

    side: Modality
    """Its modality."""
    number: int
    """Its label."""
    members: Int
    """[M] rows of its images, the clearest first."""
    margin: float | None
    """How much nearer they are to its centre than to any other, the mean in [-2, 2]; None for a
    cluster that is alone."""
    purity: float | None
    """Share of the images of its most common person, in (0, 1]; None without identities."""
    person: int | None
    """That person; None likewise."""
    aliens: frozenset[int] = frozenset()
    """Rows of its images that show somebody else; none without identities."""


def label_again(gallery: Gallery) -> Found:
    """Label images as the run did.

    Args:
        gallery: N embedded images, which carry the settings of the run.

    Returns:
        The labels; matched where both modalities are there.

    Raises:
        DataError: the images cannot be labelled.
        ConfigError: the settings are not valid.
    """
    both = len(np.unique(gallery.embeddings.modality)) == len(Modality)
    return find_labels(gallery, match=both)  # type: ignore[arg-type]  # a gallery knows its images


def clusters(
    space: PseudoLabels, side: Modality, gallery: Gallery, truth: Truth | None
) -> list[Cluster]:
    """Describe each cluster of a label space.

    Args:
        space: labels [N] over one modality.
        side: that modality.
        gallery: the N embedded images.
        truth: identities [N], where known.

    Returns:
        The clusters, by number.
    """
    margins = _margins(space, gallery.vectors)
    found = []
    for number in range(space.clusters):
        members = np.flatnonzero(space.labels == number)
        members = members[np.argsort(-margins[members], kind="stable")]
        margin = None if space.clusters < 2 else float(margins[members].mean())
        purity = person = None
        aliens: frozenset[int] = frozenset()
        if truth is not None:
            people, counts = np.unique(truth.identities[members], return_counts=True)
            purity, person = float(counts.max() / len(members)), int(people[counts.argmax()])
            aliens = frozenset(members[truth.identities[members] != person].tolist())
        found.append(Cluster(side, number, members, margin, purity, person, aliens))
    return found


def _margins(space: PseudoLabels, vectors: Float) -> NDArray[np.float64]:
    """Return how much nearer each image is to its own centre; 0 for noise."""
    margins = np.zeros(len(vectors))
    if space.clusters < 2:
        return margins
    middles = normalise_rows(centres(vectors, space.labels, clusters=space.clusters))
    rows = np.flatnonzero(space.labels >= 0)
    similarity = vectors[rows] @ middles.T
    own = (np.arange(len(rows)), space.labels[rows])
    mine = similarity[own]
    similarity[own] = -np.inf
    margins[rows] = mine - similarity.max(axis=1)
    return margins
