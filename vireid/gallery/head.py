"""What a store says of itself: its network, what became of images, and work that is not done."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from vireid.errors import DataError
from vireid.types import Levels, NamedStatistics

FORMAT = 1
"""Version of a store."""
EXACT = 1_000_000
"""Rows up to which all vectors are compared, where nothing else is said."""


class _LaterError(DataError):
    """The store is of a later version."""


@dataclass(frozen=True)
class Made:
    """What made the embeddings of a store, and where their rows are."""

    table: str
    """The name of the table of rows."""
    network: str | None = None
    """Fingerprint, as of a ``Gallery``; None until the first rows come."""
    source: str | None = None
    """Which run and stage that was, in words."""
    size: int | None = None
    """D, numbers of an embedding; None until the first rows come."""
    levels: str | None = None
    """JSON of ``Levels``; None where unknown."""
    statistics: str | None = None
    """JSON of ``NamedStatistics`` that were taken off; None where nothing was."""

    def levels_value(self) -> Levels | None:
        """Return the levels."""
        return None if self.levels is None else Levels.from_json(self.levels)

    def statistics_value(self) -> NamedStatistics | None:
        """Return the statistics."""
        return None if self.statistics is None else NamedStatistics.from_json(self.statistics)

    def words(self) -> str:
        """Return what made the embeddings, for messages."""
        return f"network {self.network}" + (f" ({self.source})" if self.source else "")


@dataclass(frozen=True)
class IndexFacts:
    """An index, and what was measured of it."""

    rows: int
    """Rows that it was made of; later ones are compared one by one until it is made again."""
    parts: int
    """Parts that it consists of."""
    probes: int
    """Parts of it that a search looks into."""
    recall: float
    """Share of the ten nearest rows that it finds, in [0, 1]."""
    across: float | None
    """The same where only rows of the other modality are searched; None where there is but one."""
    queries: int
    """By how many rows that was measured."""


@dataclass(frozen=True)
class Head:
    """What a store says of itself."""

    made: Made
    """Of the rows that are searched."""
    renewing: Made | None = None
    """Of the rows that a re-embedding writes and that take the place of the others at its end."""
    keep: float | None = None
    """Days after which rows expire where nothing else is said; None for never."""
    exact: int = EXACT
    """Rows up to which all vectors are compared, and above which an index is searched."""
    index: IndexFacts | None = None
    """The index of the rows; None where there is none."""
    erasing: bool = False
    """Whether rows were deleted whose bytes may still lie there."""

    def to_json(self) -> str:
        """Return all of it."""
        return json.dumps({"format": FORMAT, **asdict(self)})

    def check(self) -> None:
        """Refuse levels and statistics that cannot be read.

        Raises:
            DataError: some cannot.
        """
        for made in (self.made, self.renewing):
            if made is not None:
                made.levels_value()
                made.statistics_value()

    @classmethod
    def from_json(cls, text: str, place: str) -> "Head":
        """Return what ``to_json`` wrote.

        Args:
            text: the JSON.
            place: of the store, for messages.

        Returns:
            The head.

        Raises:
            DataError: it is something else, or of a later version.
        """
        try:
            found: dict[str, Any] = json.loads(text)
            version = found.pop("format")
            if version > FORMAT:
                raise _LaterError(
                    f"{place} has format {version}; this version of vireid reads up to {FORMAT}: "
                    "update it"
                )
            made, renewing, index = (found.pop(name) for name in ("made", "renewing", "index"))
            head = cls(
                Made(**made),
                None if renewing is None else Made(**renewing),
                index=None if index is None else IndexFacts(**index),
                **found,
            )
            head.check()
            return head
        except _LaterError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, DataError) as error:
            raise DataError(f"{place}: what it says of itself cannot be read: {error}") from error
