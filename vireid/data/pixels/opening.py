"""A file's bytes, opened by Pillow without what could hurt; why that fails, in words."""

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.ImageFile import ImageFile

from vireid.data.pixels.bare.orientation import exif_orientation
from vireid.data.pixels.bare.picture import Bare
from vireid.data.pixels.bare.scans import scans
from vireid.data.pixels.bare.strip import FORMATS, find_format, strip
from vireid.errors import DataError

LARGEST = 179_000_000
"""Pixels beyond which a picture is taken for one that is made to fill the memory."""
SCANS = 100
"""Scans of a JPEG beyond which it is taken for one that is made to take hours; libtiff has the same
limit, and progressive files have about ten."""
SOUND = f"an undamaged {', '.join(FORMATS)} file"
"""What is expected."""
DEEPEST = 32
"""Bits of the deepest values that are read."""
LESS = "at most 32 bits: save the values as float32, which keeps 24 bits of them"
"""What to do about deeper ones."""

Image.init()


class UnreadableKindError(ValueError):
    """A sound file of a kind that is not read."""


@dataclass(frozen=True)
class Opened:
    """A file whose header is read."""

    image: ImageFile
    """Not decoded yet."""
    bare: Bare
    """What its bytes say beside the picture."""
    kind: str
    """One of ``FORMATS``."""


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Args:
        path: the file.

    Returns:
        Its bytes.

    Raises:
        DataError: it is missing, a folder, or may not be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected an image file") from None
    except IsADirectoryError:
        raise unreadable(str(path), "it is a folder", "an image file") from None
    except OSError as error:
        raise unreadable(str(path), error.strerror or str(error), "a file to be read") from None
    except ValueError as error:  # a zero byte in a path
        raise unreadable(ascii(str(path)), str(error), "an image file") from None


def open_bytes(data: bytes, name: str) -> Opened:
    """Read the header of a file.

    Args:
        data: all of the file.
        name: what messages call it.

    Returns:
        The opened file.

    Raises:
        DataError: it is empty, of another format, too large or damaged.
    """
    if not data:
        raise DataError(f"{name} is empty (0 bytes); copy the image again")
    kind = find_format(data[:16])
    if kind is None:
        raise unreadable(name, "its content is of no known format", SOUND)
    bits = 8
    try:
        bare = strip(data, kind)
        bits = bare.bits
        if kind == "JPEG" and scans(bare.data, SCANS + 1) > SCANS:
            raise ValueError(f"more than {SCANS} scans")
        image = Image.OPEN[kind][0](BytesIO(bare.data), name)
    except Exception as error:  # Pillow raises errors of many kinds on damaged files
        if kind == "TIFF" and bits > DEEPEST:
            raise unreadable(name, f"values of {bits} bits", LESS) from None
        raise unreadable(name, plain_reason(error), SOUND) from None
    pixels = image.width * image.height
    if pixels > LARGEST:
        raise unreadable(name, f"{pixels / 1e6:,.0f} megapixels", f"at most {LARGEST / 1e6:.0f}")
    block = image.info.get("exif")
    if bare.orientation == 1 and isinstance(block, bytes):  # of a file that was not taken apart
        bare = replace(bare, orientation=exif_orientation(block))
    return Opened(image, bare, kind)


def unreadable(name: str, reason: str, expected: str) -> DataError:
    """Return what is raised for a file that cannot be decoded.

    Args:
        name: of the file.
        reason: in one line.
        expected: instead.

    Returns:
        The error.
    """
    return DataError(f"{name} cannot be decoded ({reason}); expected {expected}")


def plain_reason(error: Exception) -> str:
    """Return the first line of what Pillow says.

    Args:
        error: as raised.

    Returns:
        A line; the kind of error where it says nothing.
    """
    return str(error).splitlines()[0] if str(error) else type(error).__name__
