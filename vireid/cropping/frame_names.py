"""Names of frames below a folder: which there are, in which order, with which numbers."""

import re
from pathlib import Path, PurePosixPath

from vireid.data.folder import IMAGE_SUFFIXES, OTHER_SUFFIXES
from vireid.data.walking import walk
from vireid.errors import DataError


def frame_files(root: Path) -> list[str]:
    """List the images below a folder, also those that lie in linked folders.

    Args:
        root: the folder.

    Returns:
        Paths with slashes, relative to it.

    Raises:
        DataError: a folder cannot be read, or a name is no text.
    """
    seen = walk(root)
    if seen.faults:
        name, reason = seen.faults[0]
        raise DataError(f"{root / name} cannot be read: {reason}")
    found = [path for path in seen.files if _ending(path) in IMAGE_SUFFIXES | OTHER_SUFFIXES]
    for path in found:
        if not path.isprintable():
            raise DataError(f"the name {path!r} cannot be printed; rename the file")
    return found


def natural(path: str) -> tuple[object, ...]:
    """Return a key that sorts frame2 before frame10.

    Args:
        path: of a frame.

    Returns:
        Texts and numbers by turns.

    >>> sorted(["a/f10.png", "a/f2.png", "a/f02.png"], key=natural)
    ['a/f02.png', 'a/f2.png', 'a/f10.png']
    """
    parts = re.split(r"([0-9]+)", path)
    return (*(int(part) if i % 2 else part for i, part in enumerate(parts)), path)


def last_number(path: str) -> int | None:
    """Return the last number in the name of a frame.

    Args:
        path: its path.

    Returns:
        The number; None where there is none.

    >>> last_number("cam1/frame_000012.jpg"), last_number("cam1/a.jpg")
    (12, None)
    """
    found = re.findall(r"[0-9]+", path.rpartition("/")[2].rpartition(".")[0])
    return int(found[-1][:18]) if found else None


def _ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
