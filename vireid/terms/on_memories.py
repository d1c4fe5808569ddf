"""What terms share that contrast embeddings with memories which follow them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vireid.errors import ABOVE_ZERO, BELOW_ONE, outside
from vireid.terms.term import Place, Term


@dataclass(frozen=True)
class OnMemories(Term):
    """A term of similarities to memories, which move after each step."""

    temperature: float = 0.05
    """Divides the similarities to the memories (more than 0)."""
    momentum: float = 0.1
    """Share of its old value that a memory keeps at an update, in [0, 1)."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, ABOVE_ZERO, "temperature")
        yield from outside("", self, BELOW_ONE, "momentum")
