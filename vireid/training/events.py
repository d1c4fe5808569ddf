"""What the loop yields."""

from dataclasses import dataclass

from vireid.training.reports import EpochReport, StepReport
from vireid.training.state import TrainingState


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


Event = EpochBegun | Labelled | Stepped | EpochEnded
