"""What is wrong with the lists and files of a data set, noted while it is read."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vireid.data.folder import DataFolder
from vireid.errors import DataError, some

Kind = Literal[
    "missing list", "missing file", "repeated entry", "faulty entry", "absent images", "closed"
]
"""A list that is not there, empty or no text; a list entry without a file, an entry given twice,
an entry that cannot be used as it is, an identity or a modality without images, and folders and
links that should hold images and cannot be read."""

PartName = Literal["train", "test"]
"""The images to train on and those to evaluate on."""

APART = 3
"""Up to this many problems that differ in the name only are told one by one."""


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a data set from being used."""

    kind: Kind
    """What kind of thing."""
    text: str
    """What was found and what is expected, without a line break."""
    place: str = ""
    """The list and line, where it is an entry of a list."""
    part: PartName | None = None
    """The images it concerns; None for both, or where it is unknown."""
    path: str = ""
    """The file that the entry names, if any."""
    meant: str = ""
    """The file that is there and probably meant, where the one named is missing."""
    same: str = ""
    """What is wrong, without names and values, where many may have the same cause: they are told
    together."""

    @property
    def line(self) -> str:
        """The text after its place."""
        return f"{self.place}: {self.text}" if self.place else self.text

    def at(self, place: str, part: PartName | None, path: str = "") -> "Problem":
        """Say where a problem was found.

        Args:
            place: the list and line.
            part: the images it concerns.
            path: the file that the entry names, if any.

        Returns:
            The same problem at that place.
        """
        return replace(self, place=place, part=part, path=path)


def folded(problems: Sequence[Problem]) -> list[str]:
    """Tell problems, those of the same cause together.

    Args:
        problems: in the order in which they were found.

    Returns:
        A line for each cause, with the number of problems and an example, or for each of a few.

    >>> folded([Problem("faulty entry", "path is empty", f"line {n}", same="path is empty")
    ...         for n in range(2, 9)])
    ['7 lines: path is empty, such as line 2: path is empty']
    """
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for number, problem in enumerate(problems):
        key = (problem.kind, problem.same) if problem.same else (str(number),)
        groups.setdefault(key, []).append(problem)
    lines = []
    for group in groups.values():
        if len(group) <= APART:
            lines += [problem.line for problem in group]
        else:
            first = group[0]
            word = "lines" if first.place else "folders" if first.kind == "closed" else "files"
            lines.append(f"{len(group)} {word}: {first.same}, such as {first.line}")
    return lines


@dataclass(frozen=True)
class Scan:
    """What reading the lists of a data set gave."""

    source: str
    """What was read, for messages."""
    data: DataFolder
    """The images that are there; incomplete where there are problems."""
    problems: tuple[Problem, ...] = ()
    """What is wrong."""
    notes: tuple[str, ...] = ()
    """What is worth knowing, a line each, and does not change what the data is used for."""

    def accepted(self) -> DataFolder:
        """Return the data, which must be without problems, and warn of what its user is to know.

        Returns:
            The data.

        Raises:
            DataError: with the problems, of which five are spelt out.
        """
        if self.problems:
            raise DataError(f"{self.source}: {some(folded(self.problems), '; ')}")
        for note in self.data.notes:
            warnings.warn(f"{self.source}: {note}", stacklevel=3)
        return self.data
