"""What becomes black and white in the images of a data set: asked for, kept, or found in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vireid.data.pixels.deep_files import DeepFiles, deep_files, place
from vireid.data.pixels.scaling import FULL
from vireid.data.pixels.spans import find_spans
from vireid.data.pixels.wish import Key, LevelsWish
from vireid.types import Images, Levels, Modality, Span
from vireid.types.levels import ANY


@dataclass(frozen=True)
class Levelled:
    """Images with their levels, and what there is to say of them."""

    images: Images
    """With levels where any file has more than 8 bits, or levels were given."""
    lines: tuple[str, ...] = ()
    """How files of more than 8 bits are scaled, a line for each span."""
    doubts: tuple[str, ...] = ()
    """What is worth a warning."""


def with_levels(
    images: Images, wish: LevelsWish | None = None, kept: Levels | None = None
) -> Levelled:
    """Say what becomes black and white in images whose files have more than 8 bits.

    Spans that are asked for come first, then those that were kept of a training, then those that
    the files themselves show: the bits that the files of a modality or camera fill, or else nearly
    their lowest and highest values. Where the files of a camera do not fit into one span, each
    image is scaled by itself. A bounded sample of the files is looked at.

    Args:
        images: N images.
        wish: what is asked for; nothing if not given.
        kept: what was used before, for the same modality and camera.

    Returns:
        The images with their levels, and what to say.

    Raises:
        ConfigError: a camera that is named has no images.
    """
    wish = wish or LevelsWish()
    spans = wish.spans(images)
    if wish.word == "full":
        spans = _all(FULL) | spans
    elif wish.word == "own":
        spans = _all(None) | spans
    elif kept is not None:
        spans = dict(kept.spans) | spans
    groups = list(deep_files(images))
    deep = [group for group in groups if group.samples]
    asked = Levels(spans)
    found, doubts = find_spans([one for one in deep if not asked.knows(one.kind, one.camera)])
    spans |= found
    if not spans:
        return Levelled(images)
    levels = Levels(spans)
    lines = (*_lines(deep, levels), *_changed(wish, deep, images))
    return Levelled(replace(images, levels=levels), lines, (*doubts, *_mixed(groups)))


def _all(span: Span | None) -> dict[Key, Span | None]:
    """Return a span for all cameras."""
    return {(kind, ANY): span for kind in Modality}


def _lines(deep: Sequence[DeepFiles], levels: Levels) -> Iterator[str]:
    """Say how the files of more than 8 bits are scaled, cameras with equal spans together."""
    together: dict[tuple[Modality, Span | None], list[str]] = {}
    for one in deep:
        together.setdefault((one.kind, levels.of(one.kind, one.camera)), []).append(one.camera)
    for (kind, span), cameras in together.items():
        yield f"{place(kind, cameras)}: {scaling(span)}"


def _changed(wish: LevelsWish, deep: Sequence[DeepFiles], images: Images) -> Iterator[str]:
    """Say which given spans also change files of 8 bits."""
    there = {(one.kind, one.camera) for one in deep}
    for (kind, camera), span in wish.spans(images).items():
        if span is not None and (kind, camera) not in there and camera != ANY:
            here = images.modality == kind
            if camera in {images.camera_name(c) for c in set(images.camera[here].tolist())}:
                yield f"{place(kind, [camera])}: {scaling(span)}"


def _mixed(groups: Sequence[DeepFiles]) -> Iterator[str]:
    """Name cameras of which some files have 8 bits and others more."""
    for one in groups:
        if 0 < len(one.samples) < one.looked:
            yield (
                f"{place(one.kind, [one.camera])}: of {one.looked} files looked at "
                f"{len(one.samples)} have more than 8 bits, the others 8; these stay as they are"
            )


def scaling(span: Span | None) -> str:
    """Say what becomes black and white.

    Args:
        span: None where each image is scaled by itself.

    Returns:
        A few words.

    >>> scaling(Span(7800, 8300)), scaling(None)
    ('7800 becomes black, 8300 white (given)', 'each image is scaled by itself')
    """
    if span is None:
        return "each image is scaled by itself"
    return f"{span.low:.6g} becomes black, {span.high:.6g} white ({span.source})"
