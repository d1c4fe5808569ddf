"""What the loop tells whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass

from vireid.config import StageConfig
from vireid.training.schedule import learning_rate
from vireid.training.signals import Signals
from vireid.training.state import TrainingState
from vireid.types import Labelling


@dataclass(frozen=True)
class EpochReport:
    """What one epoch did, for whoever watches."""

    stage: str
    epoch: int
    """Epoch of the stage, from 1."""
    epochs: int
    """Epochs of the stage."""
    learning_rate: float
    losses: Mapping[str, float]
    """Mean of each term over the epoch's steps, and of their weighted sum as ``total``."""
    labelling: Labelling
    """The labels that the epoch trained on."""
    signals: Signals
    """How clear and steady they are, without identities."""
    images: int
    """Images that went through the network in training steps."""
    clarity: float
    """How good the labels look without identities, all in one number; see ``signals.clarity``."""
    troubles: tuple[str, ...]
    """What was wrong with the labelling of this epoch."""
    skipped: int
    """Steps that were skipped because their loss was not finite."""
    seconds: Mapping[str, float]
    """Seconds spent in ``labelling`` (embedding included) and in ``steps``."""


@dataclass(frozen=True)
class StepReport:
    """Where a training is within an epoch, for whoever watches."""

    stage: str
    epoch: int
    """Epoch of the stage, from 1."""
    epochs: int
    """Epochs of the stage."""
    step: int
    """Steps of the epoch that are finished."""
    iterations: int
    """Steps of the epoch."""
    images: int
    """Images that went through the network in the finished steps of the epoch."""
    losses: Mapping[str, float]
    """Each term in the last step that was read, and their weighted sum as ``total``, which is not
    finite in a step that was skipped; empty at the start of an epoch, before its images are
    labelled. A CPU's steps are all read; a GPU's are the first of an epoch, every tenth and the
    last."""
    labelling: Labelling
    """The labels in use; without spaces as long as the stage has none."""


def epoch_report(state: TrainingState, stage: StageConfig) -> EpochReport:
    """Report an epoch.

    Args:
        state: after its last step.
        stage: the current stage.

    Returns:
        What the epoch did.
    """
    return EpochReport(
        stage=stage.name,
        epoch=state.epoch + 1,
        epochs=stage.epochs,
        learning_rate=learning_rate(stage, state.epoch, stage.iterations - 1),
        losses=state.mean_losses(),
        labelling=state.labelling,
        signals=state.signals,
        images=state.images,
        clarity=state.clarity,
        troubles=tuple(state.troubles),
        skipped=state.skipped,
        seconds=dict(state.seconds),
    )


def step_report(
    state: TrainingState, stage: StageConfig, losses: Mapping[str, float]
) -> StepReport:
    """Report a step.

    Args:
        state: after the step, or before the first one.
        stage: the current stage.
        losses: of the step.

    Returns:
        Where the training is.
    """
    return StepReport(
        stage=stage.name,
        epoch=state.epoch + 1,
        epochs=stage.epochs,
        step=state.step,
        iterations=stage.iterations,
        images=state.images,
        losses=losses,
        labelling=state.labelling,
    )
