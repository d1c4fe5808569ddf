"""How a user asks for levels: words such as auto, 7800:8300 or gate=8300:7800."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from vireid.errors import ConfigError, some
from vireid.types import Images, Levels, Modality, Span
from vireid.types.levels import ANY

Word = Literal["auto", "full", "own"]
"""Found from the files, 16 bits as they are, or each image by itself."""
WORDS = get_args(Word)
EXPECTED = "expected auto, full, own, LOW:HIGH, MODALITY=LOW:HIGH or CAMERA=LOW:HIGH"
_SPAN = re.compile(r"\s*([-+0-9.eE]+)\s*:\s*([-+0-9.eE]+)\s*")

Key = tuple[Modality, str]


@dataclass(frozen=True)
class LevelsWish:
    """What is asked for of the levels."""

    word: Word = "auto"
    """What is done with cameras of which nothing else is said."""
    modalities: Mapping[Modality, Span] = field(default_factory=dict, hash=False)
    """Spans of all files of a modality."""
    cameras: Mapping[str, Span] = field(default_factory=dict, hash=False)
    """Spans by the name of a camera."""
    levels: Levels | None = None
    """Spans that a program gives."""

    @property
    def plain(self) -> bool:
        """Whether nothing is asked for."""
        return self == LevelsWish()

    def spans(self, images: Images) -> dict[Key, Span | None]:
        """Return the spans that are asked for.

        Args:
            images: N images.

        Returns:
            By modality and camera.

        Raises:
            ConfigError: no image is of a camera that is named.
        """
        there = {images.camera_name(number) for number in set(images.camera.tolist())}
        unknown = sorted(set(self.cameras) - there)
        if unknown:
            known = some(sorted(there - {"0"}))
            raise ConfigError(
                f"--levels names the camera {unknown[0]!r}; expected "
                f"{f'one of {known}' if known else 'LOW:HIGH alone, as no camera is known'}"
            )
        found: dict[Key, Span | None] = dict(self.levels.spans) if self.levels else {}
        found |= {(kind, ANY): span for kind, span in self.modalities.items()}
        found |= {(kind, name): span for name, span in self.cameras.items() for kind in Modality}
        return found


def as_wish(levels: Levels | str | Sequence[str] | None) -> LevelsWish:
    """Read what a user asks for.

    Args:
        levels: one word or several, or levels; nothing is asked for where None.

    Returns:
        The wish.

    Raises:
        ConfigError: a word is unknown, or contradicts another.

    >>> as_wish("7800:8300").modalities[Modality.INFRARED]
    Span(low=7800.0, high=8300.0, source='given')
    """
    if levels is None:
        return LevelsWish()
    if isinstance(levels, Levels):
        return LevelsWish(levels=levels)
    words = [levels] if isinstance(levels, str) else list(levels)
    chosen = [word for word in words if word in WORDS]
    if len(chosen) > 1:
        raise ConfigError(f"--levels {' '.join(chosen)}: expected one of {', '.join(WORDS)}")
    modalities: dict[Modality, Span] = {}
    cameras: dict[str, Span] = {}
    for word in (word for word in words if word not in WORDS):
        name, _, span = word.rpartition("=")
        if name.upper() in Modality.__members__ or not name:
            kind = Modality[name.upper()] if name else Modality.INFRARED
            _put(modalities, kind, _span(word, span), word)
        else:
            _put(cameras, name, _span(word, span), word)
    first: Word = next((word for word in WORDS if word in chosen), "auto")
    return LevelsWish(first, modalities, cameras)


def _put(into: dict[Modality, Span] | dict[str, Span], key: object, span: Span, word: str) -> None:
    """Note a span, of which there is to be one only."""
    if key in into:
        raise ConfigError(f"--levels {word}: a span is given twice; expected one for each camera")
    into[key] = span  # type: ignore[index]


def _span(word: str, text: str) -> Span:
    """Read LOW:HIGH."""
    found = _SPAN.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        low, high = float(found[1]), float(found[2])
        if not abs(high - low) > 0 or high - low in (float("inf"), float("-inf")):
            raise ValueError(text)
    except ValueError:
        raise ConfigError(f"--levels {word}: {EXPECTED}, with two different numbers") from None
    return Span(low, high)
