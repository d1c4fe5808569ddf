"""What is wrong with the lists and files of a data set, noted while it is read."""

from dataclasses import dataclass
from typing import Literal

from vireid.data.folder import DataFolder
from vireid.errors import DataError

Kind = Literal["missing file", "repeated entry", "faulty entry", "absent images"]
"""A list entry without a file, an entry given twice, an entry that cannot be used as it is, and
an identity or a modality without images."""

REPORTED = 5
"""How many problems or examples one message spells out."""


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a data set from being used."""

    kind: Kind
    """What kind of thing."""
    text: str
    """What was found and what is expected, without a line break."""


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
            raise DataError(f"{self.source}: {some([p.text for p in self.problems], '; ')}")
        return self.data


def some(things: list[str], between: str = ", ") -> str:
    """Name the first five things and count the others.

    Args:
        things: their texts.
        between: what stands between them.

    Returns:
        One line.

    >>> some(["a", "b", "c", "d", "e", "f"])
    'a, b, c, d, e and 1 more'
    """
    more = len(things) - REPORTED
    return between.join(things[:REPORTED]) + (f" and {more} more" if more > 0 else "")
