"""What opening every image file tells: its size, its content, or why it cannot be read."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vireid.data.check.measures import PLACES, UNSEEN, measure, measure_deep, places
from vireid.data.pixels.decoding import decode_file, header
from vireid.data.pixels.images import thread_count
from vireid.errors import DataError
from vireid.types import Images, Tell

TOGETHER = 32
"""Images that a thread looks at before it hands over what it saw."""
AHEAD = 4
"""Such groups for each thread that may be under way or wait to be taken."""
WASTED = 64
"""Levels of 256 up to which colours lie that were meant to fill 14 bits of 16."""


@dataclass(frozen=True, slots=True)
class FileFact:
    """What one file turned out to be."""

    height: int = 0
    """Pixels, after turning; 0 where it cannot be read."""
    width: int = 0
    """Pixels, after turning; 0 where it cannot be read."""
    digest: bytes = b""
    """Equal for files with equal bytes; empty where only the header was read."""
    problem: str = ""
    """Why it cannot be read, or empty."""
    turned: bool = False
    """Whether an orientation tag turned it."""
    transparent: bool = False
    """Whether its transparency is not the same everywhere."""
    radiometric: bool = False
    """Whether temperatures lie beside the picture, which are not read."""
    wasted: bool = False
    """Whether the upper 8 bits, which are read of its colours of more, are used to a small part."""
    picture: bytes = b""
    """Equal for equal pixels at the places looked at; empty where nothing was looked at."""
    measures: bytes = UNSEEN
    """What it looks like, as ``measures.unpacked`` takes it."""
    span: tuple[float, float] | None = None
    """The smallest and the largest value of a file of more than 8 bits."""


Look = Callable[[Sequence[str]], list[FileFact]]


def look_at(
    images: Images,
    *,
    quick: bool = False,
    workers: int | None = None,
    progress: Tell | None = None,
) -> tuple[FileFact, ...]:
    """Open every image.

    Memory: some 300 bytes for each image, and the pixels of those that are looked at together.

    Args:
        images: N image files.
        quick: read the headers only: sizes are found, damage after the header is not.
        workers: number of threads; one a processor, at most eight, if not given.
        progress: called in this thread with the number of images done and N after each image.

    Returns:
        N facts in the order of the images.

    Raises:
        ConfigError: where workers is below 1.
    """
    look = partial(_headers if quick else _whole, images.root)
    facts: list[FileFact] = []
    for some in _ahead(look, images.paths, thread_count(workers)):
        for fact in some:
            facts.append(fact)
            if progress is not None:
                progress(len(facts), len(images))
    return tuple(facts)


def _ahead(look: Look, paths: Sequence[str], workers: int) -> Iterator[list[FileFact]]:
    """Look at groups in order by several threads, a few groups in advance."""
    waiting: deque[Future[list[FileFact]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for start in range(0, len(paths), TOGETHER):
                waiting.append(pool.submit(look, paths[start : start + TOGETHER]))
                if len(waiting) > workers * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # who stops to take them waits for those under way only
            for future in waiting:
                future.cancel()


def _whole(root: Path, paths: Sequence[str]) -> list[FileFact]:
    """Read files once each: digest their bytes, decode them, and measure a sample of each."""
    samples = np.zeros((len(paths), PLACES, 3), dtype=np.uint8)
    opened = [_opened(f"{root}/{path}", path, samples[k]) for k, path in enumerate(paths)]
    return [
        one if isinstance(one, FileFact) else FileFact(*one, numbers)
        for one, numbers in zip(opened, measure(samples), strict=True)
    ]


def _opened(
    file: str, path: str, sample: NDArray[np.uint8]
) -> FileFact | tuple[int, int, bytes, str, bool, bool, bool, bool, bytes]:
    """Read one file: what is known of it, or, of one of 8 bits, all but what its sample tells."""
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123 - a path costs as much as this
            data = stream.read()
        opened = decode_file(data, path)
    except DataError as error:
        return FileFact(problem=str(error))
    except OSError as error:
        return FileFact(problem=_unread(path, error))
    height, width = opened.values.shape[:2]
    where = places(height, width)
    told = opened.turned, opened.transparent, opened.header.radiometric
    facts = height, width, _digest(data), "", *told, opened.header.cut and _wasted(opened.values)
    if not opened.deep:
        np.take(opened.values.reshape(-1, 3), where, axis=0, out=sample, mode="clip")
        return *facts, _digest(sample.tobytes())
    seen = opened.values.reshape(-1)[where]
    span = float(opened.values.min()), float(opened.values.max())
    return FileFact(*facts, _digest(seen.tobytes()), measure_deep(seen), span)


def _wasted(values: NDArray[np.uint8]) -> bool:
    """Tell whether colours use a small part of what there is."""
    low, high = np.percentile(values, (1, 99))
    return bool(high <= WASTED or high - low <= WASTED / 4)


def _unread(path: str, error: OSError) -> str:
    """Say why a file cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return f"{path} is missing; expected an image file"
    return f"{path} cannot be read: {error.strerror}"


def _digest(data: bytes) -> bytes:
    """Return 16 bytes that are equal for equal content only; SHA-256, which processors know."""
    return hashlib.sha256(data).digest()[:16]


def _headers(root: Path, paths: Sequence[str]) -> list[FileFact]:
    """Read the headers of files."""
    return [_header(f"{root}/{path}", path) for path in paths]


def _header(file: str, path: str) -> FileFact:
    """Read the header of a file."""
    try:
        found = header(Path(file), path)
    except DataError as error:
        return FileFact(problem=str(error))
    return FileFact(found.height, found.width, turned=found.turned, radiometric=found.radiometric)
