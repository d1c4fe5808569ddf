"""What the embeddings of each camera have in common: statistics that take a camera out of them."""

from dataclasses import dataclass

import numpy as np

from vireid.errors import DataError
from vireid.types.arrays import Float, Int, check_modality, vector

EVERY_CAMERA = -1
"""In place of a camera's number: all cameras of the modality together."""


@dataclass(frozen=True, repr=False)
class CameraStatistics:
    """Mean, and where asked for spread, of the embeddings of each camera and each modality."""

    modality: Int
    """[C] 0 visible, 1 infrared; a camera of both modalities is two."""
    camera: Int
    """[C] camera numbers; -1 for all cameras of the modality together, which stands for a camera
    that has no row of its own."""
    mean: Float
    """[C, D]."""
    spread: Float | None = None
    """[C, D] standard deviation of each dimension, more than 0; None where only means are taken
    off."""

    def __post_init__(self) -> None:
        """Check the shapes and freeze the arrays."""
        object.__setattr__(self, "modality", vector("modality", self.modality))
        check_modality(self.modality)
        object.__setattr__(self, "camera", vector("camera", self.camera, len(self.modality)))
        for name in ("mean", "spread"):
            if getattr(self, name) is None:
                continue
            rows = np.array(getattr(self, name), dtype=np.float32)
            if rows.ndim != 2 or len(rows) != len(self.camera) or not np.isfinite(rows).all():
                raise DataError(f"{name} has shape {rows.shape}; expected {len(self.camera)} rows")
            rows.setflags(write=False)
            object.__setattr__(self, name, rows)

    def __len__(self) -> int:
        return len(self.camera)

    def __repr__(self) -> str:
        own = int((self.camera != EVERY_CAMERA).sum())
        kept = "mean" if self.spread is None else "mean and spread"
        return f"CameraStatistics({kept} of {own} cameras, [{len(self)}, {self.mean.shape[1]}])"

    def rows_of(self, modality: Int, camera: Int | None) -> Int:
        """Return which row stands for each of N images.

        Args:
            modality: [N] 0 visible, 1 infrared.
            camera: [N] camera numbers; None where unknown.

        Returns:
            [N] that of the image's camera, else that of its modality.

        Raises:
            DataError: nothing is known of a modality.
        """
        places = {
            key: row
            for row, key in enumerate(
                zip(self.modality.tolist(), self.camera.tolist(), strict=True)
            )
        }
        cameras = np.full(len(modality), EVERY_CAMERA) if camera is None else np.asarray(camera)
        pairs, back = np.unique(np.stack([modality, cameras]), axis=1, return_inverse=True)
        rows = []
        for kind, number in pairs.T.tolist():
            row = places.get((kind, number), places.get((kind, EVERY_CAMERA)))
            if row is None:
                side = ("visible", "infrared")[kind]
                raise DataError(
                    f"the statistics know no {side} images; expected those of images of both "
                    "modalities"
                )
            rows.append(row)
        return np.asarray(rows, dtype=np.int64)[back.reshape(-1)]
