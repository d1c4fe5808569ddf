"""Where a training stands: everything that its next step depends on."""

from collections import defaultdict
from dataclasses import dataclass, field

import torch

from vireid.config import Recipe, StageConfig
from vireid.labelling import Labelling
from vireid.models import CrossModalNetwork
from vireid.training.compute import new_scaler
from vireid.training.objective import Target
from vireid.training.signals import Signals
from vireid.types import Int

UNLABELLED = -1
"""The epoch in which a stage's images were labelled, before they are."""


@dataclass
class TrainingState:
    """A training between two steps. Random generators are named by stage, epoch and step, so
    none has to be kept."""

    network: CrossModalNetwork
    """The network in training."""
    optimiser: torch.optim.Optimizer
    """Of the current stage."""
    stage: int = 0
    """Stages that are finished."""
    epoch: int = 0
    """Epochs of the current stage that are finished."""
    step: int = 0
    """Steps of the current epoch that are finished."""
    labelled: int = UNLABELLED
    """Epoch of the stage whose labels are in use."""
    labelling: Labelling = field(default_factory=lambda: Labelling({}))
    """The labels in use."""
    targets: dict[str, Target] = field(default_factory=dict)
    """The same as the loss needs them, with memories as they are now."""
    signals: Signals = field(default_factory=Signals)
    """How clear and steady the labels in use are."""
    clarity: float = -2.0
    """How good they look without identities, all in one number."""
    last_labels: dict[str, Int] = field(default_factory=dict)
    """The last labels [N] of each label space, kept over stages."""
    losses: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Sum of each term over the finished steps of the epoch."""
    images: int = 0
    """Images that went through in the finished steps of the epoch."""
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Seconds of the epoch so far, by part."""
    scaler: torch.amp.GradScaler = field(
        default_factory=lambda: torch.amp.GradScaler(enabled=False)
    )
    """Scales the loss, so that small gradients survive fp16."""
    skipped: int = 0
    """Steps of the epoch that were skipped because their loss was not finite."""
    troubles: list[str] = field(default_factory=list)
    """What was wrong with the epoch's labelling."""
    kept: int = 0
    """Labellings in a row after which the old labels were kept."""

    def labels_are_due(self, stage: StageConfig) -> bool:
        """Tell whether the images must be labelled before the next step.

        Args:
            stage: the current stage.

        Returns:
            True at the start of a stage and then every ``relabel_every`` epochs.
        """
        if self.labelled == UNLABELLED:
            return True
        every = stage.relabel_every
        return bool(every) and self.epoch % every == 0 and self.labelled != self.epoch

    def mean_losses(self) -> dict[str, float]:
        """Return the mean of each term over the epoch's steps, those skipped left out."""
        steps = max(1, self.step - self.skipped)
        return {name: total / steps for name, total in self.losses.items()}

    def end_epoch(self, recipe: Recipe) -> None:
        """Go on to the next epoch, or to the next stage with an optimiser and labels of its own.

        Args:
            recipe: all stages.
        """
        self.epoch, self.step, self.images, self.skipped = self.epoch + 1, 0, 0, 0
        self.troubles = []
        self.losses, self.seconds = defaultdict(float), defaultdict(float)
        if self.epoch == recipe.stages[self.stage].epochs:
            self.stage, self.epoch, self.labelled = self.stage + 1, 0, UNLABELLED
            self.labelling, self.targets, self.kept = Labelling({}), {}, 0
            self.optimiser = new_optimiser(self.network, recipe)


def new_optimiser(network: CrossModalNetwork, recipe: Recipe) -> torch.optim.Optimizer:
    """Return a fresh optimiser of all parameters that are trained.

    Args:
        network: whose parameters.
        recipe: weight decay.

    Returns:
        Adam; the loop sets its learning rate at every step.
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    return torch.optim.Adam(parameters, weight_decay=recipe.weight_decay)


def first_state(network: CrossModalNetwork, recipe: Recipe) -> TrainingState:
    """Return the state before the first step.

    Args:
        network: with its initial weights.
        recipe: all settings.

    Returns:
        The state.
    """
    scaler = new_scaler(network, recipe.compute)
    return TrainingState(network, new_optimiser(network, recipe), scaler=scaler)
