"""What the loop yields."""

from collections.abc import Callable
from dataclasses import dataclass

from vireid.training.reports import EpochReport, StepReport
from vireid.training.state import TrainingState
from vireid.types import Embeddings


@dataclass(frozen=True)
class EpochBegun:
    """An epoch begins; its images are not labelled yet."""

    state: TrainingState
    """Where the training stands; it may be saved."""
    report: StepReport
    """Where that is, without losses."""


@dataclass(frozen=True)
class Labelled:
    """The training images have new labels, or their centres have followed."""

    state: TrainingState
    """Where the training stands; it may be saved."""
    fresh: bool
    """Whether the labels are new, and those of the network as it is."""
    embeddings: Embeddings | None = None
    """Of the training images by the network that embeds them for labels, where the labels are
    fresh."""


@dataclass(frozen=True)
class Stepped:
    """An iteration of an epoch is through."""

    state: TrainingState
    """Where the training stands; it may be saved."""
    report: StepReport
    """Where that is, and its losses."""


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is through."""

    state: TrainingState
    """At the start of the next epoch or stage; it may be saved."""
    report: EpochReport
    """What the epoch did."""
    embedded: Callable[[], Embeddings]
    """Embeds the training images, when it is called, by the network that a stage leaves; of
    several processes, all have to."""


Event = EpochBegun | Labelled | Stepped | EpochEnded
