"""The words of `--levels`, and levels in words."""

import math
from collections.abc import Sequence

from vireid.errors import ConfigError, DataError
from vireid.types import ANY, Images, Levels, Modality, Span

AUTO, FULL, OWN = "auto", "full", "own"
EXPECTED = "auto, full, own, LOW:HIGH, MODALITY=LOW:HIGH or CAMERA=LOW:HIGH"
DEEP = "given for more than 8 bits"
"""How a span was found that no modality and no camera was named for."""
KINDS = {kind.name.lower(): kind for kind in Modality}


def read_levels(words: Sequence[str], *images: Images) -> Levels | None:
    """Read the words of `--levels`.

    Args:
        words: as the user gives them.
        *images: one or several, whose cameras they may name.

    Returns:
        What they decide; the rest is to be found in the files. None for auto.

    Raises:
        ConfigError: a word is unknown, a camera is not there, or two words contradict.

    >>> read_levels(["infrared=4095:0"], Images.of([0, 1])).of(1, "3")
    Span(low=4095.0, high=0.0, source='given')
    """
    if not words or list(words) == [AUTO]:
        return None
    if list(words) == [OWN]:
        return Levels({(kind, ANY): None for kind in Modality})
    if list(words) == [FULL]:
        return Levels({(kind, ANY): Span(0, 65535, "all of 16 bits") for kind in Modality})
    spans: dict[tuple[Modality, str], Span | None] = {}
    for word in words:
        for key, span in _read(word, images):
            if key in spans:
                raise ConfigError(f"--levels {' '.join(words)}: two words are about the same")
            spans[key] = span
    return Levels(spans)


def describe(levels: Levels) -> str:
    """Say what becomes black and white.

    Args:
        levels: of some images.

    Returns:
        One line.
    """
    parts = []
    for (kind, camera), span in sorted(levels.spans.items(), key=lambda item: item[0]):
        where = f"{kind.name.lower()}{f' camera {camera}' if camera else ''}"
        if span is None:
            parts.append(f"{where} each image by itself")
        else:
            parts.append(f"{where} {span.low:g} to {span.high:g} ({span.source})")
    return "; ".join(parts)


def _read(word: str, images: Sequence[Images]) -> list[tuple[tuple[Modality, str], Span]]:
    """Read one word with a span; a camera may belong to both modalities."""
    name, equals, ends = word.rpartition("=")
    if not equals:
        return [((Modality.INFRARED, ANY), _span(word, word, DEEP))]
    span = _span(word, ends, "given")
    if name.lower() in KINDS:
        return [((KINDS[name.lower()], ANY), span)]
    pairs = [
        (part.camera_name(number), kind)
        for part in images
        for number, kind in sorted(
            set(zip(part.camera.tolist(), part.modality.tolist(), strict=True))
        )
    ]
    if name not in dict(pairs):
        known = ", ".join(dict.fromkeys(camera for camera, _ in pairs))
        raise ConfigError(
            f"--levels {word}: there is no modality and no camera {name}; expected visible, "
            f"infrared or one of the cameras {known}"
        )
    kinds = sorted({kind for camera, kind in pairs if camera == name})
    return [((Modality(kind), name), span) for kind in kinds]


def _span(word: str, ends: str, source: str) -> Span:
    low, colon, high = ends.partition(":")
    try:
        values = float(low), float(high)
    except ValueError:
        values = (math.nan, math.nan)
    if not colon or not all(math.isfinite(value) for value in values):
        raise ConfigError(f"--levels {word} is given; expected {EXPECTED}")
    try:
        return Span(*values, source)
    except DataError as error:
        raise ConfigError(f"--levels {word}: {error}") from None
