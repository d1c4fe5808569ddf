"""Small pictures of a gallery's images, of files below roots that were given at start."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from vireid.data.pixels.decoding import decode_file, to_pixels
from vireid.errors import DataError
from vireid.serving.pictures import NAME, look
from vireid.serving.refusal import Refused
from vireid.types import Span

BOX = (200, 320)
"""Width and height that a small picture fits into, in pixels."""
GONE = "there is no picture: its file is gone, changed its place, or lies below none of the roots"
MOST = 64_000_000
"""Bytes of a file that is opened."""


def below(path: str, roots: Sequence[Path]) -> Path | None:
    """Return the file of a path where it really lies below a root.

    Args:
        path: as the gallery has it.
        roots: folders without links.

    Returns:
        The file without links; None where there is none, or it lies elsewhere.
    """
    if not roots:
        return None
    try:
        real = Path(path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        return None
    inside = any(real.is_relative_to(root) for root in roots)
    return real if inside and real.is_file() else None


def shown_name(path: str, roots: Sequence[Path]) -> str:
    """Return what a result's file is called: below its root, else by its last part alone.

    Args:
        path: as the gallery has it.
        roots: folders.

    Returns:
        A name that does not tell where the gallery's machine keeps its files.
    """
    for root in roots:
        if Path(path).is_relative_to(root):
            return str(Path(path).relative_to(root))
    return Path(path).name


def thumbnail(path: str, roots: Sequence[Path], pixels: int, span: Span | None = None) -> bytes:
    """Return a small picture of a file.

    Args:
        path: as the gallery has it.
        roots: below which it has to lie.
        pixels: that it may have.
        span: what becomes black and white of more than 8 bits.

    Returns:
        A JPEG file.

    Raises:
        Refused: 404 where it is not there or lies elsewhere, 422 where it cannot be shown.
    """
    file = below(path, roots)
    if file is None:
        raise Refused(404, GONE)
    try:
        if file.stat().st_size > MOST:
            raise Refused(422, "the file is too large to be shown")
        data = file.read_bytes()
    except OSError:
        raise Refused(404, GONE) from None
    look(data, pixels)
    try:
        picture = Image.fromarray(to_pixels(decode_file(data, NAME), span))
    except DataError as error:
        raise Refused(422, str(error)) from None
    picture.thumbnail(BOX)
    written = BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()
