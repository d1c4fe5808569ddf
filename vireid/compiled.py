"""Functions that numba compiles, kept on disk where there is a place for them.

Numba itself raises where it finds no folder to write to, and it looks for one at import.
"""

import logging
import os
import stat
import tempfile
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import Any, TypeVar

from numba.core import config
from numba.core.caching import FunctionCache, NullCache

log = logging.getLogger(__name__)

Compiled = TypeVar("Compiled")
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


class _Kept(NullCache):  # type: ignore[misc]
    """What a compiled function asks for its machine code, one for each function."""

    def __init__(self, function: Any) -> None:
        self._function = function
        self._files: FunctionCache | None = None
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


def _find_files(function: Any) -> FunctionCache | None:
    """Return files in the first folder that can be written to, None where there is none."""
    beside = Path(function.__code__.co_filename).parent
    if config.CACHE_DIR or os.access(beside, os.W_OK) or _has_home():
        with suppress(RuntimeError, OSError):  # no place; no room for an empty file
            return FunctionCache(function)
    folder = _temporary()
    if folder is not None:
        before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
        try:
            files = FunctionCache(function)
        except (RuntimeError, OSError):
            pass
        else:
            _say(f"compiled functions are kept in {folder}, as numba's folders are read-only")
            return files
        finally:
            config.CACHE_DIR = before
    _say(f"functions are compiled anew each time, as no folder can keep them; {CHOOSE}")
    return None


def _has_home() -> bool:
    """Tell whether the user has a place for caches; without one, numba makes one in any folder."""
    return os.path.isabs(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~")))  # noqa: PTH111, PTH117


def _temporary() -> Path | None:
    """Return a folder for temporary files that nobody but the user can write to.

    What lies in it is run, so a folder that someone else made is not taken.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"vireid-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return folder if own and not status.st_mode & 0o077 else None


@once
def _say(text: str) -> None:
    log.info(text)
