"""What Pillow alone reads from a file, brought to 8-bit colours by the documented rules."""

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from fuzzing.damage import chunks

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF")
GROUND = 128
"""Grey level that transparent pixels show."""
TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[::-1],
}
"""What an orientation tag does to rows and columns."""

TAG: dict[Literal["little", "big"], bytes] = {
    "little": rb"\x12\x01\x03\x00\x01\x00\x00\x00(..)",
    "big": rb"\x01\x12\x00\x03\x00\x00\x00\x01(..)",
}
"""The orientation tag in the bytes of Exif."""


@dataclass(frozen=True)
class Expected:
    """The pixels of a file."""

    levels: np.ndarray
    """[H, W, 3] levels of 8 bits; [H, W] numbers as they are stored where they have more bits."""
    turns: tuple[int, ...]
    """How they may be turned: as the tag says, or anyhow where the tag cannot be read."""

    def turned(self) -> list[np.ndarray]:
        """Return the pixels in each way that is right."""
        return [TURNS[turn](self.levels) for turn in self.turns]


def expected(file: Path) -> Expected | None:
    """Read an image.

    Args:
        file: the image's; Pillow maps a file into memory, and then reads some that it refuses else.

    Returns:
        Its pixels; where Pillow refuses the file, those without its blocks of metadata; None where
        it refuses these too.
    """
    data = file.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for source in (file, io.BytesIO(without_metadata(data))):
            try:
                with Image.open(source, formats=FORMATS) as image:
                    image.load()
                    turns = _turns(image, data) if source is file else tuple(TURNS)
                    return Expected(_levels(image), turns)
            except Exception:  # Pillow raises errors of many kinds
                continue
    return None


def without_metadata(data: bytes) -> bytes:
    """Leave out the blocks of a PNG, JPEG or WebP file that hold no pixels.

    Args:
        data: the file.

    Returns:
        The file with the others.
    """
    parts = chunks(data)
    if parts is None:
        return data
    head, *rest = parts
    if data.startswith(b"\x89PNG"):
        return head + b"".join(p for p in rest if p[4:5].isupper() or p[4:8] == b"tRNS")
    if data.startswith(b"\xff\xd8"):
        return head + b"".join(p for p in rest if not 0xE1 <= (p + b"\0\0")[1] <= 0xED)
    kinds = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
    kept = [p for p in rest if p[:4] in kinds]
    for part in rest:
        if part[:4] == b"VP8X" and len(part) > 8:
            kept.insert(0, part[:8] + bytes([part[8] & 0x12]) + part[9:])
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _turns(image: Image.Image, data: bytes) -> tuple[int, ...]:
    """Return the orientation as Pillow has it, and as a tag has it that Pillow passes over."""
    stands = [
        int.from_bytes(found[1], order)
        for order, pattern in TAG.items()
        for found in re.finditer(pattern, data, re.DOTALL)
    ]
    try:
        stands.append(int(image.getexif().get(0x112, 1)))
    except Exception:
        return tuple(TURNS)
    return tuple(turn if turn in TURNS else 1 for turn in reversed(stands))


def _levels(image: Image.Image) -> np.ndarray:
    """Return the pixels of any mode."""
    if image.mode.startswith(("I", "F")):
        return _deep(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _on_ground(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("RGB"))


def _on_ground(colours: np.ndarray) -> np.ndarray:
    """Lay colours on a plain ground; opacity that is the same everywhere says nothing."""
    opacity = colours[..., 3:] / 255
    if np.ptp(opacity) == 0:
        return colours[..., :3]
    return np.floor(colours[..., :3] * opacity + GROUND * (1 - opacity) + 0.5).astype(np.uint8)


def _deep(image: Image.Image) -> np.ndarray:
    """Return grey levels of more than 8 bits so that more is brighter."""
    values, tags = np.asarray(image), dict[int, Any](getattr(image, "tag_v2", {}))
    if not tags:
        return values
    bits, sign = tags.get(258, (1,)), tags.get(339, (1,))
    if image.mode == "I" and bits[0] == 32 and sign[0] == 1:
        values = values.view(np.uint32)
    return values.astype(np.float64) * (-1 if tags.get(262) == 0 else 1)
