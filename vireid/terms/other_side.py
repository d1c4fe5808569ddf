"""What terms share that contrast one modality with the memories of a term on the other one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vireid.terms.by_matching import ByMatching
from vireid.terms.cross import against_problems
from vireid.terms.kept import Kept
from vireid.terms.term import Place, Term
from vireid.types import Embeddings, Labelling


@dataclass(frozen=True)
class OtherSide(ByMatching):
    """A term of one modality's rows against the memories of a term on the other modality."""

    against: str = ""
    """The term whose memories these are, on the other modality's clusters."""
    matched: str = "matched"
    """The label space whose matching says which clusters are partners."""

    memories: ClassVar[type[Term]]
    """What the term has to be that it names."""

    def others(self) -> tuple[str, ...]:
        """Return the name of the term whose memories it reads and moves."""
        return (self.against,)

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage.

        Args:
            place: the stage.

        Yields:
            One message for each problem.
        """
        found = [*super().problems(place)]
        found += against_problems(self, self.against, self.memories, place)
        yield from dict.fromkeys(found)

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Keep nothing but the term that it names.

        Args:
            labelling: not used.
            embeddings: not used.
            generator: not used.
            others: the term whose memories it uses.

        Returns:
            No tensors.
        """
        del labelling, embeddings, generator
        return Kept({}, others)
