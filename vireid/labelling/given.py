"""Features of any origin, and what goes with them, as they are given to be labelled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import uncentred
from vireid.cluster.rows import checked_modality
from vireid.errors import ConfigError, DataError
from vireid.labelling.usable import usable_rows
from vireid.types import (
    CameraStatistics,
    Embeddings,
    Float,
    Images,
    Int,
    Known,
    Modality,
    NamedStatistics,
)


class Saved(Protocol):
    """N feature vectors of a file, as ``ranking.read_features`` gives them."""

    @property
    def vectors(self) -> Float:
        """[N, D]."""

    @property
    def modality(self) -> Int | None:
        """[N] 0 visible, 1 infrared, where the file says it."""

    @property
    def camera(self) -> Int | None:
        """[N] camera numbers, 0 where unknown, where the file says them."""

    @property
    def cameras(self) -> Mapping[int, str]:
        """Names of the cameras that are called by another name than their number."""

    @property
    def track(self) -> Int | None:
        """[N] numbers of tracks, where the file says them."""

    @property
    def time(self) -> NDArray[np.float64] | None:
        """[N] seconds, where the file says them."""

    @property
    def labelling(self) -> str | None:
        """Settings of labelling, JSON, where the file says them."""

    @property
    def statistics(self) -> NamedStatistics | None:
        """What was taken off the features of each camera, where the file says it."""


@dataclass(frozen=True)
class Given:
    """N feature vectors."""

    rows: Float
    """[N, D]."""
    known: Known | None
    """What is known of them; None where not even their modality is."""
    carried: str | None = None
    """Settings of labelling that a gallery carries, JSON."""
    taken: CameraStatistics | None = None
    """What was taken off the rows of each camera; None where nothing was."""
    name: str = "labelling"
    """What they are called, for messages."""

    def unit_rows(self, chosen: Int, *, normalise: bool) -> Float:
        """Return rows as the network gave them: with what was taken off them.

        Args:
            chosen: [M] which of them are wanted.
            normalise: bring them to unit length instead of refusing others.

        Returns:
            [M, D] float32 of unit length.

        Raises:
            DataError: some cannot be used.
        """
        rows = usable_rows(self.rows, chosen, normalise=normalise)
        if self.taken is None or self.known is None:
            return rows
        known = self.known.subset(chosen)
        return uncentred(rows, known.modality, known.camera, self.taken)

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


def given(vectors: Embeddings | Float | Given, modality: Int | Known | None) -> Given:
    """Sort out what is given.

    Args:
        vectors: an array [N, D], embeddings, or a gallery; or what ``of_file`` returned.
        modality: [N] 0 visible, 1 infrared, or all that is known of the rows; None where unknown,
            or where the embeddings know it themselves. A gallery knows its images.

    Returns:
        The features.

    Raises:
        DataError: something else is given, or what is known does not fit the rows.
        ConfigError: something is given that the features know themselves.
    """
    if isinstance(vectors, Given):
        _refuse(modality, "the file")
        return vectors
    inside = getattr(vectors, "embeddings", vectors)  # of a gallery
    if isinstance(inside, Embeddings):
        images = getattr(vectors, "images", None)
        if images is not None:
            _refuse(modality, "the gallery")
            settings = getattr(vectors, "labelling", None)
            taken = _numbered(getattr(vectors, "statistics", None), images)
            return Given(inside.vectors, images.known(), settings, taken)
        if not isinstance(modality, Known):
            _refuse(modality, "the embeddings")
            return Given(inside.vectors, Known(inside.modality))
        if not np.array_equal(modality.modality, inside.modality):
            raise DataError("the embeddings and what is known of them differ in the modality")
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


def of_file(features: Saved, name: str) -> Given:
    """Sort out what a file gives.

    Args:
        features: of the file.
        name: of the file, for messages.

    Returns:
        The features, with what the file knows of them.

    Raises:
        DataError: what it knows does not fit the rows.
    """
    found = Given(features.vectors, None, features.labelling, name=name)
    if features.modality is None:
        return found
    modality = _whole(features.modality, len(features.vectors))
    try:
        known = Known(modality, features.camera, features.track, features.time)
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    images = replace(Images.of(modality, known.camera), cameras=features.cameras)
    return replace(found, known=known, taken=_numbered(features.statistics, images))


def _refuse(modality: Int | Known | None, what: str) -> None:
    """Refuse what is said of features that know it themselves."""
    if modality is not None:
        raise ConfigError(
            f"modality is given beside {what}, which says itself what is known of the images: "
            "leave it out, or give the array of the vectors with it"
        )


def _numbered(taken: NamedStatistics | None, images: Images) -> CameraStatistics | None:
    return None if taken is None else taken.numbered(images)


def _whole(modality: Int, count: int) -> Int:
    """Return a modality as whole numbers, whatever kind of numbers it is given as."""
    found = np.asarray(modality)
    if found.dtype.kind not in "biuf":
        raise DataError(
            f"modality is of type {found.dtype}; expected 0 (visible) or 1 (infrared) for each of "
            f"{count} rows"
        )
    return checked_modality(found, count).astype(np.int64)
