"""A file's bytes opened to be looked at: values, size after turning, transparency."""

from dataclasses import dataclass
from io import BytesIO
from os import stat

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from vireid.data.pixels.images import FORMATS, _red_green_blue
from vireid.errors import DataError


@dataclass(frozen=True, slots=True)
class Opened:
    values: NDArray
    turned: bool = False
    transparent: bool = False


def open_whole(data: bytes, path: str) -> Opened:
    if not data:
        raise DataError(f"{path} is empty (0 bytes); copy the image again")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            turned = False
            if "exif" in image.info or image.format == "TIFF":
                turned = image.getexif().get(0x112, 1) > 1
                image = ImageOps.exif_transpose(image) if turned else image
            transparent = False
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                low, high = image.convert("RGBA").getchannel("A").getextrema()
                transparent = low != high
            if image.mode.startswith("I;16"):
                return Opened(np.asarray(image), turned)
            return Opened(np.asarray(_red_green_blue(image)), turned, transparent)
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path} cannot be decoded ({reason}); expected an undamaged {', '.join(FORMATS)} file"
        ) from None


def open_quickly(file: str, path: str) -> tuple[int, int, bool]:
    try:
        if not stat(file).st_size:
            raise DataError(f"{path} is empty (0 bytes); copy the image again")
        with Image.open(file, formats=FORMATS) as image:
            turn = image.getexif().get(0x112, 1)
            size = image.size if turn > 4 else image.size[::-1]
            return *size, turn > 1
    except DataError:
        raise
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path} cannot be opened ({reason})") from None
