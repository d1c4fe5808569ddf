"""Digests of the bytes that files hold."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vireid.errors import DataError
from vireid.types import Images

_THREADS = 4


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


def digest_files(images: Images) -> Sequence[bytes]:
    """Digest the content of the file of each image.

    Args:
        images: N images, all of which are there.

    Returns:
        N digests.

    Raises:
        DataError: a file cannot be read.
    """
    try:
        return _each(images, digest_file)
    except OSError as error:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from error


def digests_at_hand(images: Images, latest: float) -> Sequence[bytes]:
    """Digest the content of the files of images that are there.

    Args:
        images: N images.
        latest: seconds since 1970; files that were changed later count as not there.

    Returns:
        N digests, empty for files that are not there or cannot be read.
    """

    def look(path: Path) -> bytes:
        try:
            return digest_file(path) if path.stat().st_mtime <= latest else b""
        except (OSError, ValueError):  # a name that no file can have
            return b""

    return _each(images, look)


def _each(images: Images, look: Callable[[Path], bytes]) -> tuple[bytes, ...]:
    paths = [images.root / path for path in images.paths]
    with ThreadPoolExecutor(_THREADS) as pool:
        return tuple(pool.map(look, paths))
