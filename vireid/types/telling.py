"""How far a piece of work is, for whoever wants to know."""

from typing import Protocol


class Tell(Protocol):
    """Takes note of how far a piece of work is."""

    def __call__(self, done: int, total: int, /) -> None:
        """Note progress.

        Args:
            done: pieces that are finished.
            total: all pieces.
        """
        ...
