"""Functions that numba compiles, kept on disk where there is a place for them.

Numba itself raises where it finds no folder to write to, and it looks for one at import.
"""

import logging
import os
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import Any, TypeVar

from numba.core import caching, config

from vireid.places import temporary_folder

log = logging.getLogger(__name__)

Compiled = TypeVar("Compiled")
NUMBA: Any = config
"""Numba's settings, whose names are made while it is imported."""
FILES: Any = caching.FunctionCache
CHOOSE = "set NUMBA_CACHE_DIR to a folder that can be written to"


def kept(function: Compiled) -> Compiled:
    """Keep what numba makes of a function for the next process; where that cannot be, go without.

    A folder is looked for when the function is first called: ``NUMBA_CACHE_DIR``, beside the
    source, the user's cache directory, and then ``vireid-UID`` in the folder of temporary files.
    No trouble with it ever stops the function: it is compiled for this process alone, and that is
    said once.

    Args:
        function: what ``numba.njit`` returns.

    Returns:
        The same function.
    """
    vars(function)["_cache"] = _Kept(function.py_func)  # type: ignore[attr-defined]
    return function


class _Kept(caching.NullCache):
    """What a compiled function asks for its machine code, one for each function."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self._files: Any = None
        self._looked = False

    @property
    def cache_path(self) -> str | None:
        """Where the function's machine code lies, once it was looked for."""
        return None if self._files is None else self._files.cache_path

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what is kept for a signature, None where it is to be compiled."""
        if not self._looked:
            self._files, self._looked = _find_files(self._function), True
        if self._files is None:
            return None
        try:
            return self._files.load_overload(sig, target_context)
        except Exception:  # a damaged file raises errors of many kinds
            with suppress(OSError):
                self._files.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature."""
        if self._files is None:
            return
        try:
            self._files.save_overload(sig, data)
        except Exception as error:  # a full disk, a folder that has vanished, a damaged file
            reason = getattr(error, "strerror", None) or type(error).__name__
            _say(f"compiled functions could not be kept ({reason}); {CHOOSE}")

    def flush(self) -> None:
        """Forget what is kept."""
        if self._files is not None:
            self._files.flush()


def _find_files(function: Any) -> Any:
    """Return files in the first folder that can be written to, None where there is none."""
    beside = Path(function.__code__.co_filename).parent
    if NUMBA.CACHE_DIR or os.access(beside, os.W_OK) or _has_home():
        with suppress(RuntimeError, OSError):  # no place; no room for an empty file
            return FILES(function)
    folder = temporary_folder()
    if folder is not None:
        before, NUMBA.CACHE_DIR = NUMBA.CACHE_DIR, str(folder)
        try:
            files = FILES(function)
        except (RuntimeError, OSError):
            pass
        else:
            _say(f"compiled functions are kept in {folder}, as numba's folders are read-only")
            return files
        finally:
            NUMBA.CACHE_DIR = before
    _say(f"functions are compiled anew each time, as no folder can keep them; {CHOOSE}")
    return None


def _has_home() -> bool:
    """Tell whether the user has a place for caches; without one, numba makes one in any folder."""
    return os.path.isabs(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~")))  # noqa: PTH111, PTH117


@once
def _say(text: str) -> None:
    log.info(text)
