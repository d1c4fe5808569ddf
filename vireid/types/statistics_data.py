"""Which images statistics of cameras are of, so far as to tell them from others."""

from dataclasses import astuple, dataclass
from typing import Any

from vireid.errors import DataError


@dataclass(frozen=True)
class StatisticsData:
    """Which images statistics are of; no path and no file can be told from it but a name."""

    name: str
    """What their data, or their folder, is called."""
    place: str
    """Digest of the real place of their folder; nothing where they have none."""
    images: str
    """Digest of their paths, sizes in bytes, modalities and cameras, in any order; nothing where
    they have no files."""

    def __post_init__(self) -> None:
        """Check that all of it is text."""
        if not all(isinstance(value, str) for value in astuple(self)):
            raise DataError("the data of statistics are no texts")

    @classmethod
    def read(cls, value: Any) -> "StatisticsData | None":
        """Return what a file says.

        Args:
            value: a list of the three texts; None in files that do not say it.

        Returns:
            The data; None where unknown.

        Raises:
            DataError: it is something else.
        """
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 3:
            raise DataError("the data of statistics are not three texts")
        return cls(*value)
