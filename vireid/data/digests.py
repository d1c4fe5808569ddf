"""Digests of the bytes that files hold."""

import hashlib
from collections.abc import Sequence
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
    paths = [images.root / path for path in images.paths]
    try:
        with ThreadPoolExecutor(_THREADS) as pool:
            return tuple(pool.map(digest_file, paths))
    except OSError as error:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from error
