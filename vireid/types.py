"""The values that travel between rooms: frozen, and validated where they are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError

Int = NDArray[np.int64]
Float = NDArray[np.float32]
Bool = NDArray[np.bool_]

NOISE = -1
"""The label of a sample that belongs to no cluster."""


class Modality(IntEnum):
    """What kind of light a camera records."""

    VISIBLE = 0
    INFRARED = 1


SYSU_CAMERAS = {
    1: Modality.VISIBLE,
    2: Modality.VISIBLE,
    3: Modality.INFRARED,
    4: Modality.VISIBLE,
    5: Modality.VISIBLE,
    6: Modality.INFRARED,
}
"""What each camera of SYSU-MM01 records; 1, 2 and 3 stand indoors, the others outdoors."""


def _vector(name: str, values: object, length: int | None = None) -> Int:
    """Return a read-only [N] int64 copy of the values, or say what is wrong with them."""
    array = np.asarray(values)
    if array.ndim != 1 or (length is not None and len(array) != length):
        expected = "one dimension" if length is None else f"shape ({length},)"
        raise DataError(f"{name} has shape {array.shape}; expected {expected}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"{name} has type {array.dtype}; expected whole numbers")
    copy = array.astype(np.int64)
    copy.setflags(write=False)
    return copy


def _check_modality(modality: Int) -> None:
    unknown = np.setdiff1d(modality, (Modality.VISIBLE, Modality.INFRARED))
    if unknown.size:
        raise DataError(f"modality holds {unknown[0]}; expected 0 (visible) or 1 (infrared)")


@dataclass(frozen=True)
class Images:
    """N image files with what a camera knows of them; no identities."""

    root: Path
    """The folder that the paths are relative to."""
    paths: tuple[str, ...]
    """N paths relative to the root."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    camera: Int
    """[N] camera numbers; 0 where unknown."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check their lengths and values."""
        object.__setattr__(self, "root", Path(self.root))
        object.__setattr__(self, "paths", tuple(self.paths))
        for name in ("modality", "camera"):
            object.__setattr__(self, name, _vector(name, getattr(self, name), len(self.paths)))
        _check_modality(self.modality)

    def __len__(self) -> int:
        return len(self.paths)

    def subset(self, indices: Sequence[int] | Int) -> "Images":
        """Return the images at the indices [M], in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        paths = tuple(self.paths[i] for i in chosen)
        return Images(self.root, paths, self.modality[chosen], self.camera[chosen])


@dataclass(frozen=True)
class Truth:
    """The true identities of N images. Sealed: no room that trains may name it."""

    identities: Int
    """[N] identity numbers."""

    def __post_init__(self) -> None:
        """Freeze the identities."""
        object.__setattr__(self, "identities", _vector("identities", self.identities))

    def __len__(self) -> int:
        return len(self.identities)

    def subset(self, indices: Sequence[int] | Int) -> "Truth":
        """Return the identities at the indices [M], in that order."""
        return Truth(self.identities[np.asarray(indices, dtype=np.int64)])


@dataclass(frozen=True)
class Embeddings:
    """What a model makes of N images."""

    vectors: Float
    """[N, D] rows of unit length."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    features: Float | None = None
    """[N, D] the features before the neck, where they are asked for."""

    def __post_init__(self) -> None:
        """Check the shapes and that the rows are finite and of unit length, and freeze them."""
        vectors = np.asarray(self.vectors, dtype=np.float32)
        if vectors.ndim != 2:
            raise DataError(f"embeddings have shape {vectors.shape}; expected (N, D)")
        norms = np.linalg.norm(vectors, axis=1)
        if not np.all(np.abs(norms - 1) < 1e-3):  # NaN fails too
            raise DataError("embeddings are not all finite and of unit length; normalise the rows")
        vectors = vectors.view()
        vectors.setflags(write=False)
        object.__setattr__(self, "vectors", vectors)
        if self.features is not None:
            features = np.asarray(self.features, dtype=np.float32).view()
            if features.ndim != 2 or len(features) != len(vectors):
                raise DataError(f"features have shape {features.shape}; expected N rows")
            features.setflags(write=False)
            object.__setattr__(self, "features", features)
        object.__setattr__(self, "modality", _vector("modality", self.modality, len(vectors)))
        _check_modality(self.modality)

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True)
class PseudoLabels:
    """One label space over N images: a cluster for each image, and how far to trust it."""

    labels: Int
    """[N] cluster numbers 0..C-1, -1 for noise and for images outside this label space."""
    confidence: Float | None = None
    """[N] trust in each label in [0, 1]; ones where not given."""
    modality: Modality | None = None
    """The modality that the label space is over, images of the other one being noise; both
    modalities where None."""
    clusters: int = field(init=False)
    """C, the number of clusters."""

    def __post_init__(self) -> None:
        """Freeze the arrays and count the clusters, which must be numbered without gaps."""
        labels = _vector("labels", self.labels)
        found = np.unique(labels[labels != NOISE])
        if found.size and (found[0] != 0 or found[-1] != found.size - 1):
            raise DataError("labels skip numbers; expected clusters 0..C-1 and -1 for noise")
        given = np.ones(len(labels)) if self.confidence is None else self.confidence
        confidence = np.array(given, dtype=np.float32)
        if confidence.shape != labels.shape or not np.all((confidence >= 0) & (confidence <= 1)):
            raise DataError(f"confidence must have shape {labels.shape} and lie in [0, 1]")
        confidence.setflags(write=False)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "confidence", confidence)
        object.__setattr__(self, "clusters", int(found.size))

    def inside(self, modality: Int) -> Bool:
        """Tell which images the label space is over.

        Args:
            modality: [N] 0 visible, 1 infrared.

        Returns:
            [N] True for images of its modality, for all images where it is over both.
        """
        if self.modality is None:
            return np.ones(len(modality), dtype=np.bool_)
        return np.asarray(modality == self.modality)


@dataclass(frozen=True)
class Matching:
    """Which infrared cluster each visible cluster is taken to show the same person as."""

    partner: Int
    """[Cv] the infrared cluster of each visible cluster, -1 where unmatched."""
    infrared_clusters: int
    """Cr, the number of infrared clusters."""
    cost: Float
    """[Cv] the cost of each pair, NaN where unmatched."""
    next_cost: Float | None = None
    """[Cv] the least cost of another infrared cluster than the partner, NaN where there is none
    or the cluster is unmatched; all NaN where not given."""
    visible_partner: Int | None = None
    """[Cr] for infrared clusters that are nobody's partner, the visible cluster they join, which
    has a partner; -1 for all others; all -1 where not given."""
    to_visible: Int | None = None
    """[Cr] the way back: the visible cluster of each infrared cluster, -1 where it has none;
    where not given, the cheapest of those whose partner it is, or the one that it joins."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check the range of the partners."""
        partner = _vector("partner", self.partner)
        _check_partners(partner, self.infrared_clusters)
        object.__setattr__(self, "partner", partner)
        for name in ("cost", "next_cost"):
            given = getattr(self, name)
            cost = np.array(np.full(len(partner), np.nan) if given is None else given, np.float32)
            if cost.shape != partner.shape:
                raise DataError(f"{name} has shape {cost.shape}; expected {partner.shape}")
            cost.setflags(write=False)
            object.__setattr__(self, name, cost)
        given = self.visible_partner
        if given is None:
            given = np.full(self.infrared_clusters, NOISE)
        other = _vector("visible_partner", given, self.infrared_clusters)
        _check_partners(other, len(partner))
        left = np.flatnonzero(other != NOISE)
        if np.isin(left, partner).any() or (partner[other[left]] == NOISE).any():
            raise DataError(
                "visible_partner must lead from infrared clusters that are no partner to visible "
                "clusters that have one"
            )
        object.__setattr__(self, "visible_partner", other)
        back = self._way_back() if self.to_visible is None else self.to_visible
        back = _vector("to_visible", back, self.infrared_clusters)
        _check_partners(back, len(partner))
        object.__setattr__(self, "to_visible", back)

    def _way_back(self) -> Int:
        """Return the visible cluster of each infrared one, by the maps that were given."""
        assert self.visible_partner is not None
        back = self.visible_partner.copy()
        price = np.nan_to_num(self.cost, nan=np.inf)
        for visible in np.lexsort((np.arange(len(price)), price))[::-1]:  # the cheapest stays
            if self.partner[visible] != NOISE:
                back[self.partner[visible]] = visible
        return back

    def pairs(self) -> tuple[Int, Int]:
        """Return the visible [M] and the infrared cluster [M] of each of the M pairs."""
        assert self.visible_partner is not None
        visible = np.flatnonzero(self.partner != NOISE)
        infrared = np.flatnonzero(self.visible_partner != NOISE)
        return (
            np.concatenate([visible, self.visible_partner[infrared]]),
            np.concatenate([self.partner[visible], infrared]),
        )


def _check_partners(partner: Int, clusters: int) -> None:
    if partner.size and not (partner.min() >= NOISE and partner.max() < clusters):
        raise DataError(f"partners must lie in -1..{clusters - 1}")


@dataclass(frozen=True)
class Known:
    """What is known of N images without looking at them; no identities."""

    modality: Int
    """[N] 0 visible, 1 infrared."""
    camera: Int | None = None
    """[N] camera numbers; None where unknown."""
    track: Int | None = None
    """[N] numbers of tracks, -1 for an image without one; None where unknown."""
    time: NDArray[np.float64] | None = None
    """[N] seconds since any moment, NaN where unknown; None where all are unknown."""

    def __post_init__(self) -> None:
        """Check the lengths and freeze the arrays."""
        object.__setattr__(self, "modality", _vector("modality", self.modality))
        _check_modality(self.modality)
        for name in ("camera", "track"):
            if getattr(self, name) is not None:
                value = _vector(name, getattr(self, name), len(self.modality))
                object.__setattr__(self, name, value)
        if self.time is not None:
            time = np.array(self.time, dtype=np.float64)
            if time.shape != self.modality.shape:
                raise DataError(f"time has shape {time.shape}; expected {self.modality.shape}")
            time.setflags(write=False)
            object.__setattr__(self, "time", time)

    def __len__(self) -> int:
        return len(self.modality)


@dataclass(frozen=True)
class LabelSpace:
    """What a labeller promises of a label space before there are labels."""

    modality: Modality | None = None
    """The modality that it is over; both where None."""
    confidence: bool = False
    """Whether its labels carry confidences."""
    matched: bool = False
    """Whether it joins the clusters of both modalities by a matching."""


@dataclass(frozen=True)
class Labelling:
    """All label spaces of one labelling pass."""

    spaces: Mapping[str, PseudoLabels]
    """Pseudo-labels [N] by the name of their label space."""
    matching: Matching | None = None
    """From visible to infrared clusters and back, where a label space joins them."""
    matched: str | None = None
    """The name of the label space that the matching made."""

    def own(self, side: Modality) -> PseudoLabels | None:
        """Return the label space over one modality.

        Args:
            side: the modality.

        Returns:
            The first such space; None where there is none.
        """
        return next((space for space in self.spaces.values() if space.modality == side), None)


@dataclass(frozen=True)
class Ranking:
    """The best gallery images for each of Q queries."""

    order: Int
    """[Q, K] gallery indices, most similar first."""
    similarity: Float
    """[Q, K] dot products in [-1, 1]."""
