"""Whether a path of a list or manifest leads to an image file inside the data set."""

import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path

from vireid.data.layouts.problems import Problem


def normal(path: str) -> str:
    """Return a path without `.` and `..` where they can be resolved.

    Args:
        path: with slashes; may be empty.

    Returns:
        The shortest path that means the same; empty for an empty one.

    >>> normal("b/../a/./1.png"), normal("")
    ('a/1.png', '')
    """
    return posixpath.normpath(path) if path else ""


def shown(path: str) -> str:
    """Return a path for a message of one line: what cannot be printed is escaped.

    Args:
        path: as found on disk, perhaps with bytes that are no UTF-8, or with a line break.

    Returns:
        Printable text.

    >>> print(shown("a b/ü\\n\\udcff.jpg"))
    a b/ü\\n\\udcff.jpg
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path
    )


def path_problems(root: Path, path: str) -> Iterator[Problem]:
    """Yield what is wrong with a path of a list.

    Args:
        root: the folder that the path is relative to.
        path: as ``normal`` returns it.

    Yields:
        Nothing, or one problem.
    """
    if not path:
        yield Problem("faulty entry", "path is empty")
        return
    if Path(path).is_absolute() or path.split("/")[0] == "..":
        text = f"path {path!r} leaves the folder of the data; expected a path inside it"
        yield Problem("faulty entry", text)
        return
    try:
        mode = (root / path).stat().st_mode
    except (OSError, ValueError):
        yield Problem("missing file", f"file {path!r} is missing{_other_case(root / path)}")
    else:
        if not stat.S_ISREG(mode):
            yield Problem("faulty entry", f"path {path!r} is no file; expected an image file")


def name_problems(path: str) -> Iterator[Problem]:
    """Yield what is wrong with the name of a file that was found on disk.

    Args:
        path: relative path of the file.

    Yields:
        Nothing, or one problem.

    >>> [problem.text for problem in name_problems("a/\\udcff.jpg")]
    ["name of 'a/\\\\udcff.jpg' is no UTF-8; rename the file"]
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        yield Problem("faulty entry", f"name of '{shown(path)}' is no UTF-8; rename the file")


def _other_case(path: Path) -> str:
    """Name a file that differs in the case of its ending, or of its whole name, only."""
    stem, dot, ending = path.name.rpartition(".")
    names = (stem + dot + ending.lower(), stem + dot + ending.upper(), path.name.lower())
    try:
        same = [name for name in names if path.with_name(name).exists()]
    except (OSError, ValueError):
        return ""
    return f"; there is {same[0]!r}, upper and lower case must agree" if same else ""
