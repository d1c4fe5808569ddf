"""Folders in which something is kept between runs: how full they are, and whether that works."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vireid.data.pixels.cache import default_cache
from vireid.diagnosis.places import told_path
from vireid.errors import ConfigError
from vireid.places import temporary_folder


@dataclass(frozen=True)
class Cache:
    """A folder that keeps something."""

    use: str
    """What it keeps."""
    place: str
    """Where it is, without names of users."""
    used: int
    """Bytes of the files in it; 0 where it does not exist yet."""
    free: int
    """Bytes that are free where it is or would be."""
    writable: bool
    """Whether this user may write there."""


def find_caches() -> Iterator[Cache]:
    """Yield the folders of decoded images, of compiled loops and of temporary files.

    Yields:
        One after the other; what there is no place for is left out.
    """
    with suppress(ConfigError):  # no home directory
        yield _cache("decoded images", default_cache())
    compiled = os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parents[1]
    yield _cache("compiled loops", Path(compiled), "*.nb[ci]")
    temporary = temporary_folder()
    if temporary is not None:
        one = _cache("temporary", temporary)
        yield Cache(one.use, told_path(temporary.parent), one.used, one.free, one.writable)


def _cache(use: str, folder: Path, kind: str = "*") -> Cache:
    """Describe a folder, which need not exist."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    used = sum(_size(file) for file in folder.rglob(kind)) if folder.is_dir() else 0
    free = shutil.disk_usage(there).free
    return Cache(use, told_path(folder), used, free, os.access(there, os.W_OK))


def _size(file: Path) -> int:
    """Return the bytes of a file; 0 for anything else, and for one that has just vanished."""
    try:
        return file.lstat().st_size if file.is_file() else 0
    except OSError:
        return 0
