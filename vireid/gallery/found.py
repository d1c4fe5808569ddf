"""What a search in a store found."""

from collections.abc import Iterable
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


def by_track(found: Iterable[Found], top: int) -> list[Found]:
    """Return the first image of each track; an image without a track stands for itself.

    Args:
        found: images, best first.
        top: at most how many are returned.

    Returns:
        In the same order.

    >>> one = Found("a", 0.9, "visible", "1", "t", None, "a.png")
    >>> two = Found("b", 0.8, "visible", "1", "t", None, "b.png")
    >>> by_track([one, two], 5) == [one]
    True
    """
    seen: set[str] = set()
    kept: list[Found] = []
    for one in found:
        if one.track is not None and one.track in seen:
            continue
        if one.track is not None:
            seen.add(one.track)
        kept.append(one)
        if len(kept) == top:
            break
    return kept
