"""Images decoded and resized once: held in memory, or packed into one memory-mapped file."""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache as once
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import PIL

from vireid.data.digests import digest_file
from vireid.data.pixels.decoding import Pixels
from vireid.data.pixels.images import Resampling, resized, span_of, thread_count
from vireid.data.pixels.packed import PackedWriter, open_packed
from vireid.errors import ConfigError, DataError
from vireid.files import lone_writer
from vireid.types import Images, Int, Tell

LAYOUT = 3
"""Version of the packed files; those of another one are made anew."""


@dataclass(frozen=True)
class ReadImages:
    """The pixels of those of N images that can be read."""

    pixels: Pixels
    """[M, H, W, 3]; read-only where they lie in a file."""
    kept: Int
    """[M] which of the N images they are, ascending."""
    problems: tuple[str, ...]
    """Why the other N - M cannot be read, in their order."""


def default_cache() -> Path:
    """Return the folder for packed images below the user's cache directory.

    Returns:
        ``$XDG_CACHE_HOME/vireid``, or ``~/.cache/vireid`` where that is not set.

    Raises:
        ConfigError: where the user has no home directory.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "vireid"
    try:
        return Path.home() / ".cache" / "vireid"
    except RuntimeError:
        raise ConfigError(
            "there is no home directory to keep decoded images in; set XDG_CACHE_HOME, or choose "
            "another cache"
        ) from None


def read_images(
    images: Images,
    size: tuple[int, int],
    *,
    cache: Path | None = None,
    resampling: Resampling = "lanczos",
    workers: int | None = None,
    progress: Tell | None = None,
) -> ReadImages:
    """Decode all images that can be read and bring them to one size.

    The pixels are those of ``load_pixels``, bit for bit. With a cache folder they lie in a file
    there, mapped into memory: only what is used takes memory, and the next call for the same
    images finds them decoded. Where the size in bytes of an image has changed, or one of its
    times (of the last modification, and of the last change of the file, which nobody can set),
    the bytes of all images are compared with those that were packed, by their digest; the file is
    made anew if they differ, or Pillow's version does. Other paths, another order, place, size or
    filter have a file of their own. Images that could not be read are tried again at every call.

    The file appears when it is complete, whenever the process is killed. Of several processes
    that want the same one, one makes it and the others wait. It is a .npy array [M, H, W, 3]
    with a line of JSON behind, and may be deleted at any time.

    Args:
        images: N image files.
        size: height and width of the result, in pixels.
        cache: folder for packed images, made where it is missing; None decodes into memory.
        resampling: as for ``load_pixels``.
        workers: number of decoding threads; one a processor, at most eight, if not given.
        progress: called in this thread with the number of images done and N after each image.

    Returns:
        The pixels, and which images cannot be read.

    Raises:
        DataError: where the cache cannot be written to, as on a full disk.
        ConfigError: where size, resampling or workers is out of range.
    """

    read = partial(resized, size=size, resampling=resampling, workers=workers)
    rows = read(images)
    if cache is None or not len(images):
        return _hold(rows, len(images), size, progress)
    path, state = _place(cache, images, size, resampling), _state(images)
    content = once(partial(_content, images, thread_count(workers)))

    def find() -> ReadImages | None:
        opened = open_packed(path, state, content, len(images), size)
        if opened is None:
            return None
        pixels, unreadable = opened
        again = list(read(images.subset(unreadable)))
        problems = [str(problem) for problem in again if isinstance(problem, DataError)]
        if len(problems) < len(again):
            return None
        return _result(pixels, len(images), dict(zip(unreadable, problems, strict=True)))

    found = find()
    if found is None:
        with lone_writer(path) as file:
            if find() is None:  # who was waited for may have written it
                path.unlink(missing_ok=True)
                _pack(rows, file, path, len(images), size, (state, content()), progress)
        found = find()
    if found is None:
        raise DataError(f"{path} was written and cannot be read; choose another place")
    return found


def _hold(
    rows: Iterator[Pixels | DataError], count: int, size: tuple[int, int], progress: Tell | None
) -> ReadImages:
    """Hold all images in memory."""
    pixels = np.empty((count, *size, 3), dtype=np.uint8)
    places = iter(pixels)
    problems = _take(rows, lambda row: np.copyto(next(places), row), count, progress)
    return _result(pixels[: count - len(problems)], count, problems)


def _pack(
    rows: Iterator[Pixels | DataError],
    file: BinaryIO,
    path: Path,
    count: int,
    size: tuple[int, int],
    known: tuple[str, str],
    progress: Tell | None,
) -> None:
    """Write all images to a file, with their state and content."""
    needed, free = count * size[0] * size[1] * 3, shutil.disk_usage(path.parent).free
    if needed > free:
        text = f"{needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free"
        raise OSError(errno.ENOSPC, text)
    writer = PackedWriter(file, count, size)
    problems = _take(rows, writer.write, count, progress)
    writer.finish(*known, list(problems))


def _take(
    rows: Iterator[Pixels | DataError],
    keep: Callable[[Pixels], None],
    count: int,
    progress: Tell | None,
) -> dict[int, str]:
    """Keep every image that can be read, and return why others cannot."""
    problems = {}
    for index, row in enumerate(rows):
        if isinstance(row, DataError):
            problems[index] = str(row)
        else:
            keep(row)
        if progress is not None:
            progress(index + 1, count)
    return problems


def _result(pixels: Pixels, count: int, problems: dict[int, str]) -> ReadImages:
    kept = np.delete(np.arange(count), list(problems))
    return ReadImages(pixels, kept, tuple(problems.values()))


def _place(cache: Path, images: Images, size: tuple[int, int], resampling: Resampling) -> Path:
    """Return the file for these images; its name begins with words that a person understands."""
    root = images.root.resolve()
    digest = hashlib.sha256()
    if images.levels is not None:  # other pixels, another file
        for index in range(len(images)):
            digest.update(f"{span_of(images, index)}\0".encode())
    for text in (str(root), f"{size} {resampling}", *images.paths):
        digest.update(text.encode("utf-8", "surrogateescape") + b"\0")
    name = re.sub(r"[^A-Za-z0-9_-]", "_", root.name)[:40]
    shape = f"{len(images)}-{size[0]}x{size[1]}"
    return cache / f"{name}-{shape}-{digest.hexdigest()[:16]}.npy"


def _state(images: Images) -> str:
    """Return a text that changes when a file's size or times do, or what makes pixels of it.

    The time of the last change is that of the file itself: renaming, replacing and setting back the
    modification time all move it on, or put another file with its own in the place.
    """
    digest = hashlib.sha256(f"{LAYOUT} {PIL.__version__}".encode())
    for path in images.paths:
        try:
            status = (images.root / path).stat()
            facts = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        except (OSError, ValueError):  # it has vanished, and may come back
            facts = (-1, -1, -1)
        digest.update(f" {facts}".encode())
    return digest.hexdigest()


def _content(images: Images, threads: int) -> str:
    """Return a text that changes when a file's bytes do, or what makes pixels of them."""

    def look(path: str) -> bytes:
        try:
            return digest_file(images.root / path)
        except (OSError, ValueError):
            return b"missing"

    digest = hashlib.sha256(f"{LAYOUT} {PIL.__version__}".encode())
    with ThreadPoolExecutor(threads) as pool:
        for found in pool.map(look, images.paths):
            digest.update(b" " + found)
    return digest.hexdigest()
