"""Where a training stands: everything that its next step depends on."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from vireid.config import Recipe, StageConfig
from vireid.models import CrossModalNetwork
from vireid.terms import Kept
from vireid.training.compute import new_scaler
from vireid.training.iteration import Iteration
from vireid.training.optimiser import new_optimiser
from vireid.training.signals import Signals
from vireid.training.teacher import new_teacher
from vireid.types import Int, Labelling

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
    terms: dict[str, Kept] = field(default_factory=dict)
    """What the stage's terms keep, by the terms' names: memories, centres, layers as they are."""
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
    unread: list[Iteration] = field(default_factory=list)
    """What the last iterations gave, as long as nobody has read it; see ``outcomes.settle``."""
    latest: dict[str, float] = field(default_factory=dict)
    """The losses of the last iteration that was read."""
    overflows: int = 0
    """Steps in a row whose scaled gradients overflowed."""
    skipped: int = 0
    """Steps of the epoch that were skipped because their loss was not finite."""
    troubles: list[str] = field(default_factory=list)
    """What was wrong with the epoch's labelling."""
    kept: int = 0
    """Labellings in a row after which the old labels were kept."""
    initial: dict[str, Tensor] = field(default_factory=dict)
    """The network's initial weights, as long as a stage is to begin again from them."""
    teacher: CrossModalNetwork | None = None
    """The network that follows this one, where the recipe wants one."""

    def labelling_network(self, recipe: Recipe) -> CrossModalNetwork:
        """Return the network that embeds the training images.

        Args:
            recipe: says whether the teacher does.

        Returns:
            The teacher or the network in training.
        """
        wanted = recipe.teacher is not None and recipe.teacher.labels
        return self.teacher if wanted and self.teacher is not None else self.network

    def evaluated_network(self, recipe: Recipe) -> CrossModalNetwork:
        """Return the network that a stage leaves.

        Args:
            recipe: says whether it is the teacher.

        Returns:
            The teacher or the network in training.
        """
        wanted = recipe.teacher is not None and recipe.teacher.evaluation
        return self.teacher if wanted and self.teacher is not None else self.network

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

    def centres_are_due(self, stage: StageConfig) -> bool:
        """Tell whether centres must follow the features before the epoch's first step.

        Args:
            stage: the current stage.

        Returns:
            True every ``recentre_every`` epochs, but for those in which the images were labelled.
        """
        every = stage.recentre_every
        first = not self.step and self.labelled != self.epoch
        return bool(every) and first and self.epoch % every == 0

    def begin_again(self, recipe: Recipe) -> bool:
        """Go back to the initial weights where the current stage wants it.

        Args:
            recipe: all stages.

        Returns:
            Whether the weights were changed.
        """
        wanted = recipe.stages[self.stage].init == "pretrained" and bool(self.initial)
        if wanted:
            self.network.load_state_dict(self.initial)
            if self.teacher is not None:
                self.teacher.load_state_dict(self.initial)
        if not _begin_again(recipe, self.stage + 1):
            self.initial = {}
        return wanted

    def branch(self, recipe: Recipe, initial: Mapping[str, Tensor]) -> None:
        """Go on, at the start of a stage, as the training of a recipe that is the same so far.

        Args:
            recipe: all stages; those that are finished are the same training.
            initial: the network's weights before the first stage.
        """
        wanted = _begin_again(recipe, self.stage)
        self.initial = {name: value.clone() for name, value in initial.items()} if wanted else {}
        self.optimiser = optimiser_of_stage(self.network, recipe, self.stage)

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
        self.troubles, self.latest = [], {}
        self.losses, self.seconds = defaultdict(float), defaultdict(float)
        if self.epoch == recipe.stages[self.stage].epochs:
            self.stage, self.epoch, self.labelled = self.stage + 1, 0, UNLABELLED
            self.labelling, self.terms, self.kept = Labelling({}), {}, 0
            self.optimiser = optimiser_of_stage(self.network, recipe, self.stage)


def optimiser_of_stage(
    network: CrossModalNetwork, recipe: Recipe, stage: int
) -> torch.optim.Optimizer:
    """Return a fresh optimiser of the network for a stage.

    Args:
        network: whose parameters.
        recipe: all stages.
        stage: number of stages that are finished; once all are, the last one's optimiser.

    Returns:
        The optimiser, which gets what a stage's terms train once its images are labelled.
    """
    return new_optimiser(network, recipe, recipe.stages[min(stage, len(recipe.stages) - 1)])


def first_state(network: CrossModalNetwork, recipe: Recipe) -> TrainingState:
    """Return the state before the first step.

    Args:
        network: with its initial weights.
        recipe: all settings.

    Returns:
        The state.
    """
    initial = {}
    if _begin_again(recipe, 1):
        initial = {name: value.clone() for name, value in network.state_dict().items()}
    return TrainingState(
        network,
        optimiser_of_stage(network, recipe, 0),
        scaler=new_scaler(network, recipe.compute),
        initial=initial,
        teacher=None if recipe.teacher is None else new_teacher(network),
    )


def _begin_again(recipe: Recipe, first: int) -> bool:
    """Tell whether a stage from the given one on begins again from the initial weights."""
    return any(stage.init == "pretrained" for stage in recipe.stages[first:])
