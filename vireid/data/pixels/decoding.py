"""One file's bytes -> its picture: upright, on a plain ground, grey levels as the file has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile

from vireid.data.pixels.bare.orientation import turned, turned_size
from vireid.data.pixels.ground import has_alpha, on_ground
from vireid.data.pixels.opening import (
    SOUND,
    Opened,
    UnreadableKindError,
    open_bytes,
    plain_reason,
    read_bytes,
    unreadable,
)
from vireid.data.pixels.scaling import natural_span, scaled
from vireid.types import Span

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Header:
    """What a file says of its picture before it is decoded."""

    height: int
    """Pixels, after turning."""
    width: int
    """Pixels, after turning."""
    turned: bool
    """Whether an orientation tag changes the picture."""
    deep: bool
    """Whether it holds grey levels of more than 8 bits, or with a sign."""
    kind: str
    """Format, bits and colours in words."""
    radiometric: bool
    """Whether temperatures lie in a part of the file that is not read."""
    cut: bool = False
    """Whether it has colours or transparency of more than 8 bits, of which the upper 8 are read."""


@dataclass(frozen=True, repr=False)
class Decoded:
    """The picture of one file."""

    values: NDArray[Any]
    """[H, W, 3] uint8; of grey levels of more than 8 bits [H, W] as the file holds them: uint16,
    int32, int64 or float32."""
    header: Header
    """What the file says of itself."""
    transparent: bool
    """Whether parts of it were transparent, and lie on a plain ground now."""

    @property
    def height(self) -> int:
        """Pixels, after turning."""
        return self.header.height

    @property
    def width(self) -> int:
        """Pixels, after turning."""
        return self.header.width

    @property
    def turned(self) -> bool:
        """Whether an orientation tag changed the picture."""
        return self.header.turned

    @property
    def deep(self) -> bool:
        """Whether the values are grey levels that are still to be scaled."""
        return self.values.ndim == 2

    @property
    def kind(self) -> str:
        """Format, bits and colours in words, such as ``PNG, 16 bits``."""
        return self.header.kind


def decode_file(source: Path | bytes, name: str = "") -> Decoded:
    """Decode one image file.

    Args:
        source: the file, or all its bytes.
        name: what messages call it; the path where not given.

    Returns:
        The picture.

    Raises:
        DataError: the file is missing, empty, damaged, no image or of a kind that is not read.
    """
    name = name or (str(source) if isinstance(source, Path) else "the image")
    opened = open_bytes(read_bytes(source) if isinstance(source, Path) else source, name)
    try:
        header = _header(opened)
        if header.deep:
            values, transparent = _levels(opened), False
        else:
            values, transparent = _colours(opened.image)
        values = turned(values, opened.bare.orientation)
    except UnreadableKindError as error:
        raise unreadable(name, str(error), "colours or grey levels of 8 to 32 bits") from None
    except Exception as error:  # Pillow raises errors of many kinds on damaged files
        raise unreadable(name, plain_reason(error), SOUND) from None
    return Decoded(values, header, transparent)


def header(source: Path | bytes, name: str = "") -> Header:
    """Read what a file says of its picture, without decoding it.

    Args:
        source: the file, or all its bytes.
        name: what messages call it; the path where not given.

    Returns:
        Size after turning, and what else is known.

    Raises:
        DataError: the file is missing, empty, no image, or its header is damaged.
    """
    name = name or (str(source) if isinstance(source, Path) else "the image")
    return _header(open_bytes(read_bytes(source) if isinstance(source, Path) else source, name))


def to_pixels(decoded: Decoded, span: Span | None = None) -> Pixels:
    """Return a picture as 8-bit red, green and blue.

    Args:
        decoded: as ``decode_file`` returns it.
        span: what becomes black and white; where None, a picture of more than 8 bits is scaled by
            itself. One of 8 bits stays as it is, unless a span within 0 to 255 is given by the
            user.

    Returns:
        [H, W, 3]; not a number becomes black.
    """
    values = decoded.values
    if not decoded.deep:
        return scaled(values, span) if span is not None and span.for_bytes else values
    grey = scaled(values, natural_span(values) if span is None else span)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _header(opened: Opened) -> Header:
    image, bare = opened.image, opened.bare
    height, width = turned_size((image.height, image.width), bare.orientation)
    deep = image.mode.startswith("I") or image.mode == "F" or (bare.signed and image.mode == "L")
    bits = max(bare.bits, _maximum(image).bit_length()) if deep else bare.bits
    if image.mode == "RGB" and _said_maximum(image):  # of a PPM file
        bits = _said_maximum(image).bit_length()
    words = f"{opened.kind}, {'32 bits, floating point' if image.mode == 'F' else f'{bits} bits'}"
    cut = bits > 8 and not deep
    if cut:
        words += ", colour or transparency: the upper 8 bits are taken"
    return Header(height, width, bare.orientation != 1, deep, words, bare.radiometric, cut)


def _maximum(image: ImageFile) -> int:
    """Return the largest value of a PGM file, 65535 where none is announced; 255 for others."""
    if not image.tile or image.format != "PPM":
        return 255
    return _said_maximum(image) or 65535


def _said_maximum(image: ImageFile) -> int:
    """Return the largest value above 255 that a PGM or PPM file announces; 0 for others."""
    if not image.tile or image.format != "PPM":
        return 0
    arguments = image.tile[0][3]
    last = arguments[-1] if isinstance(arguments, tuple) else arguments
    return last if isinstance(last, int) and not isinstance(last, bool) and last > 255 else 0


def _levels(opened: Opened) -> NDArray[Any]:
    """Decode grey levels as the file holds them."""
    image, bare = opened.image, opened.bare
    largest = _maximum(image)
    values = np.asarray(image)
    if image.mode == "F":
        if not np.isfinite(values).any():
            raise UnreadableKindError("no value is a finite number")
        return values
    if image.mode == "L":
        return values.view(np.int8).astype(np.int32)
    if image.mode == "I" and bare.bits == 32 and not bare.signed:
        values = values.view(np.uint32).astype(np.int64)
    if opened.kind == "PPM" and largest < 65535:  # Pillow has stretched them to 16 bits
        values = (values.astype(np.int64) * largest + 32767) // 65535
    if bare.inverted:
        values = (1 << bare.bits) - 1 - values.astype(np.int64)
    if values.min() >= 0 and values.max() <= 65535:
        return values.astype(np.uint16)
    return values


def _colours(image: Image.Image) -> tuple[Pixels, bool]:
    """Decode 8-bit colours; tell whether parts were transparent."""
    image.load()
    if has_alpha(image):
        return on_ground(np.asarray(image.convert("RGBA")))
    try:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB")), False
    except ValueError as error:
        raise UnreadableKindError(f"colours of the kind {image.mode}: {error}") from error
