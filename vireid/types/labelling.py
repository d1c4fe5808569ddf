"""What a labelling is made from beside embeddings, what is promised of it, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.types.arrays import Int, Modality, check_modality, sides, vector
from vireid.types.labels import Matching, PseudoLabels


@dataclass(frozen=True, repr=False)
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
    box: NDArray[np.float64] | None = None
    """[N, 4] left, top, width and height in the frame that an image was cut out of, in pixels, NaN
    where unknown; None where all are unknown."""

    def __post_init__(self) -> None:
        """Check the lengths and freeze the arrays."""
        object.__setattr__(self, "modality", vector("modality", self.modality))
        check_modality(self.modality)
        for name in ("camera", "track"):
            if getattr(self, name) is not None:
                value = vector(name, getattr(self, name), len(self.modality))
                object.__setattr__(self, name, value)
        for name, shape in (("time", (len(self),)), ("box", (len(self), 4))):
            if getattr(self, name) is not None:
                values = np.array(getattr(self, name), dtype=np.float64)
                if values.shape != shape:
                    raise DataError(f"{name} has shape {values.shape}; expected {shape}")
                values.setflags(write=False)
                object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.modality)

    def subset(self, indices: Int) -> "Known":
        """Return what is known of the images at the indices [M], in that order."""
        return Known(
            self.modality[indices],
            None if self.camera is None else self.camera[indices],
            None if self.track is None else self.track[indices],
            None if self.time is None else self.time[indices],
            None if self.box is None else self.box[indices],
        )

    def __repr__(self) -> str:
        names = ("camera", "track", "time", "box")
        more = [name for name in names if getattr(self, name) is not None]
        return f"Known({', '.join([sides(self.modality), *more])})"


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
    nearest: Mapping[Modality, Int] | None = None
    """[N, k] the k most similar images of each modality for each image, itself included, most
    similar first; only while terms begin that ask for them."""

    def own(self, side: Modality) -> PseudoLabels | None:
        """Return the label space over one modality.

        Args:
            side: the modality.

        Returns:
            The first such space; None where there is none.
        """
        return next((space for space in self.spaces.values() if space.modality == side), None)
