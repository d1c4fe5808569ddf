"""LanceDB: imported when it is used, and its errors in one line."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from vireid.errors import ConfigError, DataError

_FULL = re.compile(r"no space left|file too large|disk quota|os error (28|27|122)\b", re.I)
_GONE = re.compile(r"not found|no such file|was not found|os error 2\b", re.I)
_AGAINST = re.compile(r"conflict|concurrent", re.I)
_CLOSED = re.compile(r"permission denied|read-only|access ?denied|os error (13|30)\b", re.I)

T = TypeVar("T")
TRIES = 8
"""How often something is read that a writer takes away meanwhile."""


def connect(place: str, storage: Mapping[str, str]) -> Any:
    """Return LanceDB's connection to a place.

    Args:
        place: a folder, or a URI such as s3://bucket/folder.
        storage: options of an object storage, as LanceDB has them.

    Returns:
        The connection.

    Raises:
        ConfigError: the extra is not installed.
        DataError: the place cannot be reached.
    """
    os.environ.setdefault("LANCE_LOG", "error")  # else it prints what it does to the terminal
    try:
        import lancedb
    except ImportError as error:
        raise ConfigError(
            f"a store of images needs the package lancedb, which cannot be imported ({error}); "
            "install it by: pip install 'vireid[gallery]'"
        ) from error
    with explained(place, "open"):
        return lancedb.connect(place, storage_options=dict(storage) or None)


@contextmanager
def explained(place: str, what: str) -> Iterator[None]:
    """Turn the errors of LanceDB into one line.

    Args:
        place: of the store.
        what: what is being done, such as "write to".

    Yields:
        Nothing.

    Raises:
        DataError: LanceDB or the system refuses.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        text = " ".join(str(error).split())
        advice = "see that the place can be reached and is no other program's"
        if _FULL.search(text) or getattr(error, "errno", None) in (28, 27, 122):
            advice = "free some space; what was acknowledged is kept"
        elif _CLOSED.search(text) or isinstance(error, PermissionError):
            advice = "it may be read only: choose another place, or ask for the right to write"
        elif _AGAINST.search(text):
            advice = "another program has written at the same time: try again"
        raise DataError(f"cannot {what} {place}: {_short(text)}; {advice}") from error


def steadily(look: Callable[[], T]) -> T:
    """Read something; again where a writer has taken away files of an older version meanwhile.

    Args:
        look: reads it.

    Returns:
        What it returned.
    """
    for _ in range(TRIES - 1):
        try:
            return look()
        except DataError as error:
            if not _GONE.search(str(error)):
                raise
    return look()


def _short(text: str) -> str:
    """Return the beginning of a message; the rest are places in LanceDB's own code."""
    text = re.split(r",? ?(?:/[^ ]*)?/(?:cargo|rust|lance)[^ ]*\.rs", text)[0]
    return text if len(text) <= 300 else f"{text[:300]} ..."
