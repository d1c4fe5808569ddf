"""One image file -> its values, as the file holds them, and what there is to know of them."""

import threading
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from vireid.data.pixels.orientation import LYING, UPRIGHT, late_exif, orientation, upright
from vireid.errors import DataError

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF")
"""The file formats that are decoded, recognised by content."""

GROUND = (128, 128, 128)
"""What transparent pictures are put on: middle grey, which is neither a bright nor a dark edge."""

READING = threading.local()
"""``READING.name`` is the file that a thread decodes, for warnings that do not name it."""

_WHITE_IS_ZERO = 0
_PHOTOMETRIC = 262


@dataclass(frozen=True)
class Decoded:
    """One decoded file."""

    values: NDArray[Any]
    """[H, W, 3] uint8; of more than 8 bits [H, W] grey levels as the file holds them: uint16,
    int32 or float32, all finite."""
    kind: str
    """Format and bits, in words."""
    turned: bool = False
    """Whether an orientation tag turned or mirrored the picture."""
    transparent: bool = False
    """Whether its transparency is not the same everywhere."""
    not_finite: int = 0
    """How many values were NaN or infinite; they were replaced by the nearest finite bound."""
    radiometric: bool = False
    """Whether temperatures lie beside the picture, which are not read."""

    @property
    def deep(self) -> bool:
        """Whether it has more than 8 bits, so that its values need a span."""
        return self.values.ndim == 2


def decode_file(source: Path | bytes, name: str = "") -> Decoded:
    """Decode a file, or the bytes of one.

    Of several frames the first is taken. Transparent pictures are put on middle grey, whatever lies
    under their transparent parts. Nothing in the metadata but the orientation matters.

    Args:
        source: the file, or what it holds.
        name: what messages call it; its path if not given.

    Returns:
        Its values.

    Raises:
        DataError: where the file is missing, empty, damaged or no image.
    """
    READING.name = name = name or (str(source) if isinstance(source, Path) else "the image")
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        if not data:
            raise DataError(f"{name} is empty (0 bytes); copy the image again")
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            return _decoded(image)
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"{name} is missing; expected an image file") from None
    except Exception as error:
        raise DataError(f"{name} {_reason(error)}") from None
    finally:
        READING.name = ""


def header(source: Path, name: str = "") -> tuple[int, int, bool]:
    """Read the size of a picture without decoding it.

    Args:
        source: the file.
        name: what messages call it; its path if not given.

    Returns:
        Height and width after turning, in pixels, and whether an orientation tag turns it.

    Raises:
        DataError: where the file is missing, empty or no image.
    """
    READING.name = name = name or str(source)
    try:
        if not source.stat().st_size:
            raise DataError(f"{name} is empty (0 bytes); copy the image again")
        with Image.open(source, formats=FORMATS) as image:
            stated = orientation(image)
            if stated == UPRIGHT and image.format == "PNG":
                stated = late_exif(source)
            lying = stated in LYING and image.format != "TIFF"  # Pillow has exchanged those itself
            height, width = (image.width, image.height) if lying else (image.height, image.width)
            return height, width, stated != UPRIGHT
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"{name} is missing; expected an image file") from None
    except Exception as error:
        raise DataError(f"{name} {_reason(error)}") from None
    finally:
        READING.name = ""


def _reason(error: Exception) -> str:
    """Say why Pillow cannot read a file, in a line, and what to do."""
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    if isinstance(error, UnidentifiedImageError):
        kinds = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
        return f"cannot be decoded: it is no {kinds} file, or its head is damaged; convert it"
    if isinstance(error, Image.DecompressionBombError):
        return "cannot be decoded: it has more than 178 million pixels; give a crop of one person"
    lines = str(error).splitlines()
    text = lines[0][:200] if lines and lines[0] else type(error).__name__
    return f"cannot be decoded ({text}); copy or convert it again"


def _decoded(image: Image.Image) -> Decoded:
    """Decode an opened file."""
    tiff = image.format == "TIFF"
    stated = orientation(image) if tiff else UPRIGHT  # Pillow turns TIFF files while it loads them
    tiles = image.tile if isinstance(image, ImageFile.ImageFile) else []
    raw = str(tiles[0][3]) if tiles else ""
    image.load()
    if not tiff:
        stated = orientation(image)  # a PNG file may state it behind its pixels
        turned = upright(image, stated)
    else:
        turned = image
    facts = {
        "turned": stated != UPRIGHT,
        "radiometric": _is_radiometric(image),
    }
    if turned.mode.startswith("I") or turned.mode == "F":
        values, odd = _deep(turned, inverted=tiff and _is_inverted(image))
        bits = "floating point" if values.dtype.kind == "f" else f"{8 * values.itemsize} bits"
        return Decoded(values, f"{image.format}, {bits}", not_finite=odd, **facts)
    picture, transparent = _red_green_blue(turned)
    bits = "16 bits a channel, read as 8" if "16" in raw else "8 bits"
    kind = f"{image.format}, {bits}"
    return Decoded(np.asarray(picture), kind, transparent=transparent, **facts)


def _deep(image: Image.Image, *, inverted: bool) -> tuple[NDArray[Any], int]:
    """Return grey levels of more than 8 bits, and how many of them are not finite."""
    values = np.asarray(image)
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        odd = int(values.size - np.count_nonzero(finite))
        if odd == values.size:
            raise ValueError("none of its values is finite")
        if odd:
            low, high = values[finite].min(), values[finite].max()
            values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
        return (-values if inverted else values).astype(np.float32), odd
    kind = np.uint16 if image.mode.startswith("I;16") else np.int32
    values = values.astype(kind)
    return (np.invert(values) if inverted else values), 0


def _is_inverted(image: Image.Image) -> bool:
    """Tell whether a TIFF file states that its lowest value is white; Pillow ignores it here."""
    return getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def _is_radiometric(image: Image.Image) -> bool:
    """Tell whether a JPEG file holds the segments in which thermal cameras keep temperatures."""
    segments = getattr(image, "applist", [])
    return any(bytes(data).startswith(b"FLIR\0") for _, data in segments)


def _red_green_blue(image: Image.Image) -> tuple[Image.Image, bool]:
    """Convert any mode of 8 bits to RGB, and tell whether it is transparent in parts."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image, False
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        full = image.convert("RGBA")
        low, high = full.getchannel("A").getextrema()
        if low != high:
            ground = Image.new("RGBA", full.size, (*GROUND, 255))
            return Image.alpha_composite(ground, full).convert("RGB"), True
        return full.convert("RGB"), False
    return image.convert("RGB"), False
