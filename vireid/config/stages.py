"""Settings of a stage: its loss terms, batches and schedule."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.config.bounds import ABOVE_ZERO, BELOW_ONE, FROM_ONE, FROM_ZERO, INSIDE, outside

LabelSpace = Literal["visible", "infrared", "mixed", "matched"]
"""Clusters of one modality, of all images together (mixed), or joined by matching (matched)."""

RESERVED = ("before", "clearest", "seconds", "seed")
"""Names that files and keys of a run have already."""

LossName = Literal["cluster_nce", "intra", "inter", "triplet"]


@dataclass(frozen=True)
class TermConfig:
    """One loss term of a stage."""

    loss: LossName
    """cluster_nce, intra, inter or triplet."""
    labels: LabelSpace
    """The label space that the term is computed on."""
    weight: float = 1.0
    """Factor of the term in the loss."""
    start: float = 0.0
    """Share of the stage's epochs after which the term is switched on, in [0, 1)."""
    confidence: bool = False
    """Weigh each sample by the confidence of its label."""


@dataclass(frozen=True)
class StageConfig:
    """One stage of training."""

    name: str
    """Name of the stage in logs and files."""
    epochs: int
    """Epochs of the stage (at least 1)."""
    terms: tuple[TermConfig, ...]
    """The loss terms."""
    sample_by: Literal["own", "mixed", "matched"] = "own"
    """Where batches draw their labels: each modality's own clusters, or a shared label space."""
    iterations: int = 20
    """Optimiser steps in an epoch (at least 1)."""
    relabel_every: int = 1
    """Epochs between two labellings; 0 labels once, at the start of the stage."""
    learning_rate: float = 1e-3
    """Learning rate of Adam after the warm-up."""
    warmup: int = 1
    """Epochs over which the learning rate rises linearly from a tenth."""
    milestones: tuple[float, ...] = (0.6,)
    """Shares of the stage's epochs after which the learning rate falls, in (0, 1)."""
    decay: float = 0.3
    """Factor of the learning rate at each milestone."""

    def spaces(self) -> tuple[LabelSpace, ...]:
        """Return the label spaces that the terms and the batches need, without repeats."""
        sampled: tuple[LabelSpace, ...] = (
            ("visible", "infrared") if self.sample_by == "own" else (self.sample_by,)
        )
        return tuple(dict.fromkeys(sampled + tuple(term.labels for term in self.terms)))

    def problems(self) -> Iterator[str]:
        """Yield a message for each value that cannot be."""
        where = f"stage {self.name}: "
        if self.name in RESERVED or not self.name.isidentifier():
            yield f"{where}expected a plain word other than {', '.join(RESERVED)} as its name"
        yield from outside(where, self, FROM_ONE, "epochs", "iterations")
        yield from outside(where, self, FROM_ZERO, "relabel_every", "warmup")
        yield from outside(where, self, ABOVE_ZERO, "learning_rate", "decay")
        expected, holds = INSIDE
        for share in self.milestones:
            if not holds(share):
                yield f"{where}milestones hold {share}; expected {expected}"
        if not self.terms:
            yield f"{where}it has no terms; give at least one loss"
        for term in self.terms:
            yield from outside(f"{where}{term.loss} ", term, BELOW_ONE, "start")
            yield from outside(f"{where}{term.loss} ", term, FROM_ZERO, "weight")
            if term.loss == "inter" and term.labels in {"visible", "infrared"}:
                yield f"{where}inter needs labels that both modalities share, not {term.labels}"
            if term.confidence and term.labels != "matched":
                yield f"{where}confidence is known of matched labels only, not of {term.labels}"
