"""A term of a stage's loss: its settings, what it keeps, its values and its update."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from vireid.errors import BELOW_ONE, FROM_ZERO, outside
from vireid.terms.kept import Kept
from vireid.terms.misnamed import misnamed
from vireid.terms.moves import Move
from vireid.terms.seen import Arrays, Batch
from vireid.types import NOISE, Embeddings, Int, Labelling, LabelSpace, PseudoLabels
from vireid.types.short_name import short_name

if TYPE_CHECKING:  # terms are read without torch, as settings of a recipe
    from torch import Tensor

    from vireid.models.network import Output


@dataclass(frozen=True)
class Place:
    """The stage that a term stands in, as far as it matters to a term."""

    stage: str
    """Name of the stage."""
    terms: Mapping[str, Term]
    """All terms of the stage by name, this one included."""
    spaces: Mapping[str, LabelSpace]
    """The label spaces that the recipe's labeller offers."""
    relabel_every: int = 1
    """Epochs between two labellings; 0 labels once."""


@dataclass(frozen=True)
class Term(ABC):
    """One term of a stage's loss. Its name in the recipe is its name in logs and files."""

    labels: str
    """The label space that the term is computed on."""
    weight: float = 1.0
    """Factor of the term in the loss (at least 0)."""
    start: float = 0.0
    """Share of the stage's epochs after which the term is switched on, in [0, 1)."""
    confidence: bool = False
    """Weigh each sample by the confidence of its label."""
    divide_by: Literal["weights", "count"] = "weights"
    """Divide the confidence-weighted sum by the sum of the weights, or by the number of samples,
    so that low confidence in all silences the term (the released code)."""
    each_modality: bool = False
    """Add the means of the visible and of the infrared rows (the released intra), in place of one
    mean over all rows, of which two thirds are visible."""
    phase: Literal["all", "odd", "even"] = "all"
    """Epochs of the stage in which the term is computed, the first, third and so on being odd; in
    the others it neither counts nor moves anything."""
    ramp: tuple[float, ...] = ()
    """Factors of the weight (at least 0), each for an equal part of the stage's epochs, such as
    [0, 0.25, 0.5, 1]; the weight itself throughout where empty."""

    trained: ClassVar[tuple[str, ...]] = ()
    """Names of what it keeps that the optimiser moves."""
    follows: ClassVar[bool] = False
    """Whether ``renew`` does anything: what it keeps can follow embeddings while labels stay."""

    @property
    def loss(self) -> str:
        """What the class is called in recipes and messages, such as ``cluster_nce``."""
        return short_name(type(self))

    @property
    def needs_pooled(self) -> bool:
        """Whether it needs features before the neck of all training images."""
        return False

    @property
    def needs_neighbours(self) -> int:
        """How many nearest images of each modality ``begin`` needs, in ``labelling.nearest``."""
        return 0

    @property
    def needs_teacher(self) -> bool:
        """Whether ``begin`` needs the teacher's embeddings, where the recipe has a teacher."""
        return False

    @property
    def needs_trust(self) -> bool:
        """Whether it looks at how far the labels of its label spaces are trusted."""
        return True

    def takes_part(self, epoch: int) -> bool:
        """Tell whether the term is computed in an epoch, by its ``phase``.

        Args:
            epoch: of the stage, from 0.

        Returns:
            True where it is.
        """
        return self.phase == "all" or (self.phase == "even") == bool(epoch % 2)

    def spaces(self) -> tuple[str, ...]:
        """Return the label spaces that it looks at."""
        return (self.labels,)

    def others(self) -> tuple[str, ...]:
        """Return the names of terms of its stage whose tensors it reads or moves."""
        return ()

    def problems(self, place: Place) -> Iterator[str]:
        """Yield what is wrong with the term in its stage; asked before training begins.

        Args:
            place: the stage.

        Yields:
            One message for each problem; the stage puts its own name and that of the term before
            it.
        """
        yield from outside("", self, BELOW_ONE, "start")
        yield from outside("", self, FROM_ZERO, "weight")
        expected, holds = FROM_ZERO
        for factor in self.ramp:
            if not holds(factor):
                yield f"ramp holds {factor}; expected {expected}"
        yield from self._misnamed(place)
        space = place.spaces.get(self.labels, LabelSpace())
        if self.confidence and not space.confidence:
            yield f"confidence is known of matched labels only, not of {self.labels}"
        if self.divide_by == "count" and not self.confidence:
            yield "divide_by applies to terms with confidence"
        if self.each_modality and space.modality is not None:
            yield f"each_modality needs labels that both modalities share, not {self.labels}"

    def _misnamed(self, place: Place) -> Iterator[str]:
        own = [one.name for one in fields(self) if one.name not in Term.__dataclass_fields__]
        spaces = [name for name in self.spaces() if name not in place.spaces]
        terms = [name for name in self.others() if name not in place.terms]
        others = [name for name, term in place.terms.items() if term is not self]
        yield from misnamed(self, ["labels", *own], spaces, "the label spaces", list(place.spaces))
        yield from misnamed(self, own, terms, "the stage's other terms", others)

    def begin(
        self,
        labelling: Labelling,
        embeddings: Embeddings,
        generator: np.random.Generator,
        others: Mapping[str, Kept],
    ) -> Kept:
        """Return what the term keeps from new labels on.

        Args:
            labelling: the new labels of the N training images; each of ``spaces()`` has clusters.
            embeddings: of the same images, with features where ``needs_pooled``.
            generator: source of all randomness.
            others: what the terms keep that it names.

        Returns:
            Tensors by name, on the CPU.
        """
        del labelling, embeddings, generator
        return Kept({}, others)

    def renew(self, kept: Kept, labelling: Labelling, embeddings: Embeddings) -> Kept:
        """Return what the term keeps once its centres follow, where labels stay.

        Args:
            kept: what it keeps so far.
            labelling: the labels in use.
            embeddings: of the N training images as they are now.

        Returns:
            Tensors by name.
        """
        del labelling, embeddings
        return kept

    def plan(self, labelling: Labelling, batch: Batch) -> Arrays:
        """Choose the rows of a batch, on the host, where all labels are known.

        Args:
            labelling: the labels in use.
            batch: what its rows show.

        Returns:
            Arrays, as ``Arrays`` says; here those of ``chosen`` for all rows that are no noise.
        """
        labels = labelling.spaces[self.labels].labels[batch.indices]
        return self.chosen(labelling.spaces[self.labels], batch, np.flatnonzero(labels != NOISE))

    def chosen(self, space: PseudoLabels, batch: Batch, rows: Int) -> Arrays:
        """Return what is known of some rows of a batch.

        Args:
            space: the label space.
            batch: what its rows show.
            rows: [R] which of them.

        Returns:
            ``rows``, ``labels`` and ``modality`` [R] int64, and ``weights`` [R] float32 where the
            term is weighed by confidence.
        """
        indices = batch.indices[rows]
        found = {"rows": rows, "labels": space.labels[indices], "modality": batch.modality[rows]}
        trust = np.asarray(space.confidence)
        return found | ({"weights": trust[indices]} if self.confidence else {})

    @abstractmethod
    def values(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> Tensor:
        """Return the value of the term for each of its rows.

        Args:
            kept: what it keeps; takes a gradient where it is trained.
            output: of the network for the B rows of the batch.
            plan: the arrays of ``plan`` as tensors, with at least one row.

        Returns:
            [R], differentiable.
        """

    def moves(self, kept: Kept, plan: Mapping[str, Tensor]) -> Sequence[Move]:
        """Return which memories follow the embeddings of the batch, after the optimiser's step.

        Args:
            kept: what it keeps, and what the terms keep that it names.
            plan: the arrays of ``plan`` as tensors.

        Returns:
            What is to be moved; those of all terms are made side by side.
        """
        del kept, plan
        return ()

    def update(self, kept: Kept, output: Output, plan: Mapping[str, Tensor]) -> None:
        """Move what the term keeps, after the optimiser's step.

        Makes the term's ``moves``. A term that moves in another way does it here.

        Args:
            kept: changed in place.
            output: of the step, detached.
            plan: the arrays of ``plan`` as tensors.
        """
        from vireid.terms.memory import move_rows

        move_rows(self.moves(kept, plan), output.embedding)
