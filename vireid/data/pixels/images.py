"""Image files to pixels."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from PIL import Image

from vireid.data.pixels.decoding import decode_file
from vireid.data.pixels.scaling import Pixels, to_pixels
from vireid.errors import ConfigError, DataError
from vireid.types import Images, Span, Tell

Resampling = Literal["bilinear", "bicubic", "lanczos"]
"""Pillow's filter when an image is brought to another size."""

AHEAD = 16
"""Images that a thread may decode before they are asked for."""


def decode(path: Path | str, span: Span | None = None) -> Pixels:
    """Decode one image file to 8-bit red, green and blue.

    Grey levels are repeated over the three channels, CMYK and palettes converted, pictures that are
    transparent in parts put on middle grey, and a camera's orientation tag applied. Of several
    frames the first is taken.

    Args:
        path: a file in one of the `FORMATS`.
        span: which values become black and white of a file of more than 8 bits; the bits that the
            file fills, or else nearly its lowest and its highest value, where not given.

    Returns:
        [H, W, 3] pixels.

    Raises:
        DataError: where the file is missing, empty, damaged or no image.
    """
    return to_pixels(decode_file(Path(path)), span)


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

    spans = image_spans(images)

    def read(index: int) -> Pixels | DataError:
        try:
            image = Image.fromarray(decode(images.root / images.paths[index], spans(index)))
        except DataError as error:
            return error
        return np.asarray(image.resize((width, height), choice))

    return _ahead(read, range(len(images)), workers)


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


def image_spans(images: Images) -> Callable[[int], Span | None]:
    """Return what tells the span of an image.

    Args:
        images: N images.

    Returns:
        Takes an index below N; gives None where the image is scaled by itself.
    """

    def find(index: int) -> Span | None:
        if images.levels is None:
            return None
        camera = images.camera_name(int(images.camera[index]))
        return images.levels.of(int(images.modality[index]), camera)

    return find


def _ahead(
    read: Callable[[int], Pixels | DataError], numbers: range, workers: int
) -> Iterator[Pixels | DataError]:
    """Read in order by several threads, at most `AHEAD` images for each of them in advance."""
    pool = ThreadPoolExecutor(workers)
    try:
        waiting = deque(pool.submit(read, number) for number in numbers[: workers * AHEAD])
        for number in numbers[workers * AHEAD :]:
            yield waiting.popleft().result()
            waiting.append(pool.submit(read, number))
        while waiting:
            yield waiting.popleft().result()
    finally:  # without waiting: one of the threads may collect what nobody reads to its end
        pool.shutdown(wait=False, cancel_futures=True)
