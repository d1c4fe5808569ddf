"""What a search in a store found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A row of a store that a query found."""

    key: str
    """Its key, by which it is searched by and forgotten."""
    similarity: float
    """Cosine of its embedding and the query's, whatever the order of the results is by."""
    modality: str
    """Visible or infrared."""
    camera: str | None
    """The name of its camera; None where unknown."""
    track: str | None
    """The name of its track; None where it has none."""
    time: float | None
    """Seconds since 1970 in UTC; None where unknown."""
    path: str
    """Where the image lay when it was added."""
