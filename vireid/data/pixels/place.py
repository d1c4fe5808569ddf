"""Where decoded images are kept: in memory, or in a file that is found again."""

from pathlib import Path

from vireid.data.pixels.cache import default_cache

MEMORY = "none"
"""What stands for memory where a folder is expected."""
SMALL = 64 << 20
"""Bytes of pixels below which the usual cache is not used: they are decoded in a second or two."""


def cache_place(needed: int, cache: Path | str | None) -> Path | None:
    """Return where decoded images are kept.

    Args:
        needed: bytes of their pixels.
        cache: a folder, or ``none`` for memory; where not given, memory for small data and the
            user's cache directory for other.

    Returns:
        A folder, or None for memory.

    Raises:
        ConfigError: the user's cache directory is wanted, and there is no home directory.
    """
    if cache == MEMORY or (cache is None and needed < SMALL):
        return None
    return default_cache() if cache is None else Path(cache).expanduser()
