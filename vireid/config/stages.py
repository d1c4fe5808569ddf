"""Settings of a stage: its loss terms, batches and schedule."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vireid.config.bounds import ABOVE_ZERO, BELOW_ONE, FROM_ONE, FROM_ZERO, INSIDE, outside

LabelSpace = Literal["visible", "infrared", "mixed", "matched"]
"""Clusters of one modality, of all images together (mixed), or joined by matching (matched)."""

RESERVED = ("before", "clearest", "seconds", "seed")
"""Names that files and keys of a run have already."""

LossName = Literal["cluster_nce", "classifier", "intra", "inter", "triplet"]


@dataclass(frozen=True)
class TermConfig:
    """One loss term of a stage."""

    loss: LossName
    """cluster_nce, classifier (a linear layer learned with the stage, for labels that stay: only
    with relabel_every 0), intra, inter or triplet."""
    labels: LabelSpace
    """The label space that the term is computed on."""
    weight: float = 1.0
    """Factor of the term in the loss."""
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
    norm: Literal["squared_l2", "l1"] = "squared_l2"
    """Distance to the centre in intra: squared Euclidean (the paper) or absolute (the released
    code), each the mean over the features."""
    features: Literal["pooled", "embedding"] = "pooled"
    """What intra and inter compare: features before the neck (the paper) or embeddings."""

    def problems(self, where: str) -> Iterator[str]:
        """Yield a message for each value that cannot be.

        Args:
            where: the stage, for the messages.

        Yields:
            One message for each problem.
        """
        yield from outside(f"{where}{self.loss} ", self, BELOW_ONE, "start")
        yield from outside(f"{where}{self.loss} ", self, FROM_ZERO, "weight")
        if self.loss == "inter" and self.labels in {"visible", "infrared"}:
            yield f"{where}inter needs labels that both modalities share, not {self.labels}"
        if self.confidence and self.labels != "matched":
            yield f"{where}confidence is known of matched labels only, not of {self.labels}"
        if self.divide_by == "count" and not self.confidence:
            yield f"{where}divide_by applies to terms with confidence, not to {self.loss}"
        if self.each_modality and self.labels in {"visible", "infrared"}:
            yield f"{where}each_modality needs labels that both modalities share, not {self.labels}"
        if self.norm == "l1" and self.loss != "intra":
            yield f"{where}norm applies to intra, not to {self.loss}"
        if self.features == "embedding" and self.loss not in {"intra", "inter"}:
            yield f"{where}features applies to intra and inter, not to {self.loss}"


@dataclass(frozen=True)
class StageConfig:
    """One stage of training."""

    name: str
    """Name of the stage in logs and files."""
    epochs: int
    """Epochs of the stage (at least 1)."""
    terms: tuple[TermConfig, ...]
    """The loss terms: of each loss (cluster_nce, classifier, intra, inter, triplet) and labels
    (visible, infrared, mixed, matched); where wanted weight, start, confidence, divide_by,
    each_modality, norm, features."""
    sample_by: Literal["own", "mixed", "matched"] = "own"
    """Where batches draw their labels: each modality's own clusters, or a shared label space."""
    iterations: int = 20
    """Optimiser steps in an epoch (at least 1)."""
    batch_labels: int | None = None
    """Labels in a batch of this stage; the recipe's where not given."""
    batch_images: int | None = None
    """Images of each label and modality in a batch of this stage; the recipe's where not given."""
    init: Literal["continue", "pretrained"] = "continue"
    """Go on with the weights of the stage before, or begin again from the initial ones, of all
    that was learned keeping only the labels of the stage's start."""
    relabel_every: int = 1
    """Epochs between two labellings; 0 labels once, at the start of the stage."""
    recentre_every: int = 0
    """Epochs after which the centres of intra follow the features while the labels stay; 0 keeps
    the centres of the labelling."""
    optimiser: Literal["adam", "sgd"] = "adam"
    """Adam, or stochastic gradient descent with momentum 0.9."""
    learning_rate: float = 1e-3
    """Learning rate after the warm-up."""
    backbone_rate: float = 1.0
    """Factor of the learning rate of all layers but neck and classifier."""
    warmup: int = 1
    """Epochs over which the learning rate rises linearly."""
    warmup_by: Literal["step", "epoch"] = "step"
    """Rise at every step, from a tenth; or at every epoch, to (epoch + 1) / warmup."""
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
        given = [n for n in ("batch_labels", "batch_images") if getattr(self, n) is not None]
        yield from outside(where, self, FROM_ONE, *given)
        yield from outside(where, self, FROM_ZERO, "relabel_every", "recentre_every", "warmup")
        yield from outside(where, self, ABOVE_ZERO, "learning_rate", "backbone_rate", "decay")
        expected, holds = INSIDE
        for share in self.milestones:
            if not holds(share):
                yield f"{where}milestones hold {share}; expected {expected}"
        if not self.terms:
            yield f"{where}it has no terms; give at least one loss"
        if self.recentre_every and self.relabel_every == 1:
            yield f"{where}recentre_every applies where labels stay; set relabel_every to another"
        if self.recentre_every and "intra" not in {term.loss for term in self.terms}:
            yield f"{where}recentre_every applies to stages with an intra term"
        yield from self._compared_twice(where)
        for term in self.terms:
            yield from term.problems(where)
            if term.loss == "classifier" and self.relabel_every:
                yield (
                    f"{where}classifier learns labels that stay, but relabel_every is "
                    f"{self.relabel_every}; set it to 0"
                )

    def _compared_twice(self, where: str) -> Iterator[str]:
        """Yield a message for each label space whose centres would be of two kinds."""
        drawn = {(term.labels, term.features) for term in self.terms if term.loss == "intra"}
        for labels in sorted({labels for labels, _ in drawn}):
            if {(labels, "pooled"), (labels, "embedding")} <= drawn:
                yield f"{where}intra on {labels} compares pooled and embedding; choose one"
