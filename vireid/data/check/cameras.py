"""What the pictures of each camera look like."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.data.check.file_facts import FileFact
from vireid.data.check.measures import Measures, scaled, unpacked
from vireid.data.check.parts import Part
from vireid.types import Levels, Modality, Span

TAKEN = 12
"""Pictures of a camera that are kept as examples."""


@dataclass(frozen=True, eq=False)
class CameraLook:
    """The readable pictures of one camera, of all parts together."""

    modality: Modality
    """Of the images."""
    camera: int
    """Its number, 0 where unknown."""
    name: str
    """What it is called; the word unknown where that is so."""
    sizes: NDArray[np.int64]
    """[N, 2] height and width in pixels, after turning."""
    seen: Measures
    """[N] what they look like; NaN where only headers were read. Deep files as they are scaled."""
    deep: NDArray[np.bool_]
    """[N] whether the file has more than 8 bits for each value."""
    span: Span | None
    """What becomes black and white of its deep files; None where each is scaled by itself."""
    examples: tuple[str, ...]
    """Paths of a few of them, spread evenly over all."""

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def words(self) -> str:
        """Its modality and name, for a message."""
        return f"{self.modality.name.lower()} camera {self.name}"


def camera_looks(parts: Sequence[Part], levels: Levels | None = None) -> list[CameraLook]:
    """Gather what the pictures of each camera look like.

    Args:
        parts: training and test images.
        levels: how deep files are scaled; each by itself if not given.

    Returns:
        One for each modality and camera with a readable picture, visible ones first.
    """
    looks = []
    facts = [fact for part in parts for fact in part.facts]
    paths = [path for part in parts for path in part.images.paths]
    modality = np.concatenate([part.images.modality for part in parts])
    camera = np.concatenate([part.images.camera for part in parts])
    good = np.array([not fact.problem for fact in facts], dtype=bool)
    names = parts[0].images.plus(parts[1].images)
    for kind in Modality:
        for number in np.unique(camera[good & (modality == kind)]).tolist():
            here = np.flatnonzero(good & (modality == kind) & (camera == number))
            chosen = [facts[i] for i in here]
            deep = np.array([fact.span is not None for fact in chosen], dtype=bool)
            name = names.camera_name(number)
            span = levels.of(kind, name) if levels is not None else None
            seen = _as_scaled(unpacked(fact.measures for fact in chosen), chosen, deep, span)
            some = here[np.linspace(0, len(here) - 1, min(TAKEN, len(here))).round().astype(int)]
            looks.append(
                CameraLook(
                    kind,
                    number,
                    name if number else "unknown",
                    np.array([(fact.height, fact.width) for fact in chosen], dtype=np.int64),
                    seen,
                    deep,
                    span,
                    tuple(paths[i] for i in some),
                )
            )
    return looks


def _as_scaled(
    seen: Measures, facts: Sequence[FileFact], deep: NDArray[np.bool_], span: Span | None
) -> Measures:
    """Return the measures of pictures once the values of deep files are scaled."""
    concerned = deep if span is None or not span.for_bytes else np.ones_like(deep)
    if not concerned.any():
        return seen
    if span is not None:
        after = scaled(seen, np.float32(span.low), np.float32(span.high))
    else:
        ends = np.array([fact.span or (0, 255) for fact in facts], dtype=np.float32)
        after = scaled(seen, ends[:, 0], np.maximum(ends[:, 1], ends[:, 0] + 1))
    return Measures(*(np.where(concerned, b, a) for a, b in zip(seen, after, strict=True)))
