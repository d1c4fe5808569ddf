"""A matcher: the two clusters that are most alike become partners, then the next two."""

from dataclasses import dataclass

import numpy as np

from vireid.cluster import centres, normalise_rows
from vireid.errors import SHARE, outside
from vireid.types import NOISE, Matching


@dataclass(frozen=True)
class NearestPairs:
    """One to one, by falling similarity of centres, down to a least one."""

    least: float = 0.0
    """Least cosine of the centres of a pair (0 to 1); clusters that have none have no partner."""

    def problems(self):
        """Yield what is wrong with the settings."""
        yield from outside("labelling.matcher.", self, SHARE, "least")

    def match(self, embeddings, visible, infrared, *, generator):
        """Return the partner of each visible cluster, and the price of each pair."""
        one, other = (
            normalise_rows(centres(embeddings.vectors, side.labels)) for side in (visible, infrared)
        )
        alike = one @ other.T
        partner, price = np.full(len(one), NOISE), np.full(len(one), np.nan)
        for _ in range(min(alike.shape)):
            mine, theirs = np.unravel_index(alike.argmax(), alike.shape)
            if alike[mine, theirs] < self.least:
                break
            partner[mine], price[mine] = theirs, 1 - alike[mine, theirs]
            alike[mine], alike[:, theirs] = -np.inf, -np.inf
        return Matching(partner, len(other), price)
