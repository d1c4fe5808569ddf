"""Sound image files of every format that is decoded, small and with blocks of metadata."""

import io

import numpy as np
from PIL import Image, PngImagePlugin, features

SIZE = (12, 20)
"""Width and height in pixels; a turned picture has another shape."""


def _levels(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return a smooth picture with a little noise."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    base = 90 + 5 * y + 4 * x
    many = base[(...,) + (None,) * len(shape)] + rng.integers(0, 60, (*base.shape, *shape))
    return many.clip(0, 255).astype(np.uint8)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _exif(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x112], exif[0x10F], exif[0x11A] = turn, "maker of cameras", 72.5
    return exif


def _png_with_blocks(image: Image.Image, turn: int) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a picture")
    info.add_itxt("Title", "\u00fc", zip=True)
    return _saved(image, "PNG", pnginfo=info, exif=_exif(turn), dpi=(72, 72), gamma=0.45)


def pictures(seed: int) -> dict[str, bytes]:
    """Make one file of each kind.

    Args:
        seed: of the pixels.

    Returns:
        Whole files by a name that begins with their format.
    """
    rng = np.random.default_rng(seed)
    turn = int(rng.integers(1, 9))
    colour, grey = Image.fromarray(_levels(rng, 3)), Image.fromarray(_levels(rng))
    clear = Image.fromarray(_levels(rng, 4))
    palette = colour.quantize(16)
    deep = np.asarray(grey).astype(np.uint16) * 200 + 3
    made = {
        "JPEG": _saved(colour, "JPEG", quality=90, exif=_exif(turn)),
        "JPEG progressive": _saved(colour, "JPEG", progressive=True, comment=b"a comment"),
        "JPEG grey": _saved(grey, "JPEG", icc_profile=bytes(200)),
        "JPEG inks": _saved(colour.convert("CMYK"), "JPEG"),
        "PNG": _png_with_blocks(colour, turn),
        "PNG grey": _saved(grey, "PNG"),
        "PNG bits": _saved(grey.convert("1"), "PNG"),
        "PNG palette": _saved(palette, "PNG"),
        "PNG palette clear": _saved(palette, "PNG", transparency=3),
        "PNG clear": _saved(clear, "PNG"),
        "PNG deep": _saved(Image.fromarray(deep), "PNG"),
        "BMP": _saved(colour, "BMP"),
        "BMP grey": _saved(grey, "BMP"),
        "BMP palette": _saved(palette, "BMP"),
        "TIFF": _saved(colour, "TIFF", exif=_exif(turn)),
        "TIFF lzw": _saved(colour, "TIFF", compression="tiff_lzw"),
        "TIFF deflate": _saved(grey, "TIFF", compression="tiff_adobe_deflate"),
        "TIFF jpeg": _saved(colour, "TIFF", compression="jpeg"),
        "TIFF fax": _saved(grey.convert("1"), "TIFF", compression="group4"),
        "TIFF palette": _saved(palette, "TIFF"),
        "TIFF inks": _saved(colour.convert("CMYK"), "TIFF"),
        "TIFF clear": _saved(clear, "TIFF"),
        "TIFF deep": _saved(Image.fromarray(deep), "TIFF"),
        "TIFF float": _saved(Image.fromarray(deep.astype(np.float32)), "TIFF"),
        "TIFF signed": _saved(Image.fromarray(deep.astype(np.int32)), "TIFF"),
        "TIFF tiles": _tiled(np.asarray(colour)),
        "TIFF pages": _saved(colour, "TIFF", save_all=True, append_images=[grey]),
        "GIF": _saved(palette, "GIF"),
        "GIF frames": _saved(palette, "GIF", save_all=True, append_images=[grey], transparency=2),
        "PPM": _saved(colour, "PPM"),
        "PPM grey": _saved(grey, "PPM"),
        "PPM bits": _saved(grey.convert("1"), "PPM"),
        "PPM deep": _saved(Image.fromarray(deep), "PPM"),
        "PPM text": b"P3\n# made by hand\n4 3\n255\n" + b"12 200 31\n" * 12,
    }
    if features.check("webp"):
        made["WEBP"] = _saved(colour, "WEBP", exif=_exif(turn))
        made["WEBP lossless"] = _saved(clear, "WEBP", lossless=True, xmp=b"<x/>")
        frames = {"save_all": True, "append_images": [colour]}
        made["WEBP frames"] = _saved(clear, "WEBP", **frames)
    return made


def _tiled(pixels: np.ndarray) -> bytes:
    """Write an uncompressed TIFF of one tile of 32 x 32, as no option of Pillow does."""
    high, wide, channels = pixels.shape
    tile = np.zeros((32, 32, channels), np.uint8)
    tile[:high, :wide] = pixels
    tags = {
        256: (3, wide), 257: (3, high), 258: (3, 8), 259: (3, 1), 262: (3, 2), 277: (3, channels),
        322: (3, 32), 323: (3, 32), 324: (4, 0), 325: (4, tile.size),
    }  # fmt: skip
    tags[258] = (3, 0)
    start = 8 + 2 + 12 * len(tags) + 4
    parts = [b"II*\0", (8).to_bytes(4, "little"), len(tags).to_bytes(2, "little")]
    for tag, (kind, value) in sorted(tags.items()):
        count = channels if tag == 258 else 1
        value = {258: start, 324: start + 2 * channels}.get(tag, value)
        numbers = (tag, 2), (kind, 2), (count, 4), (value, 4)
        parts += [number.to_bytes(size, "little") for number, size in numbers]
    parts += [bytes(4), (8).to_bytes(2, "little") * channels, tile.tobytes()]
    return b"".join(parts)
