"""Settings of a stage: its loss terms, batches and schedule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from vireid.config.named import Named
from vireid.errors import (
    ABOVE_ZERO,
    FROM_ONE,
    FROM_ZERO,
    INSIDE,
    ConfigError,
    meant,
    number_of,
    outside,
)
from vireid.terms import Place, Term, in_order
from vireid.terms.turns import never_counts
from vireid.types import LabelSpace

RESERVED = ("before", "clearest", "seconds", "seed")
"""Names that files and keys of a run have already."""
OWN = "own"
"""What ``sample_by`` says for each modality's own clusters."""
TOTAL = "total"
"""What the weighted sum of all terms is called in logs."""


@dataclass(frozen=True)
class StepConfig:
    """One more optimiser step in each iteration, on batches and terms of its own."""

    terms: Mapping[str, Term]
    """The terms of the step by name, in the order in which they are added up."""
    sample_by: str = "own"
    """Where batches draw their labels, as in the stage."""
    batch_labels: int | None = None
    """Labels in a batch of this step (at least 1); the recipe's where not given."""
    batch_images: int | None = None
    """Images of each label and modality in a batch (at least 1); the recipe's where not given."""
    apart: bool = False
    """Each modality draws its labels by itself, as in the stage."""

    def __post_init__(self) -> None:
        """Keep the order of the terms."""
        object.__setattr__(self, "terms", Named(self.terms))

    def spaces(self, offered: Mapping[str, LabelSpace]) -> tuple[str, ...]:
        """Return the label spaces that the terms and the batches need, without repeats.

        Args:
            offered: what the labeller offers.

        Returns:
            Their names, those of the batches first.
        """
        own = [name for name, space in offered.items() if space.modality is not None]
        sampled = own if self.sample_by == OWN else [self.sample_by]
        of_terms = [name for term in self.terms.values() for name in term.spaces()]
        return tuple(dict.fromkeys([*sampled, *of_terms]))

    def problems(self, where: str, spaces: Mapping[str, LabelSpace]) -> Iterator[str]:
        """Yield a message for each value that cannot be.

        Args:
            where: the stage, for the messages.
            spaces: what the labeller offers.

        Yields:
            One message for each problem.
        """
        shared = [name for name, space in spaces.items() if space.modality is None]
        if self.sample_by not in (OWN, *shared):
            known = ", ".join([OWN, *shared])
            near = meant(self.sample_by, [OWN, *shared])
            yield f"{where}sample_by is {self.sample_by}; expected one of {known}{near}"
        if self.apart and self.sample_by == OWN:
            yield f"{where}apart applies to labels that both modalities share, not to own"
        given = [n for n in ("batch_labels", "batch_images") if getattr(self, n) is not None]
        yield from outside(where, self, FROM_ONE, *given)
        if not self.terms:
            yield f"{where}it has no terms; give at least one loss"
        for name in self.terms:
            if name == TOTAL or not name.replace("-", "_").isidentifier():
                yield f"{where}{name} is no name for a term; expected a word other than {TOTAL}"


@dataclass(frozen=True)
class StageConfig:
    """One stage of training."""

    name: str
    """Name of the stage in logs and files."""
    epochs: int
    """Epochs of the stage (at least 1)."""
    terms: Mapping[str, Term]
    """The loss terms by name, in the order in which they are added up."""
    sample_by: str = "own"
    """Where batches draw their labels: each modality's own clusters (own), or a label space that
    both modalities share (mixed, matched)."""
    iterations: int = 20
    """Optimiser steps in an epoch (at least 1)."""
    then: tuple[StepConfig, ...] = ()
    """Further optimiser steps after each of these, on batches and terms of their own."""
    batch_labels: int | None = None
    """Labels in a batch of this stage (at least 1); the recipe's where not given."""
    batch_images: int | None = None
    """Images of each label and modality in a batch of this stage (at least 1); the recipe's where
    not given."""
    init: Literal["continue", "pretrained"] = "continue"
    """Go on with the weights of the stage before, or begin again from the initial ones, of all
    that was learned keeping only the labels of the stage's start."""
    relabel_every: int = 1
    """Epochs between two labellings (at least 0); 0 labels once, at the start of the stage."""
    recentre_every: int = 0
    """Epochs after which the centres of intra follow the features while the labels stay (at least
    0); 0 keeps the centres of the labelling."""
    optimiser: Literal["adam", "sgd"] = "adam"
    """Adam, or stochastic gradient descent with momentum 0.9."""
    learning_rate: float = 1e-3
    """Learning rate after the warm-up (more than 0)."""
    backbone_rate: float = 1.0
    """Factor of the learning rate of all layers but neck and classifier (more than 0)."""
    warmup: int = 1
    """Epochs over which the learning rate rises linearly (at least 0)."""
    warmup_by: Literal["step", "epoch"] = "step"
    """Rise at every step, from a tenth; or at every epoch, to (epoch + 1) / warmup."""
    milestones: tuple[float, ...] = (0.6,)
    """Shares of the stage's epochs after which the learning rate falls, in (0, 1)."""
    decay: float = 0.3
    """Factor of the learning rate at each milestone (more than 0)."""
    apart: bool = False
    """Each modality draws its labels of a shared label space by itself, also those that the other
    one does not have; otherwise batches show labels that both have, the same on both sides."""

    def __post_init__(self) -> None:
        """Keep the order of the terms."""
        object.__setattr__(self, "terms", Named(self.terms))
        object.__setattr__(self, "then", tuple(self.then))

    def steps(self) -> tuple[StepConfig, ...]:
        """Return the steps of an iteration; the first one is that of the stage itself."""
        size = self.batch_labels, self.batch_images
        first = StepConfig(self.terms, self.sample_by, *size, apart=self.apart)
        return (first, *self.then)

    def all_terms(self) -> Mapping[str, Term]:
        """Return the terms of all steps by name."""
        return {name: term for step in self.steps() for name, term in step.terms.items()}

    def spaces(self, offered: Mapping[str, LabelSpace]) -> tuple[str, ...]:
        """Return the label spaces that the terms and the batches need, without repeats.

        Args:
            offered: what the labeller offers.

        Returns:
            Their names.
        """
        found = (name for step in self.steps() for name in step.spaces(offered))
        return tuple(dict.fromkeys(found))

    def asked(self, offered: Mapping[str, LabelSpace]) -> Mapping[str, LabelSpace]:
        """Return what the stage needs of each of these label spaces.

        Args:
            offered: what the labeller offers.

        Returns:
            The label spaces by name, without confidence where no term looks at it.
        """
        terms = [term for term in self.all_terms().values() if term.needs_trust]
        trusted = {name for term in terms for name in term.spaces()}
        return {
            name: space if name in trusted else replace(space, confidence=False)
            for name, space in ((name, offered[name]) for name in self.spaces(offered))
        }

    def problems(self, spaces: Mapping[str, LabelSpace]) -> Iterator[str]:
        """Yield a message for each value that cannot be.

        Args:
            spaces: the label spaces that the recipe's labeller offers.

        Yields:
            One message for each problem.
        """
        where = f"stage {self.name}: "
        if self.name in RESERVED or not self.name.isidentifier():
            yield f"{where}expected a plain word other than {', '.join(RESERVED)} as its name"
        yield from outside(where, self, FROM_ONE, "epochs", "iterations")
        yield from outside(where, self, FROM_ZERO, "relabel_every", "recentre_every", "warmup")
        yield from outside(where, self, ABOVE_ZERO, "learning_rate", "backbone_rate", "decay")
        expected, holds = INSIDE
        for share in self.milestones:
            if not holds(share):
                yield f"{where}milestones hold {share}; expected {expected}"
        for number, step in enumerate(self.steps()):
            yield from step.problems(where + (f"then.{number - 1}: " if number else ""), spaces)
        yield from self._term_problems(where, spaces)

    def _term_problems(self, where: str, spaces: Mapping[str, LabelSpace]) -> Iterator[str]:
        terms = self.all_terms()
        if len(terms) < sum(len(step.terms) for step in self.steps()):
            yield f"{where}two steps have terms of one name; give each a name of its own"
        if self.recentre_every and self.relabel_every == 1:
            yield f"{where}recentre_every applies where labels stay; set relabel_every to another"
        if self.recentre_every and not any(term.follows for term in terms.values()):
            yield f"{where}recentre_every applies to stages with an intra term"
        try:
            in_order(terms)
        except ConfigError as error:
            yield f"{where}{error}"
        place = Place(self.name, terms, spaces, self.relabel_every)
        for name, term in terms.items():
            if self.epochs >= 1 and (why := never_counts(term, self.epochs)):
                yield (
                    f"{where}{name} counts in no epoch of {self.epochs} ({why}); give the stage "
                    "more epochs or leave the term out"
                )
            elif len(term.ramp) > max(self.epochs, 1):
                epochs = f"{number_of(self.epochs, 'epoch')}; expected one an epoch at most"
                yield f"{where}{name}: ramp has {len(term.ramp)} factors for {epochs}"
            for problem in term.problems(place):
                yield f"{where}{name}: {problem}"
