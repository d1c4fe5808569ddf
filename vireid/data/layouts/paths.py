"""Whether a path of a list or manifest leads to an image file inside the data set."""

import os
import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path

from vireid.data.layouts.nearby import CASE, FORM, Nearby, Other, is_file
from vireid.data.layouts.problems import Problem
from vireid.errors import number_of

LONGEST = 150
"""More letters of a name are not shown."""


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


def quoted(text: str) -> str:
    """Return a name or cell in quotes, for a message of one line; backslashes stay single.

    Args:
        text: of any length; the middle of a long one is left out.

    Returns:
        Printable text.

    >>> print(quoted("D:\\\\set\\\\0.png"))
    'D:\\set\\0.png'
    """
    text = shown(text)
    if len(text) > LONGEST:
        text = f"{text[:80]} ... {text[-40:]}"
    return f"'{text}'"


class ListedPaths:
    """The paths that the lists of a data set name, and whether files are there.

    Args:
        root: the folder that the paths are relative to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = os.fspath(root)
        self._nearby = Nearby(root)
        self._tops = {os.path.abspath(root), os.path.realpath(root)}  # noqa: PTH100
        self._backslashes = 0

    def settle(self, path: str) -> str:
        """Bring a path to the form that is used everywhere.

        An absolute path inside the folder becomes a relative one. Backslashes become slashes where
        the file is there only so, which ``notes`` tells.

        Args:
            path: as it is listed, without surrounding spaces.

        Returns:
            The path relative to the folder, as ``normal`` returns it, also where it leads outside.
        """
        found = normal(path)
        if "\\" in found and not is_file(self.root / found):
            other = normal(found.replace("\\", "/"))
            if is_file(self.root / self._relative(other)):
                self._backslashes += 1
                found = other
        return self._relative(found)

    def _relative(self, path: str) -> str:
        if not _is_absolute(path):
            return path
        for top in self._tops:
            if path.startswith(top + "/"):
                return path[len(top) + 1 :]
        return path

    def problems(self, path: str) -> Iterator[Problem]:
        """Yield what is wrong with a path.

        Args:
            path: as ``settle`` returns it.

        Yields:
            Nothing, or one problem.
        """
        if not path:
            yield Problem("faulty entry", "path is empty", same="path is empty")
            return
        if _is_absolute(path) or path.split("/")[0] == "..":
            yield self._outside(path)
            return
        try:
            mode = os.stat(f"{self._root}/{path}").st_mode  # noqa: PTH116 - of each of many
        except PermissionError as error:
            text = f"cannot be reached, as a folder may not be read ({error.strerror})"
            yield Problem("closed", f"file {quoted(path)} {text}", same=f"files {text}")
        except (OSError, ValueError):
            yield self._missing(path)
        else:
            if not stat.S_ISREG(mode):
                text = f"path {quoted(path)} is no file; expected an image file"
                yield Problem("faulty entry", text, same="path is no file")

    def notes(self) -> tuple[str, ...]:
        """Say what was done to paths.

        Returns:
            No line or one.
        """
        if not self._backslashes:
            return ()
        lines = number_of(self._backslashes, "path")
        return (f"{lines} with backslashes between folders, read as slashes",)

    def _outside(self, path: str) -> Problem:
        text = f"path {quoted(path)} leaves the folder of the data; expected a path inside it"
        other = self._nearby.find(path)
        hint = _hint(path, other)
        same = f"the path leaves the folder of the data{_cause(other)}"
        meant = other.path if other else ""
        return Problem("faulty entry", text + hint, same=same, meant=meant)

    def _missing(self, path: str) -> Problem:
        try:
            to = os.readlink(self.root / path)  # noqa: PTH115 - shown as it is
        except (OSError, ValueError):
            other = self._nearby.find(path)
            text = f"file {quoted(path)} is missing{_hint(path, other)}"
            same, meant = f"the file is missing{_cause(other)}", other.path if other else ""
            return Problem("missing file", text, same=same, meant=meant)
        text = f"is a link that leads nowhere, to {quoted(to)}"
        return Problem(
            "missing file", f"file {quoted(path)} {text}", same="the file is a link to nowhere"
        )


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or os.path.isabs(path)  # noqa: PTH117 - of each of many


def _cause(other: Other | None) -> str:
    """Say how listed files differ from those that are there."""
    return f"; it is there, but {_changes(other)}" if other is not None else ""


def _hint(path: str, other: Other | None) -> str:
    """Name a file that is probably meant."""
    if other is None:
        return ""
    if other.changes == (FORM,):
        return (
            f"; there is one {FORM}: {quoted(ascii(other.path)[1:-1])} on disk, "
            f"{quoted(ascii(path)[1:-1])} here"
        )
    name = other.path
    if other.changes == (CASE,) and posixpath.dirname(path) == posixpath.dirname(name):
        name = posixpath.basename(name)
    return f"; there is {quoted(name)}, {_changes(other)}"


def _changes(other: Other) -> str:
    """Say in which ways a name differs."""
    return ", ".join(other.changes)


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
        text = f"name of '{shown(path)}' is no UTF-8; rename the file"
        yield Problem("faulty entry", text, same="the name is no UTF-8; rename the files")
