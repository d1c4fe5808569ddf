"""How the values of files with more than 8 bits become black, grey and white."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vireid.errors import DataError
from vireid.types.arrays import Modality

ANY = ""
"""Stands for every camera of a modality that has no span of its own."""
ROUNDED = 1e-3
"""Share of a span by which the ends of one that is the same may differ."""
GIVEN = "given"
"""How a span was found that a user named for a modality or a camera."""


@dataclass(frozen=True)
class Span:
    """Which value becomes black and which white; values outside are cut off."""

    low: float
    """Becomes 0."""
    high: float
    """Becomes 255; below ``low`` where warm is dark and is to be bright."""
    source: str = GIVEN
    """How it was found, in a few words."""

    @property
    def for_bytes(self) -> bool:
        """Whether it also counts for files of 8 bits: given, for values that these can hold."""
        return (
            self.source == GIVEN and 0 <= min(self.low, self.high) < max(self.low, self.high) <= 255
        )

    def like(self, other: "Span") -> bool:
        """Tell whether two spans make the same grey levels.

        Args:
            other: another span, however it was found.

        Returns:
            True where both ends are the same, but for what was rounded in writing them down.

        >>> Span(7794.4, 8403.6).like(Span(7794, 8404)), Span(0, 255).like(Span(255, 0))
        (True, False)
        """
        near = ROUNDED * abs(self.high - self.low)
        return abs(self.low - other.low) <= near and abs(self.high - other.high) <= near

    def __post_init__(self) -> None:
        """Check that there is something between the two."""
        if not abs(self.high - self.low) > 0 or abs(self.high) == abs(self.low) == float("inf"):
            raise DataError(
                f"levels {self.low:g}:{self.high:g} hold nothing; expected two different values"
            )


@dataclass(frozen=True)
class Levels:
    """The span of each modality and camera; images without one are scaled each by itself.

    It concerns files of more than 8 bits for each value, or of a single camera that is given;
    files of 8 bits stay as they are.
    """

    spans: Mapping[tuple[Modality, str], Span | None] = field(default_factory=dict, hash=False)
    """By modality and the camera's name, ``ANY`` for all others of the modality; None where each
    image is scaled by itself, by decision."""

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
            That of the camera, else that of the modality, else None.

        >>> Levels({(Modality.INFRARED, ANY): Span(0, 4095)}).of(1, "3")
        Span(low=0, high=4095, source='given')
        """
        kind = Modality(modality)
        return self.spans.get((kind, camera), self.spans.get((kind, ANY)))

    def decides(self, modality: int, camera: str) -> bool:
        """Tell whether something is said of a camera, if only that its images go by themselves.

        Args:
            modality: 0 visible, 1 infrared.
            camera: its name.

        Returns:
            False where its span is still to be found.
        """
        kind = Modality(modality)
        return (kind, camera) in self.spans or (kind, ANY) in self.spans

    def to_json(self) -> str:
        """Return all spans as JSON, in order."""
        rows = [
            [kind.name.lower(), camera]
            + ([] if span is None else [span.low, span.high, span.source])
            for (kind, camera), span in sorted(self.spans.items(), key=lambda item: item[0])
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
                    (Modality[kind.upper()], camera): Span(*rest) if rest else None
                    for kind, camera, *rest in json.loads(text)
                }
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DataError(f"levels cannot be read: {error}") from error
