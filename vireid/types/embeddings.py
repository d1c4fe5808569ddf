"""What a model makes of images, and what a search finds among them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vireid.errors import DataError
from vireid.types.arrays import Float, Int, check_modality, sides, vector


@dataclass(frozen=True, repr=False)
class Embeddings:
    """What a model makes of N images."""

    vectors: Float
    """[N, D] rows of unit length."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    features: Float | None = None
    """[N, D] the features before the neck, where they are asked for."""
    teacher: Float | None = None
    """[N, D] rows of unit length that the teacher makes of the same images, where asked for."""
    resident: Any = field(default=None, compare=False)
    """[N, D] the same vectors as a float32 tensor on the device that made them, which then does
    the work over all images; it has to compute in double precision."""

    def __post_init__(self) -> None:
        """Check the shapes and that the rows are finite and of unit length, and freeze them."""
        vectors = _unit("embeddings", self.vectors)
        object.__setattr__(self, "vectors", vectors)
        if self.teacher is not None:
            object.__setattr__(self, "teacher", _unit("teacher", self.teacher))
            if self.teacher.shape != vectors.shape:
                raise DataError(f"teacher has shape {self.teacher.shape}; expected {vectors.shape}")
        if self.features is not None:
            features = np.asarray(self.features, dtype=np.float32).view()
            if features.ndim != 2 or len(features) != len(vectors):
                raise DataError(f"features have shape {features.shape}; expected N rows")
            features.setflags(write=False)
            object.__setattr__(self, "features", features)
        if self.resident is not None and tuple(self.resident.shape) != vectors.shape:
            raise DataError(
                f"resident vectors have shape {list(self.resident.shape)}; "
                f"expected {list(vectors.shape)}"
            )
        object.__setattr__(self, "modality", vector("modality", self.modality, len(vectors)))
        check_modality(self.modality)

    def __len__(self) -> int:
        return len(self.vectors)

    def subset(self, indices: Int) -> "Embeddings":
        """Return the vectors of the images at the indices [M], in that order, alone."""
        return Embeddings(self.vectors[indices], self.modality[indices])

    def __repr__(self) -> str:
        kept = "" if self.features is None else f", features {list(self.features.shape)}"
        return f"Embeddings({list(self.vectors.shape)}, {sides(self.modality)}{kept})"


def _unit(name: str, given: Float) -> Float:
    """Return rows as float32 that cannot be written to, or say what is wrong with them."""
    rows = np.asarray(given, dtype=np.float32)
    if rows.ndim != 2:
        raise DataError(f"{name} have shape {rows.shape}; expected (N, D)")
    norms = np.linalg.norm(rows, axis=1)
    wrong = np.flatnonzero(~(np.abs(norms - 1) < 1e-3))  # NaN is among them
    if wrong.size:
        raise DataError(
            f"{name} are not all finite and of unit length, row {wrong[0]} has norm "
            f"{norms[wrong[0]]:.4g}; normalise the rows"
        )
    rows = rows.view()
    rows.setflags(write=False)
    return rows


@dataclass(frozen=True, repr=False)
class Ranking:
    """The best gallery images for each of Q queries."""

    order: Int
    """[Q, K] gallery indices, most similar first."""
    similarity: Float
    """[Q, K] dot products in [-1, 1]."""
    searched: Int | None = None
    """[Q, 2] visible and infrared images that each query was compared with; None where unknown."""

    def __repr__(self) -> str:
        queries, best = self.order.shape
        return f"Ranking({queries:,} queries, the best {best:,} gallery images of each)"
