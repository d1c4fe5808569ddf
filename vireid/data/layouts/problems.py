"""What is wrong with the lists and files of a data set, noted while it is read."""

from dataclasses import dataclass, replace
from typing import Literal

from vireid.data.folder import DataFolder
from vireid.errors import DataError, some

Kind = Literal["missing list", "missing file", "repeated entry", "faulty entry", "absent images"]
"""A list that is not there, empty or no text; a list entry without a file, an entry given twice,
an entry that cannot be used as it is, and an identity or a modality without images."""

PartName = Literal["train", "test"]
"""The images to train on and those to evaluate on."""


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


@dataclass(frozen=True)
class Scan:
    """What reading the lists of a data set gave."""

    source: str
    """What was read, for messages."""
    data: DataFolder
    """The images that are there; incomplete where there are problems."""
    problems: tuple[Problem, ...] = ()
    """What is wrong."""

    def accepted(self) -> DataFolder:
        """Return the data, which must be without problems.

        Returns:
            The data.

        Raises:
            DataError: with the number of problems and the first five.
        """
        if self.problems:
            raise DataError(f"{self.source}: {some([p.line for p in self.problems], '; ')}")
        return self.data
