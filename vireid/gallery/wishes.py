"""How a search is done, and what it returns."""

from dataclasses import dataclass, field

from vireid.errors import ConfigError
from vireid.gallery.where import Where

MOST = 2000
"""Rows that are ranked again at most: the work grows with their square."""


@dataclass(frozen=True)
class Wish:
    """How a search is done, and what it returns."""

    top: int = 10
    """At most how many results are returned."""
    where: Where = field(default_factory=Where)
    """Which rows are searched."""
    by: str = "image"
    """image or track: what one result stands for."""
    rerank: int = 0
    """How many of the best rows are ranked again by their common neighbours; 0 for none."""

    def __post_init__(self) -> None:
        """Refuse what cannot be done."""
        if self.top < 1:
            raise ConfigError(f"top is {self.top}; expected at least 1")
        if self.by not in ("image", "track"):
            raise ConfigError(f"by is {self.by!r}; expected image or track")
        if not 0 <= self.rerank <= MOST:
            raise ConfigError(f"rerank is {self.rerank}; expected 0 to {MOST}")


USUAL = Wish()
"""The ten most similar images of all."""
