"""Image files to pixels."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from PIL import Image

from vireid.data.pixels.decoding import Pixels, decode_file, to_pixels
from vireid.data.pixels.opening import unreadable
from vireid.errors import ConfigError, DataError
from vireid.types import Images, Span, Tell

Resampling = Literal["bilinear", "bicubic", "lanczos"]
"""Pillow's filter when an image is brought to another size."""

AHEAD = 16
"""Images that a thread may decode before they are asked for."""


def decode(path: Path | str, span: Span | None = None) -> Pixels:
    """Decode one image file to 8-bit red, green and blue.

    Grey levels are repeated over the three channels, those of more than 8 bits scaled, CMYK and
    palettes converted, transparent parts laid on a grey ground, and a camera's orientation tag
    applied. Of several frames the first is taken.

    Args:
        path: a file in one of the `FORMATS`.
        span: what becomes black and white of more than 8 bits; where not given, the file's own
            range of values. ``images.levels`` holds that of each image.

    Returns:
        [H, W, 3] pixels.

    Raises:
        DataError: where the file is missing, empty, damaged or no image.
    """
    try:
        return to_pixels(decode_file(Path(path)), span)
    except MemoryError:
        raise unreadable(str(path), "memory does not suffice", "a smaller picture") from None


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


def to_size(pixels: Pixels, size: tuple[int, int], resampling: Resampling = "lanczos") -> Pixels:
    """Resize an image.

    Args:
        pixels: [h, w, 3].
        size: height and width.
        resampling: as for ``load_pixels``.

    Returns:
        [height, width, 3].
    """
    choice = Image.Resampling[resampling.upper()]
    return np.asarray(Image.fromarray(pixels).resize((size[1], size[0]), choice))


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

    def read(index: int) -> Pixels | DataError:
        try:
            pixels = decode_image(images, index)
        except DataError as error:
            return error
        return to_size(pixels, size, resampling)

    return _ahead(read, range(len(images)), workers)


def decode_image(images: Images, index: int) -> Pixels:
    """Decode one of several images by its levels.

    Args:
        images: N images.
        index: which of them.

    Returns:
        [H, W, 3] pixels.

    Raises:
        DataError: as for ``decode``.
    """
    return decode(images.root / images.paths[index], span_of(images, index))


def span_of(images: Images, index: int) -> Span | None:
    """Return what becomes black and white of one image.

    Args:
        images: N images.
        index: which of them.

    Returns:
        The span; None where it is scaled by itself.
    """
    if images.levels is None:
        return None
    camera = images.camera_name(int(images.camera[index]))
    return images.levels.of(int(images.modality[index]), camera)


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
    read: Callable[[int], Pixels | DataError], indices: range, workers: int
) -> Iterator[Pixels | DataError]:
    """Read in order by several threads, at most `AHEAD` images for each of them in advance."""
    pool = ThreadPoolExecutor(workers)
    try:
        waiting = deque(pool.submit(read, index) for index in indices[: workers * AHEAD])
        for index in indices[workers * AHEAD :]:
            yield waiting.popleft().result()
            waiting.append(pool.submit(read, index))
        while waiting:
            yield waiting.popleft().result()
    finally:  # without waiting: one of the threads may collect what nobody reads to its end
        pool.shutdown(wait=False, cancel_futures=True)
