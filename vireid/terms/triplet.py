"""Hold the hardest positive of the batch closer than the hardest negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vireid.errors import FROM_ZERO, outside
from vireid.terms.kept import Kept
from vireid.terms.term import Place, Term

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class Triplet(Term):
    """Batch-hard triplet loss on features before the neck.

    Source: Hermans et al., In Defense of the Triplet Loss for Person Re-Identification, equation 5.
    """

    margin: float = 0.3
    """How much closer the positive shall be, in the units of the features (at least 0)."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        yield from outside("", self, FROM_ZERO, "margin")

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of each row as an anchor.

        Args:
            kept: nothing.
            output: of the network for the batch.
            plan: ``rows`` and ``labels`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import triplet

        del kept
        return triplet(output.pooled[plan["rows"]], plan["labels"], margin=self.margin)
