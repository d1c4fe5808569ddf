"""What a person says of a result of a search."""

import math
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal, get_args

from vireid.errors import DataError

Verdict = Literal["right", "wrong", "unsure"]
"""Whether query and result show one person; unsure takes back what was said before."""
Side = Literal["visible", "infrared"]


@dataclass(frozen=True)
class Judgement:
    """What a person says of a result."""

    query: str
    """Path of the query, or its key."""
    result: str
    """Path of the result, or its key."""
    rank: int
    """Its place in the list, from 1."""
    similarity: float
    """In [-1, 1]."""
    query_modality: Side
    """What the query shows."""
    modality: Side
    """What the result shows."""
    judged: Verdict
    """What is said."""
    when: str
    """ISO 8601, in UTC."""
    network: str = ""
    """Fingerprint of the network that searched; empty where unknown."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name, kind in (("query_modality", Side), ("modality", Side), ("judged", Verdict)):
            if getattr(self, name) not in get_args(kind):
                known = ", ".join(get_args(kind))
                raise DataError(f"{name} is {getattr(self, name)!r}; expected one of {known}")
        if self.rank < 1 or not math.isfinite(self.similarity):
            raise DataError(
                f"rank is {self.rank}, similarity {self.similarity}; expected 1 or more, and a "
                "finite number"
            )
        for name in ("query", "result", "when", "network"):
            text = getattr(self, name)
            if any(sign in text for sign in "\r\n\0") or not _can_be_written(text):
                raise DataError(
                    f"{name} holds a line break, or what no file can hold: {text!r}; rename the "
                    "image to judge it"
                )


def _can_be_written(text: str) -> bool:
    """Tell whether UTF-8 holds a text, with the bytes of names of files that are none."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


COLUMNS = tuple(field.name for field in fields(Judgement))
"""Of a file of judgements; others are passed over."""


def now() -> str:
    """Return the time, as a judgement notes it.

    Returns:
        ISO 8601, in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")
