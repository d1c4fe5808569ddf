"""Image files to pixels."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from vireid.errors import ConfigError, DataError
from vireid.types import Images, Tell

Pixels = NDArray[np.uint8]
Resampling = Literal["bilinear", "bicubic", "lanczos"]
"""Pillow's filter when an image is brought to another size."""

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF")
"""The file formats that are decoded, recognised by content."""

AHEAD = 16
"""Images that a thread may decode before they are asked for."""


def decode(path: Path | str) -> Pixels:
    """Decode one image file to 8-bit red, green and blue.

    Grey levels are repeated over the three channels, 16-bit levels scaled to 8 bits (65535
    becomes 255), CMYK and palettes converted, transparency dropped, and a camera's orientation
    tag applied. Of several frames the first is taken.

    Args:
        path: a file in one of the `FORMATS`.

    Returns:
        [H, W, 3] pixels.

    Raises:
        DataError: where the file is missing, empty, damaged or no image.
    """
    return np.asarray(_open(Path(path)))


def load_pixels(
    images: Images,
    size: tuple[int, int],
    *,
    resampling: Resampling = "lanczos",
    workers: int | None = None,
    progress: Tell | None = None,
) -> Pixels:
    """Decode all images and bring them to one size.

    Memory: N * height * width * 3 bytes for the result (4.3 GB for the 34,167 training images
    of SYSU-MM01 at 288x144), and a few decoded images beside it. `read_images` can keep them in
    a file instead.

    Args:
        images: N image files.
        size: height and width of the result, in pixels.
        resampling: the filter. The literature's released code uses "lanczos" for test images
            and "bicubic" where it clusters.
        workers: number of decoding threads; one a processor, at most eight, if not given.
        progress: called in this thread with the number of images done and N after each image.

    Returns:
        [N, height, width, 3] pixels in the order of the images.

    Raises:
        DataError: where a file is missing, empty, damaged or no image; it names the first one.
        ConfigError: where size, resampling or workers is out of range.
    """
    height, width = size
    rows = resized(images, size, resampling=resampling, workers=workers)
    pixels = np.empty((len(images), height, width, 3), dtype=np.uint8)
    for index, row in enumerate(rows):
        if isinstance(row, DataError):
            raise row
        pixels[index] = row
        if progress is not None:
            progress(index + 1, len(images))
    return pixels


def resized(
    images: Images,
    size: tuple[int, int],
    *,
    resampling: Resampling = "lanczos",
    workers: int | None = None,
) -> Iterator[Pixels | DataError]:
    """Decode images one after the other, a few ahead of who takes them.

    Args:
        images: N image files.
        size: as for ``load_pixels``.
        resampling: as for ``load_pixels``.
        workers: as for ``load_pixels``; Pillow leaves Python's lock alone while it decodes.

    Returns:
        N times [height, width, 3] pixels, or why an image cannot be read, in the order of the
        images.

    Raises:
        ConfigError: where size, resampling or workers is out of range.
    """
    height, width = size
    if height < 1 or width < 1:
        raise ConfigError(f"image size is {height}x{width}; expected at least 1x1")
    if resampling not in get_args(Resampling):
        raise ConfigError(
            f"resampling is {resampling!r}; expected {', '.join(get_args(Resampling))}"
        )
    workers = thread_count(workers)
    choice = Image.Resampling[resampling.upper()]

    def read(path: str) -> Pixels | DataError:
        try:
            image = _open(images.root / path)
        except DataError as error:
            return error
        return np.asarray(image.resize((width, height), choice))

    return _ahead(read, images.paths, workers)


def thread_count(workers: int | None) -> int:
    """Return how many threads read files.

    Args:
        workers: as asked for; one a processor, at most eight, if not given.

    Returns:
        The number.

    Raises:
        ConfigError: where it is below 1.
    """
    if workers is None:
        return min(8, cpu_count() or 1)
    if workers < 1:
        raise ConfigError(f"workers is {workers}; expected at least 1")
    return workers


def _ahead(
    read: Callable[[str], Pixels | DataError], paths: tuple[str, ...], workers: int
) -> Iterator[Pixels | DataError]:
    """Read in order by several threads, at most `AHEAD` images for each of them in advance."""
    pool = ThreadPoolExecutor(workers)
    try:
        waiting = deque(pool.submit(read, path) for path in paths[: workers * AHEAD])
        for path in paths[workers * AHEAD :]:
            yield waiting.popleft().result()
            waiting.append(pool.submit(read, path))
        while waiting:
            yield waiting.popleft().result()
    finally:  # without waiting: one of the threads may collect what nobody reads to its end
        pool.shutdown(wait=False, cancel_futures=True)


def _open(path: Path) -> Image.Image:
    """Return the decoded file as an 8-bit RGB image."""
    try:
        if path.stat().st_size == 0:
            raise DataError(f"{path} is empty (0 bytes); copy the image again")
        with Image.open(path, formats=FORMATS) as image:
            return _red_green_blue(ImageOps.exif_transpose(image))
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"{path} is missing; expected an image file") from None
    except Exception as error:  # Pillow raises errors of many kinds on damaged files
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path} cannot be decoded ({reason}); expected an undamaged {', '.join(FORMATS)} file"
        ) from None


def _red_green_blue(image: Image.Image) -> Image.Image:
    """Convert any of Pillow's modes to RGB."""
    if image.mode == "RGB":
        image.load()
        return image
    if image.mode.startswith("I"):  # 16-bit grey levels, also where Pillow widens them to 32
        levels = np.asarray(image, dtype=np.int64)
        if levels.min() < 0 or levels.max() > 65535:
            raise ValueError("grey levels beyond 16 bits")
        return Image.fromarray(((levels * 255 + 32767) // 65535).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise ValueError("floating-point grey levels")
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")
