"""The values of some files of a camera: which of its files are deep, and what they use."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data.pixels.bare.png import SIGNATURE
from vireid.data.pixels.decoding import decode_file, header
from vireid.data.pixels.scaling import common_step
from vireid.errors import DataError
from vireid.types import Images, Span

FILES = 256
"""Files of a camera that are looked at, at most."""
VALUES = 2048
"""Values of each that are kept, at most."""
THREADS = 4
MAYBE = (b"II", b"MM", b"P2", b"P5", b"Pf")
"""How files begin whose header has to be read to know whether they are deep."""
FLAT = 8
"""Grey levels between the 1st and the 99th percentile, under which a picture shows nothing."""
COUNTS = 16
"""Such a difference of whole values under which it was flat before it was scaled."""


@dataclass(frozen=True)
class Sample:
    """What the values of one file are like."""

    values: NDArray[np.float64]
    """Some of them, those that are finite."""
    low: float
    """The smallest of all."""
    high: float
    """The largest of all."""
    step: int
    """As ``common_step`` tells."""
    whole: bool
    """Whether they are whole numbers."""

    def lost(self, span: Span) -> bool:
        """Tell whether a picture with contrast shows little or nothing of it under a span.

        Args:
            span: of its camera.

        Returns:
            False for a picture that has no contrast anyway.
        """
        first, last = np.percentile(self.values, (1, 99))
        ends = sorted((span.low, span.high))
        outside = np.mean((self.values < ends[0]) | (self.values > ends[1]))
        if last - first < (COUNTS if self.whole else 1e-6):
            return False
        inside = min(last, ends[1]) - max(first, ends[0])
        shown = inside * 255 / (ends[1] - ends[0])
        return bool(outside > 0.5 or shown < FLAT)


def deep_files(images: Images, indices: Sequence[int]) -> list[int]:
    """Find the files that hold grey levels of more than 8 bits.

    Args:
        images: N images.
        indices: which of them are looked at.

    Returns:
        Those that do, in order; what cannot be read is none of them.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda i: _is_deep(images.root / images.paths[i]), indices)
        return [index for index, deep in zip(indices, found, strict=True) if deep]


def some_of(indices: Sequence[int]) -> list[int]:
    """Choose files evenly spaced, at most `FILES`.

    Args:
        indices: of all files.

    Returns:
        The chosen ones.
    """
    places = np.linspace(0, len(indices) - 1, min(FILES, len(indices)))
    return [indices[round(float(place))] for place in places]


def sample_files(images: Images, indices: Sequence[int]) -> list[Sample]:
    """Decode deep files and keep some of the values of each.

    Args:
        images: N images.
        indices: of deep files.

    Returns:
        What those are like that can be read.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        found = pool.map(lambda i: _sample(images.root / images.paths[i]), indices)
        return [sample for sample in found if sample is not None]


def _is_deep(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(32)
        if head.startswith(SIGNATURE):
            return head[24:26] == b"\x10\x00"
        return head[:2] in MAYBE and header(path).deep
    except (OSError, ValueError, DataError):
        return False


def _sample(path: Path) -> Sample | None:
    try:
        values = decode_file(path).values
    except DataError:
        return None
    values = values[np.isfinite(values)]
    whole = values.dtype.kind != "f" or bool((values == np.round(values)).all())
    few = values[:: -(-values.size // VALUES)].astype(np.float64)
    ends = float(values.min()), float(values.max())
    return Sample(few, *ends, common_step(values), whole)
