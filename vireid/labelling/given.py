"""Features of any origin, and what goes with them, as they are given to be labelled."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster.rows import checked_modality
from vireid.errors import ConfigError, DataError
from vireid.types import Embeddings, Float, Int, Known, Modality


@dataclass(frozen=True)
class Given:
    """N feature vectors."""

    rows: Float
    """[N, D]."""
    known: Known | None
    """What is known of them; None where not even their modality is."""
    carried: str | None = None
    """Settings of labelling that a gallery carries, JSON."""

    def chosen(self, only: Modality | None) -> Int:
        """Say which rows are clustered.

        Args:
            only: the modality whose rows are wanted; all where None.

        Returns:
            [M] row numbers.

        Raises:
            ConfigError: one modality is wanted, and nobody knows which rows are of it.
        """
        if only is None:
            return np.arange(len(self.rows))
        if self.known is None:
            raise ConfigError(
                f"only {only.name.lower()} images are wanted; expected their modality"
            )
        return np.flatnonzero(self.known.modality == only)


def given(vectors: Embeddings | Float, modality: Int | Known | None) -> Given:
    """Sort out what is given.

    Args:
        vectors: an array [N, D], embeddings, or a gallery.
        modality: [N] 0 visible, 1 infrared, or all that is known of the rows; None where unknown,
            or where the embeddings know it themselves. A gallery knows its images.

    Returns:
        The features.

    Raises:
        DataError: something else is given, or what is known does not fit the rows.
    """
    inside = getattr(vectors, "embeddings", vectors)  # of a gallery
    if isinstance(inside, Embeddings):
        images = getattr(vectors, "images", None)
        if images is not None:
            return Given(inside.vectors, images.known(), getattr(vectors, "labelling", None))
        if not isinstance(modality, Known):
            return Given(inside.vectors, Known(inside.modality))
        vectors = inside.vectors
    if not isinstance(vectors, np.ndarray):
        raise DataError(
            f"features are of type {type(vectors).__name__}; expected an array [N, D], embeddings "
            "or a gallery"
        )
    if modality is None:
        return Given(vectors, None)
    if isinstance(modality, Known):
        checked_modality(modality.modality, len(vectors))
        return Given(vectors, modality)
    return Given(vectors, Known(_whole(modality, len(vectors))))


def _whole(modality: Int, count: int) -> Int:
    """Return a modality as whole numbers, whatever kind of numbers it is given as."""
    found = np.asarray(modality)
    if found.dtype.kind not in "biuf":
        raise DataError(
            f"modality is of type {found.dtype}; expected 0 (visible) or 1 (infrared) for each of "
            f"{count} rows"
        )
    return checked_modality(found, count).astype(np.int64)
