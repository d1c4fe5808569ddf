"""What opening every image file tells: its size, its content, or why it cannot be read."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vireid.data.pixels.decoding import decode_file, header
from vireid.data.pixels.images import thread_count
from vireid.data.pixels.opening import read_bytes
from vireid.errors import DataError
from vireid.types import Images, Tell


@dataclass(frozen=True)
class FileFact:
    """What one file turned out to be."""

    height: int = 0
    """Pixels; 0 where it cannot be read."""
    width: int = 0
    """Pixels; 0 where it cannot be read."""
    digest: bytes = b""
    """Equal for files with equal bytes; empty where only the header was read."""
    problem: str = ""
    """Why it cannot be read, or empty."""


def look_at(
    images: Images,
    *,
    quick: bool = False,
    workers: int | None = None,
    progress: Tell | None = None,
) -> tuple[FileFact, ...]:
    """Open every image.

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
    look = partial(_header if quick else _whole, images.root)
    facts = []
    with ThreadPoolExecutor(thread_count(workers)) as pool:
        for done, fact in enumerate(pool.map(look, images.paths), start=1):
            facts.append(fact)
            if progress is not None:
                progress(done, len(images))
    return tuple(facts)


def digest_file(path: Path) -> bytes:
    """Digest the content of a file.

    Args:
        path: the file.

    Returns:
        16 bytes, equal for files with equal bytes.

    Raises:
        OSError: it cannot be read.
    """
    return hashlib.blake2b(path.read_bytes(), digest_size=16).digest()


def _whole(root: Path, path: str) -> FileFact:
    """Decode a file and digest its bytes."""
    try:
        content = read_bytes(root / path)
        found = decode_file(content, path)
    except DataError as error:
        return FileFact(problem=_within(root, error))
    digest = hashlib.blake2b(content, digest_size=16).digest()
    return FileFact(found.height, found.width, digest)


def _header(root: Path, path: str) -> FileFact:
    """Read the header of a file."""
    try:
        found = header(read_bytes(root / path), path)
    except DataError as error:
        return FileFact(problem=_within(root, error))
    return FileFact(found.height, found.width)


def _within(root: Path, error: DataError) -> str:
    """Return a message without the folder that all paths share."""
    return str(error).replace(f"{root}/", "")
