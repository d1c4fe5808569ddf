"""How the values of files with more than 8 bits become black, grey and white."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vireid.errors import DataError
from vireid.types.arrays import Modality

ANY = ""
"""Stands for every camera of a modality that has no span of its own."""


@dataclass(frozen=True)
class Span:
    """Which value becomes black and which white; values outside are cut off."""

    low: float
    """Becomes 0."""
    high: float
    """Becomes 255; below ``low`` where warm is dark and is to be bright."""
    source: str = "given"
    """How it was found, in a few words."""

    def __post_init__(self) -> None:
        """Check that there is something between the two."""
        if not abs(self.high - self.low) > 0 or abs(self.high) == abs(self.low) == float("inf"):
            raise DataError(
                f"levels {self.low:g}:{self.high:g} hold nothing; expected two different values"
            )


@dataclass(frozen=True)
class Levels:
    """The span of each modality and camera.

    It concerns files of more than 8 bits; those of 8 bits stay as they are, but for a span that a
    user gives within 0 to 255.
    """

    spans: Mapping[tuple[Modality, str], Span | None] = field(default_factory=dict, hash=False)
    """By modality and the camera's name, ``ANY`` for all others of the modality; None where each
    image is scaled by itself."""

    def __post_init__(self) -> None:
        """Freeze the spans."""
        spans = {(Modality(kind), str(camera)): span for (kind, camera), span in self.spans.items()}
        object.__setattr__(self, "spans", MappingProxyType(spans))

    def __reduce__(self) -> tuple[type["Levels"], tuple[dict[tuple[Modality, str], Span | None]]]:
        """Copy and pickle by the values, as a frozen mapping can do neither."""
        return Levels, (dict(self.spans),)

    def of(self, modality: int, camera: str) -> Span | None:
        """Return the span of an image.

        Args:
            modality: 0 visible, 1 infrared.
            camera: the name of its camera.

        Returns:
            That of the camera, else that of the modality; None where the image is scaled by itself.

        >>> Levels({(Modality.INFRARED, ANY): Span(0, 4095)}).of(1, "3")
        Span(low=0, high=4095, source='given')
        """
        kind = Modality(modality)
        return self.spans.get((kind, camera), self.spans.get((kind, ANY)))

    def knows(self, modality: int, camera: str) -> bool:
        """Tell whether it is said how images of a camera are scaled.

        Args:
            modality: 0 visible, 1 infrared.
            camera: the name of the camera.

        Returns:
            True for a span, and where each image is to be scaled by itself.
        """
        kind = Modality(modality)
        return (kind, camera) in self.spans or (kind, ANY) in self.spans

    def to_json(self) -> str:
        """Return all spans as JSON, in order."""
        keys = sorted(self.spans)
        rows = [
            [kind.name.lower(), camera, *_cells(self.spans[kind, camera])] for kind, camera in keys
        ]
        return json.dumps(rows)

    @classmethod
    def from_json(cls, text: str) -> "Levels":
        """Return what ``to_json`` wrote.

        Args:
            text: the JSON.

        Returns:
            The levels.

        Raises:
            DataError: it is something else.

        >>> Levels.from_json(Levels({(Modality.VISIBLE, "7"): Span(9, 3)}).to_json()).of(0, "7")
        Span(low=9, high=3, source='given')
        """
        try:
            return cls(
                {
                    (Modality[kind.upper()], camera): None
                    if low is None
                    else Span(low, high, source)
                    for kind, camera, low, high, source in json.loads(text)
                }
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"levels cannot be read: {error}") from error


def _cells(span: Span | None) -> list[float | str | None]:
    """Return a span as a row of JSON holds it."""
    return [None, None, "each image"] if span is None else [span.low, span.high, span.source]


def _span(low: float | None, high: float, source: str) -> Span | None:
    """Return the span of such a row."""
    return None if low is None else Span(low, high, source)
