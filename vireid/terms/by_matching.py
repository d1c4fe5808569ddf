"""What terms share that look across modalities by a matching."""

from __future__ import annotations

from collections.abc import Iterator

from vireid.terms.cross import matching_problems
from vireid.terms.term import Place, Term


class ByMatching(Term):
    """A term of one modality's rows that asks the matching which clusters are partners."""

    matched: str
    """The label space whose matching it uses; a field of each such term."""

    @property
    def needs_trust(self) -> bool:
        """Whether it looks at how far labels are trusted: its own ones, not those of the pairs."""
        return self.confidence

    def spaces(self) -> tuple[str, ...]:
        """Return the label spaces that it looks at."""
        return self.labels, self.matched

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from matching_problems(self, self.matched, place)
