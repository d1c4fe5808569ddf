"""Names of frames below a folder: which there are, in which order, with which numbers."""

import re
from pathlib import Path

from vireid.data.folder import IMAGE_SUFFIXES, OTHER_SUFFIXES
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
    found = []
    waiting, seen = [(root, "")], set()
    try:
        while waiting:
            folder, prefix = waiting.pop()
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            for entry in sorted(folder.iterdir()):
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    waiting.append((entry, f"{prefix}{entry.name}/"))
                elif entry.suffix.lower() in IMAGE_SUFFIXES | OTHER_SUFFIXES:
                    found.append(prefix + entry.name)
    except OSError as problem:
        raise DataError(f"{problem.filename} cannot be read: {problem.strerror}") from None
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
