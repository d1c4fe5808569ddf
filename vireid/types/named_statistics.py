"""Statistics of cameras by the cameras' names, as runs and galleries keep them."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any, Literal, get_args

import numpy as np

from vireid.errors import DataError, number_of
from vireid.types.arrays import Float, Int, Modality, check_modality, vector
from vireid.types.cameras import EVERY_CAMERA, CameraStatistics
from vireid.types.images import Images
from vireid.types.levels import ANY
from vireid.types.statistics_data import StatisticsData

StatisticsOf = Literal["training", "own"]
"""Whose images statistics are of: those of a training, or the very images that were embedded."""
FORMAT = 1
"""Version of the text."""


@dataclass(frozen=True, repr=False)
class NamedStatistics:
    """What the embeddings of each camera have in common; its cameras go by their names.

    Every data set numbers named cameras anew; what holds for the images of another one is found by
    the name.
    """

    modality: Int
    """[C] 0 visible, 1 infrared; a camera of both modalities is two."""
    camera: tuple[str, ...]
    """C names, ``ANY`` for all images of the modality together."""
    images: Int
    """[C] how many images were averaged."""
    mean: Float
    """[C, D]."""
    spread: Float
    """[C, D] standard deviation of each dimension."""
    of: StatisticsOf = "own"
    """Whose images they are of."""
    data: StatisticsData | None = None
    """Which images these are; None where unknown. It is no part of the fingerprint."""

    def __post_init__(self) -> None:
        """Check the shapes and freeze the arrays."""
        object.__setattr__(self, "camera", tuple(self.camera))
        for name in ("modality", "images"):
            object.__setattr__(self, name, vector(name, getattr(self, name), len(self.camera)))
        check_modality(self.modality)
        for name in ("mean", "spread"):
            rows = np.array(getattr(self, name), dtype=np.float32)
            if rows.ndim != 2 or len(rows) != len(self.camera) or not np.isfinite(rows).all():
                raise DataError(f"{name} has shape {rows.shape}; expected {len(self.camera)} rows")
            rows.setflags(write=False)
            object.__setattr__(self, name, rows)
        if self.mean.shape != self.spread.shape:
            raise DataError(f"spread has shape {self.spread.shape}; expected {self.mean.shape}")
        if self.of not in get_args(StatisticsOf):
            raise DataError(f"statistics are of {self.of!r}; expected training or own")

    def __len__(self) -> int:
        return len(self.camera)

    def __repr__(self) -> str:
        own = sum(name != ANY for name in self.camera)
        return f"NamedStatistics({own} cameras of {self.of} images, {list(self.mean.shape)})"

    @classmethod
    def named(
        cls,
        statistics: CameraStatistics,
        images: Images,
        of: StatisticsOf,
        data: StatisticsData | None = None,
    ) -> "NamedStatistics":
        """Return statistics by the names of the cameras.

        Args:
            statistics: of the N images, with their spread, by number.
            images: which they are of.
            of: whose images these are.
            data: the same, so far as to tell them from others.

        Returns:
            The same, with the number of images of each camera.
        """
        names, counts = [], []
        pairs = zip(statistics.modality.tolist(), statistics.camera.tolist(), strict=True)
        for kind, number in pairs:
            inside = images.modality == kind
            every = number == EVERY_CAMERA
            counts.append(int((inside if every else inside & (images.camera == number)).sum()))
            names.append(ANY if every else images.camera_name(number))
        assert statistics.spread is not None
        return cls(
            statistics.modality,
            tuple(names),
            np.asarray(counts),
            statistics.mean,
            statistics.spread,
            of,
            data,
        )

    def numbered(self, images: Images) -> CameraStatistics:
        """Return what holds for some images, by their own numbers of cameras.

        Args:
            images: N images.

        Returns:
            The mean of each of their cameras that is known, and of each modality.
        """
        numbers = {
            (kind, images.camera_name(number)): number
            for kind, number in _cameras(images)
            if number
        }
        kept = [
            (row, EVERY_CAMERA if name == ANY else numbers[kind, name])
            for row, (kind, name) in enumerate(self._keys())
            if name == ANY or (kind, name) in numbers
        ]
        rows = [row for row, _ in kept]
        return CameraStatistics(
            self.modality[rows], np.asarray([number for _, number in kept]), self.mean[rows]
        )

    def unseen(self, images: Images) -> list[str]:
        """Say which images have no statistics of their camera, so that their modality's stand in.

        Args:
            images: N images.

        Returns:
            A phrase for each camera.
        """
        known, found = set(self._keys()), []
        for kind, number in _cameras(images):
            if not number or (kind, images.camera_name(number)) not in known:
                count = int(((images.modality == kind) & (images.camera == number)).sum())
                camera = f"camera {images.camera_name(number)}" if number else "an unknown camera"
                what = f"{Modality(kind).name.lower()} image{'s' * (count != 1)}"
                found.append(f"{count} {what} of {camera}")
        return found

    def knows(self, modality: int, name: str) -> bool:
        """Tell whether a camera has statistics of its own.

        Args:
            modality: 0 visible, 1 infrared.
            name: of the camera.

        Returns:
            True where it has.
        """
        return (modality, name) in set(self._keys())

    @property
    def words(self) -> str:
        """Whose cameras these are: of how many images, and of which data where that is known."""
        what = "training image" if self.of == "training" else "image"
        place = f" of {self.data.name}" if self.data else ""
        return f"cameras of {number_of(self.count, what)}{place}"

    @property
    def count(self) -> int:
        """How many images they are of."""
        return int(self.images[[name == ANY for name in self.camera]].sum())

    @property
    def fingerprint(self) -> str:
        """A text that is another one for other statistics: 16 hexadecimal digits."""
        return hashlib.sha256(json.dumps(self._values()).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return all of it as JSON, in ASCII; the numbers keep every bit."""
        data = {} if self.data is None else {"data": astuple(self.data)}
        return json.dumps(self._values() | data)

    def _values(self) -> dict[str, Any]:
        counts = self.images.tolist()
        rows = [
            [Modality(kind).name.lower(), name, count]
            for (kind, name), count in zip(self._keys(), counts, strict=True)
        ]
        arrays = {name: _text(getattr(self, name)) for name in ("mean", "spread")}
        return {"format": FORMAT, "of": self.of, "cameras": rows, **arrays}

    @classmethod
    def from_json(cls, text: str) -> "NamedStatistics":
        """Return what ``to_json`` wrote.

        Args:
            text: the JSON.

        Returns:
            The statistics.

        Raises:
            DataError: it is something else, or of a later version.
        """
        try:
            found = json.loads(text)
            if found["format"] != FORMAT:
                raise DataError(
                    f"it has format {found['format']}, this version of vireid reads {FORMAT}"
                )
            kinds, names, counts = zip(*found["cameras"], strict=True)
            return cls(
                np.asarray([Modality[kind.upper()] for kind in kinds]),
                tuple(str(name) for name in names),
                np.asarray(counts),
                _array(found["mean"], len(names)),
                _array(found["spread"], len(names)),
                found["of"],
                StatisticsData.read(found.get("data")),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DataError(f"statistics of cameras cannot be read: {error}") from error

    def _keys(self) -> Iterator[tuple[int, str]]:
        return zip(self.modality.tolist(), self.camera, strict=True)


def _cameras(images: Images) -> list[tuple[int, int]]:
    """Return the cameras of some images, by modality and number, in order."""
    pairs = np.unique(np.stack([images.modality, images.camera]), axis=1)
    return [(int(kind), int(number)) for kind, number in pairs.T]


def _text(rows: Float) -> str:
    return base64.b64encode(rows.astype("<f4").tobytes()).decode("ascii")


def _array(text: Any, rows: int) -> Float:
    """Return [rows, D] of a text."""
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    return values.reshape(rows, -1)
