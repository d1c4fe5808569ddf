"""Bytes that were sent -> a picture as the network takes it."""

import hashlib
from dataclasses import dataclass

from vireid.data.pixels.decoding import Header, Pixels, decode_file, header, to_pixels
from vireid.data.pixels.images import to_size
from vireid.errors import DataError
from vireid.serving.refusal import Refused
from vireid.types import ANY, Levels, Modality, Span

NAME = "the image"
"""What messages call it."""


@dataclass(frozen=True, repr=False)
class Picture:
    """An image that was sent, decoded, and what the sender says of it."""

    pixels: Pixels
    """[H, W, 3], of the network's size."""
    content: str
    """Hexadecimal digest of the bytes, as the gallery has it."""
    modality: Modality
    camera: str | None
    """The name of the camera that took it; None where unknown."""
    levels: Levels
    """What became black and white of it; none where the file stayed as it is."""
    kind: str = "JPEG"
    """The format of the file."""


@dataclass(frozen=True)
class Sent:
    """Bytes, and what is said of them."""

    data: bytes
    modality: Modality
    camera: str | None = None


def look(data: bytes, most: int) -> Header:
    """Read the header of an image that may not have too many pixels.

    Args:
        data: all of the file.
        most: pixels.

    Returns:
        What the header says.

    Raises:
        Refused: 422, it is no image, damaged, or has more pixels.
    """
    try:
        found = header(data, NAME)
    except DataError as error:
        raise Refused(422, str(error)) from None
    count = found.height * found.width
    if not 0 < count <= most:
        raise Refused(422, f"the image has {count:,} pixels; expected at most {most:,}")
    return found


def decoded(sent: Sent, size: tuple[int, int], levels: Levels, most: int) -> Picture:
    """Decode an image that was sent.

    Args:
        sent: the file and what is said of it.
        size: height and width of the network's images.
        levels: of the gallery and the training, for files of more than 8 bits.
        most: pixels that it may have.

    Returns:
        The picture.

    Raises:
        Refused: 422, it cannot be decoded, is too large, or has more than 8 bits and nothing says
            what becomes black and white.
    """
    found = look(sent.data, most)
    span = levels.of(sent.modality, sent.camera or ANY)
    used = Levels()
    if found.deep or (span is not None and span.for_bytes):
        used = _used(sent, levels, span)
    try:
        whole = to_pixels(decode_file(sent.data, NAME), span)
    except DataError as error:
        raise Refused(422, str(error)) from None
    except MemoryError:
        raise Refused(422, "the image does not fit into memory; send a smaller one") from None
    pixels = to_size(whole, size)
    kind = found.kind.partition(",")[0]
    return Picture(pixels, digest(sent.data), sent.modality, sent.camera, used, kind)


def _used(sent: Sent, levels: Levels, span: Span | None) -> Levels:
    """Return the levels of one image, which have to be known."""
    camera = sent.camera or ANY
    if not levels.decides(sent.modality, camera):
        known = sorted(name for kind, name in levels.spans if kind == sent.modality and name)
        which = f"one of the cameras {', '.join(known)}" if known else "an image of 8 bits"
        raise Refused(
            422,
            "the image has more than 8 bits, and the gallery does not know what becomes black and "
            f"white of it; expected {which}",
        )
    return Levels({(sent.modality, camera): span})


def digest(data: bytes) -> str:
    """Return the digest of a file's bytes, as ``data.digests.digest_file`` makes it.

    Args:
        data: all of the file.

    Returns:
        32 hexadecimal digits.
    """
    return hashlib.blake2b(data, digest_size=16).hexdigest()
