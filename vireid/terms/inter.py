"""Draw the visible and the infrared features of a label to the same distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from vireid.terms.kept import Kept
from vireid.terms.seen import Arrays, Batch
from vireid.terms.term import Place, Term
from vireid.types import NOISE, Int, Labelling, Modality

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class Inter(Term):
    """Inter-modality alignment: the maximum mean discrepancy of each label (MMM)."""

    features: Literal["pooled", "embedding"] = "pooled"
    """What is compared: features before the neck (the paper) or embeddings."""

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        yield from super().problems(place)
        space = place.spaces.get(self.labels)
        if space is not None and space.modality is not None:
            yield f"labels is {self.labels}; expected labels that both modalities share"

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows of labels that the batch shows in both modalities.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            The arrays of ``Term.plan`` for these rows, and those of ``identity_groups``.
        """
        from vireid.losses import identity_groups

        space = labelling.spaces[self.labels]
        rows = both_sided(space.labels[batch.indices], batch.modality)
        found = self.chosen(space, batch, rows)
        return found | identity_groups(found["labels"], found["modality"])

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return for each row the discrepancy of its label.

        Args:
            kept: nothing.
            output: of the network for the batch.
            plan: ``rows`` [R] and the groups.

        Returns:
            [R], not negative up to rounding.
        """
        from vireid.losses import grouped_inter

        del kept
        compared = getattr(output, self.features)[plan["rows"]]
        return grouped_inter(compared, plan["members"], plan["shares"], plan["owner"])


def both_sided(labels: Int, modality: Int) -> Int:
    """Return the rows whose label is seen in both modalities.

    Args:
        labels: [B] labels, -1 for noise.
        modality: [B] 0 visible, 1 infrared.

    Returns:
        Their indices, ascending; noise is left out.

    >>> both_sided(np.array([3, 3, 5, -1, -1]), np.array([0, 1, 1, 0, 1])).tolist()
    [0, 1]
    """
    halves = [labels[modality == side] for side in Modality]
    shared = np.setdiff1d(np.intersect1d(*halves), NOISE)
    return np.flatnonzero(np.isin(labels, shared))
