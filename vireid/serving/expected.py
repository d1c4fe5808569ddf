"""What a search found, and the false matches to expect beside each result."""

from dataclasses import dataclass

from vireid.gallery import Found
from vireid.gallery.expecting import expect
from vireid.ranking import FalseMatches, MatchRates
from vireid.types import Int, Modality


@dataclass(frozen=True)
class Answer:
    """What a search found."""

    query: str | None
    """The key that the query has in a gallery; None for a track."""
    modality: Modality | None
    """What the query shows; None for a track."""
    found: list[Found]
    expected: FalseMatches | None = None
    """Beside each result, [1, K]; None where nothing is known."""

    def false_matches(self, place: int) -> tuple[float | None, bool]:
        """Return how many other people's images are expected to be as similar as a result.

        Args:
            place: of the result, from 0.

        Returns:
            How many, None where that is unknown; and whether fewer are to be expected.
        """
        if self.expected is None:
            return None, False
        told = self.expected.told(0, place)
        return told["false_matches"], told["fewer"]


def answered(
    rates: MatchRates | None,
    network: str | None,
    query: tuple[str | None, Modality | None],
    found: list[Found],
    searched: Int | None,
) -> Answer:
    """Say what to expect of results, as far as the rates are of the gallery's network.

    Args:
        rates: of comparisons; None where unknown.
        network: that made the gallery; a re-embedding may have changed it.
        query: its key and what it shows; None for a track, of whose mean rates say nothing.
        found: the results.
        searched: [2] visible and infrared rows that it was compared with; None without rates.

    Returns:
        The results with their false matches.
    """
    key, modality = query
    known = rates is not None and rates.network in (None, network)
    if rates is None or searched is None or modality is None or not known:
        return Answer(key, modality, found)
    return Answer(key, modality, found, expect(rates, modality, found, searched))
