"""Draw near neighbours of a batch together and push all others apart, by distance alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vireid.terms.kept import Kept
from vireid.terms.term import Term

if TYPE_CHECKING:
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class Relaxed(Term):
    """Relaxed contrast of all pairs of the term's rows in a batch (RPNR); labels choose the rows.

    RPNR has one such term on each modality, of weight 10. Source: Yin et al., Robust Pseudo-label
    Learning with Neighbor Relation for Unsupervised Visible-Infrared Person Re-Identification.
    """

    features: Literal["embedding", "neck", "pooled"] = "embedding"
    """What is compared: embeddings of unit length, of which near ones pull each other (the paper);
    the neck's outputs as they are (the released code), or features before it. The longer these are,
    the less anything pulls."""

    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return for each row the mean of its pairs with all others.

        Args:
            kept: nothing.
            output: of the network for the batch.
            plan: ``rows`` [R].

        Returns:
            [R], not negative.
        """
        from vireid.losses import relaxed

        del kept
        return relaxed(getattr(output, self.features)[plan["rows"]])
