"""Which labels a batch shows: how many of each label space, and whether there are as many."""

from dataclasses import dataclass

import numpy as np

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.config.stages import OWN
from vireid.training.unmatched import portions, unmatched_labels
from vireid.types import NOISE, Int, Labelling, Modality


@dataclass(frozen=True)
class Share:
    """The labels of a batch that are drawn from one label space."""

    space: str
    """The label space."""
    labels: int
    """How many of its labels a batch shall show."""
    groups: tuple[Int, ...]
    """Label arrays [N], one for each side of the batch; -1 for images of the other side."""

    def there(self) -> int:
        """Return how many labels occur in every group."""
        return len(set.intersection(*(set(group.tolist()) - {NOISE} for group in self.groups)))


def shares(
    step: StepConfig, labelling: Labelling, modality: Int, recipe: Recipe
) -> tuple[Share, Share, Share]:
    """Divide the labels of a batch among label spaces.

    Where matched labels are drawn and some clusters have no partner, these take their share of
    every batch, so that their images go on learning the labels of their own modality.

    Args:
        step: where labels are drawn.
        labelling: the current label spaces.
        modality: [N] 0 visible, 1 infrared.
        recipe: labels in a batch.

    Returns:
        Labels that both modalities show, and those that visible and infrared images show alone.
    """
    batch_labels, _ = recipe.batch(step)
    names = [_name(labelling, side) for side in Modality]
    nothing = np.full(len(modality), NOISE)
    shared, own, counts = [nothing, nothing], [nothing, nothing], (batch_labels, 0, 0)
    if step.sample_by == OWN:
        spaces = [labelling.own(side) for side in Modality]
        own = [nothing if space is None else space.labels for space in spaces]
        counts = (0, batch_labels, batch_labels)
    else:
        labels = labelling.spaces[step.sample_by].labels
        shared = [np.where(modality == side, labels, NOISE) for side in Modality]
    if step.apart:
        own, shared = shared, own
        counts, names = (0, batch_labels, batch_labels), [step.sample_by] * 2
    elif step.sample_by == labelling.matched:
        own = unmatched_labels(labelling, modality)
        paired = Share(step.sample_by, batch_labels, tuple(shared)).there()
        alone = (Share("", batch_labels, (side,)).there() for side in own)
        counts = portions(batch_labels, paired, *alone)
    return (
        Share(step.sample_by, counts[0], tuple(shared)),
        Share(names[0], counts[1], (own[0],)),
        Share(names[1], counts[2], (own[1],)),
    )


def _name(labelling: Labelling, side: Modality) -> str:
    """Return what the label space over a modality is called."""
    names = [name for name, space in labelling.spaces.items() if space.modality == side]
    return names[0] if names else side.name.lower()


def short_of_labels(
    stage: StageConfig, labelling: Labelling, modality: Int, recipe: Recipe
) -> str | None:
    """Say where batches show fewer labels than wanted, since there are no more.

    Args:
        stage: where its batches draw their labels.
        labelling: the current label spaces.
        modality: [N] 0 visible, 1 infrared.
        recipe: labels in a batch.

    Returns:
        One line; None where there are enough.
    """
    found = [
        f"{share.labels} {share.space} labels wanted in a batch, {share.there()} there"
        f"{' in both modalities' if len(share.groups) > 1 else ''}: batches hold {share.there()}"
        for step in stage.steps()
        for share in shares(step, labelling, modality, recipe)
        if share.labels > share.there()
    ]
    return f"stage {stage.name}: {'; '.join(dict.fromkeys(found))}" if found else None
