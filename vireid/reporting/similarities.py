"""How similar images of one person and of different people are, within and across modalities."""

from collections.abc import Iterator

import numpy as np

from vireid.pages import Bars, Histogram
from vireid.ranking import Gallery
from vireid.reporting.embedding import thinned
from vireid.scoring.similarity import dot_products
from vireid.types import Float, Int, Modality, Truth

COMPARED = 1000
"""Images of a modality that are compared, at most."""
BINS = 40
PAIRS = {
    "Visible with visible": (Modality.VISIBLE, Modality.VISIBLE),
    "Infrared with infrared": (Modality.INFRARED, Modality.INFRARED),
    "Visible with infrared": (Modality.VISIBLE, Modality.INFRARED),
}
"""Titles of the histograms, and what is compared in each."""


def histograms(gallery: Gallery, truth: Truth) -> tuple[Histogram, ...]:
    """Draw histograms of the similarities of the same and of different people.

    Args:
        gallery: N embedded images.
        truth: their identities [N].

    Returns:
        One for each pair of modalities with pairs of both kinds; all over the same range.
    """
    chosen = thinned(gallery.embeddings.modality, COMPARED)
    vectors, people = gallery.vectors[chosen], truth.identities[chosen]
    modality = gallery.embeddings.modality[chosen]
    every_pair = {
        title: similarities(vectors, people, modality, sides) for title, sides in PAIRS.items()
    }
    found = {title: both for title, both in every_pair.items() if all(map(len, both))}
    if not found:
        return ()
    every = [part for both in found.values() for part in both]
    low = max(-1.0, np.floor(10 * min(float(part.min()) for part in every)) / 10)
    high = min(1.0, np.ceil(10 * max(float(part.max()) for part in every)) / 10)
    return tuple(_drawn(title, both, low, high) for title, both in found.items())


def similarities(
    vectors: Float, people: Int, modality: Int, sides: tuple[Modality, Modality]
) -> tuple[Float, Float]:
    """Compare images of one modality with those of another, or of the same.

    Args:
        vectors: [N, D] rows of unit length.
        people: their identities [N].
        modality: [N] 0 visible, 1 infrared.
        sides: the two modalities.

    Returns:
        Similarities [S] of pairs of one person and [T] of pairs of two; each pair counts once and
        no image is compared with itself.
    """
    rows, columns = (np.flatnonzero(modality == side) for side in sides)
    values = dot_products(vectors[rows], vectors[columns])
    counts = np.ones(values.shape, dtype=np.bool_)
    if sides[0] == sides[1]:
        counts = np.triu(counts, 1)
    same = people[rows][:, None] == people[columns][None]
    return values[counts & same], values[counts & ~same]


def _drawn(title: str, both: tuple[Float, Float], low: float, high: float) -> Histogram:
    same, other = both
    groups = []
    for name, kind, values in (("the same person", "same", same), ("two people", "other", other)):
        counts, _ = np.histogram(np.clip(values, low, high), bins=BINS, range=(low, high))
        shares = tuple((counts / len(values)).tolist())
        groups.append(Bars(f"{name}, {len(values):,} pairs", kind, shares))
    return Histogram(title, low, high, tuple(groups), " ".join(_said(same, other)))


def _said(same: Float, other: Float) -> Iterator[str]:
    middle = float(np.median(same))
    above = 100 * float((other > middle).mean())
    away = float(np.median(other).round(2)) + 0.0  # never -0.00
    yield f"Median {middle:.2f} of the same person, {away:.2f} of two;"
    yield f"{above:.2g}% of the pairs of two people are more similar than the former."
