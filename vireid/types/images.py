"""Images as files with what cameras know of them, and who is on them, apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import DataError
from vireid.types.arrays import Int, check_modality, sides, vector
from vireid.types.labelling import Known
from vireid.types.levels import Levels

UNKNOWN = 0
"""The camera of an image whose camera is unknown."""
NO_TRACK = -1
"""The track of an image that has none."""


@dataclass(frozen=True, repr=False)
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
    track: Int | None = None
    """[N] numbers of tracks, -1 for an image without one; None where unknown."""
    time: NDArray[np.float64] | None = None
    """[N] seconds since 1970 in UTC, NaN where unknown; None where all are unknown."""
    box: NDArray[np.float64] | None = None
    """[N, 4] left, top, width and height in the frame that an image was cut out of, in pixels, NaN
    where unknown; None where all are unknown."""
    cameras: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Names of the cameras that are called by another name than their number."""
    tracks: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Names of the tracks, likewise."""
    levels: Levels | None = None
    """What becomes black and white of files with more than 8 bits; where None, each file says it
    itself."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check their lengths and values."""
        object.__setattr__(self, "root", Path(self.root))
        object.__setattr__(self, "paths", tuple(self.paths))
        for name in ("modality", "camera"):
            object.__setattr__(self, name, vector(name, getattr(self, name), len(self.paths)))
        check_modality(self.modality)
        if self.track is not None:
            object.__setattr__(self, "track", vector("track", self.track, len(self.paths)))
        for name, shape in (("time", (len(self.paths),)), ("box", (len(self.paths), 4))):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _doubles(name, getattr(self, name), shape))
        for name in ("cameras", "tracks"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[type["Images"], tuple[object, ...]]:
        """Copy and pickle by the values, as a frozen mapping can do neither."""
        where = (self.root, self.paths, self.modality, self.camera, self.track, self.time, self.box)
        return Images, (*where, dict(self.cameras), dict(self.tracks), self.levels)

    @classmethod
    def of(cls, modality: ArrayLike, camera: ArrayLike | None = None) -> "Images":
        """Describe N images that need no files, such as those of which only features are known.

        Args:
            modality: [N] 0 visible, 1 infrared.
            camera: [N] camera numbers; unknown where not given.

        Returns:
            The images; their number in the order given stands for the path.

        Raises:
            DataError: lengths differ, or values are no modalities or whole numbers.

        >>> Images.of([0, 0, 1], camera=[1, 2, 3])
        Images(2 visible and 1 infrared images, cameras 1, 2, 3)
        """
        kind = vector("modality", modality)
        paths = tuple(f"{number:09d}" for number in range(len(kind)))
        known = np.zeros_like(kind) if camera is None else vector("camera", camera)
        return cls(Path(), paths, kind, known)

    def __len__(self) -> int:
        return len(self.paths)

    def __repr__(self) -> str:
        cameras = ", ".join(self.camera_name(c) for c in np.unique(self.camera).tolist() if c)
        place = f", below {self.root}" if self.root != Path() else ""
        return f"Images({sides(self.modality)}, cameras {cameras or 'unknown'}{place})"

    def subset(self, indices: Sequence[int] | Int) -> "Images":
        """Return the images at the indices [M], in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        return replace(
            self,
            paths=tuple(self.paths[i] for i in chosen),
            modality=self.modality[chosen],
            camera=self.camera[chosen],
            track=None if self.track is None else self.track[chosen],
            time=None if self.time is None else self.time[chosen],
            box=None if self.box is None else self.box[chosen],
        )

    def plus(self, other: "Images") -> "Images":
        """Return these images and others of the same data set behind them.

        Args:
            other: M images below the same root, whose cameras and tracks are numbered alike.

        Returns:
            N + M images.

        Raises:
            DataError: they lie below another root.
        """
        if other.root != self.root:
            raise DataError(f"images lie below {self.root} and {other.root}; expected one folder")
        length = len(self.paths), len(other.paths)
        parts = {
            name: _joined(getattr(self, name), getattr(other, name), length, unknown)
            for name, unknown in (("track", NO_TRACK), ("time", np.nan), ("box", np.nan))
        }
        return replace(
            self,
            paths=self.paths + other.paths,
            modality=np.concatenate([self.modality, other.modality]),
            camera=np.concatenate([self.camera, other.camera]),
            cameras={**other.cameras, **self.cameras},
            tracks={**other.tracks, **self.tracks},
            levels=self.levels or other.levels,
            track=parts["track"],
            time=parts["time"],
            box=parts["box"],
        )

    def camera_name(self, number: int) -> str:
        """Return what a camera is called.

        Args:
            number: of the camera.

        Returns:
            Its name, which is its number where it has no other.
        """
        return self.cameras.get(number, str(number))

    def known(self) -> Known:
        """Return what is known of the images without looking at them, as a labeller is told it."""
        camera = self.camera if self.camera.any() else None
        return Known(self.modality, camera, self.track, self.time, self.box)


@dataclass(frozen=True, repr=False)
class Truth:
    """The true identities of N images. Sealed: no room that trains may name it."""

    identities: Int
    """[N] identity numbers."""
    names: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Names of the identities that are called by another name than their number."""

    def __post_init__(self) -> None:
        """Freeze the identities and their names."""
        object.__setattr__(self, "identities", vector("identities", self.identities))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))

    def __reduce__(self) -> tuple[type["Truth"], tuple[object, ...]]:
        """Copy and pickle by the values, as a frozen mapping can do neither."""
        return Truth, (self.identities, dict(self.names))

    def __len__(self) -> int:
        return len(self.identities)

    def __repr__(self) -> str:
        return f"Truth({len(self):,} images of {len(np.unique(self.identities)):,} identities)"

    def subset(self, indices: Sequence[int] | Int) -> "Truth":
        """Return the identities at the indices [M], in that order."""
        return Truth(self.identities[np.asarray(indices, dtype=np.int64)], self.names)

    def name(self, identity: int) -> str:
        """Return what an identity is called.

        Args:
            identity: its number.

        Returns:
            Its name, which is its number where it has no other.
        """
        return self.names.get(identity, str(identity))


def _joined(
    one: NDArray[Any] | None, other: NDArray[Any] | None, length: tuple[int, int], unknown: float
) -> NDArray[Any] | None:
    """Join what is known of images, of which one part may be unknown; None where both are."""
    if one is None and other is None:
        return None
    known = one if one is not None else other
    assert known is not None
    filled = [
        np.full((count, *known.shape[1:]), unknown, dtype=known.dtype) if part is None else part
        for part, count in zip((one, other), length, strict=True)
    ]
    return np.concatenate(filled)


def _doubles(name: str, values: object, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Copy numbers into an array that cannot be written to."""
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        raise DataError(f"{name} has shape {array.shape}; expected {shape}")
    array.setflags(write=False)
    return array
