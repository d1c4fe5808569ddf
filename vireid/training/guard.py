"""What may be wrong with a labelling, and whether to train on it all the same."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vireid import seeds
from vireid.config import GuardConfig, Recipe, StageConfig
from vireid.errors import DegenerateClusters
from vireid.labelling import MultiMemoryMatching
from vireid.training.batches import index_batches
from vireid.training.state import TrainingState
from vireid.types import NOISE, Embeddings, Float, Int, Labelling, Modality


def troubles(
    embeddings: Embeddings, labelling: Labelling, stage: StageConfig, recipe: Recipe
) -> list[str]:
    """List what is wrong with a labelling, each with what to try.

    Args:
        embeddings: of the N training images.
        labelling: what was made of them.
        stage: whose label spaces count.
        recipe: limits of the guard, labels and images of a batch.

    Returns:
        One line for each trouble: collapsed embeddings, a giant cluster, no cluster of both
        modalities, a modality of nothing but noise; empty where all is well.
    """
    found = list(_alike(embeddings, recipe.guard))
    for name in recipe.spaces(stage):
        if name in labelling.spaces:
            found += _one_space(name, labelling, embeddings.modality, recipe)
    return found


def untrainable(
    labelling: Labelling, modality: Int, stage: StageConfig, recipe: Recipe
) -> str | None:
    """Say why no batch can be drawn from a labelling.

    Args:
        labelling: of the N training images.
        modality: [N] 0 visible, 1 infrared.
        stage: where its batches draw their labels.
        recipe: labels and images of a batch.

    Returns:
        The reason; None where batches can be drawn.
    """
    generator = seeds.generator(recipe.seed, "guard", stage.name)
    try:
        for step in stage.steps():
            next(index_batches(stage, labelling, modality, recipe, generator, step))
    except DegenerateClusters as error:
        return str(error)
    return None


@dataclass(frozen=True)
class Verdict:
    """What is decided about new labels."""

    troubles: tuple[str, ...]
    """What is wrong with them."""
    keeps: bool
    """Whether a training goes on with the labels it has, not with these."""
    kept: int
    """Labellings in a row after which old labels were kept, this one included."""


def judged(
    state: TrainingState,
    embeddings: Embeddings,
    labelling: Labelling,
    stage: StageConfig,
    recipe: Recipe,
) -> Verdict:
    """Decide whether a training takes new labels.

    Args:
        state: whether it has labels, and how often old ones were kept; does not change.
        embeddings: of the N training images.
        labelling: the new labels.
        stage: the current stage.
        recipe: the guard, and what is in a batch.

    Returns:
        What is wrong with them, and what follows.

    Raises:
        DegenerateClusters: the training has to stop.
    """
    found, guard = troubles(embeddings, labelling, stage, recipe), recipe.guard
    reason = untrainable(labelling, embeddings.modality, stage, recipe)
    every = (*found, *([reason] if reason else []))
    everything = "; ".join(every)
    if everything and guard.on_trouble == "stop":
        raise DegenerateClusters(f"{everything} (guard.on_trouble is stop)")
    wanted = not everything or (guard.on_trouble == "report" and not reason)
    if wanted or not (state.terms or reason):
        return Verdict(every, keeps=False, kept=0)
    if not state.terms:
        raise DegenerateClusters(everything)
    if state.kept == guard.patience:
        raise DegenerateClusters(f"{everything} ({guard.patience + 1} times in a row)")
    return Verdict(every, keeps=True, kept=state.kept + 1)


def gradient_size(state: TrainingState) -> Tensor:
    """Return the length of the gradient, which is no finite number if any part of it is none.

    Args:
        state: after the backward pass; with loss scaling, of the scaled loss.

    Returns:
        A scalar.
    """
    parameters = (p for group in state.optimiser.param_groups for p in group["params"])
    return torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])


def _alike(embeddings: Embeddings, guard: GuardConfig) -> Iterator[str]:
    for side in Modality:
        rows = np.flatnonzero(embeddings.modality == side)
        alike = float(np.square(_mean(embeddings, rows)).sum()) if len(rows) else 0.0
        if alike > guard.alike:
            yield (
                f"{side.name.lower()} embeddings are nearly all alike (mean similarity "
                f"{alike:.3f}, limit {guard.alike}): lower learning_rate, use pretrained weights, "
                "or see whether the images show anything"
            )


def _mean(embeddings: Embeddings, rows: Int) -> Float:
    """Return the mean [D] of some rows."""
    there: Tensor | None = embeddings.resident
    if there is None:
        mean: Float = embeddings.vectors[rows].mean(axis=0)
        return mean
    chosen = there[torch.tensor(rows, device=there.device)]
    return chosen.mean(dim=0, dtype=torch.float64).float().cpu().numpy()


def _one_space(name: str, labelling: Labelling, modality: Int, recipe: Recipe) -> Iterator[str]:
    space, guard = labelling.spaces[name], recipe.guard
    known = isinstance(recipe.labelling, MultiMemoryMatching)

    def advice(text: str) -> str:  # the settings are those of multi-memory matching alone
        return text.format(f"labelling.{setting}.") if known else "change the labeller's settings"

    labels = space.labels
    sides = list(Modality) if space.modality is None else [space.modality]
    clustered_alone = space.modality is not None or name == labelling.matched
    setting = "single" if clustered_alone else "mixed"
    counts, faults = [], 0
    for side in sides:
        of_side = labels[modality == side]
        counts.append(np.bincount(of_side[of_side != NOISE], minlength=labels.max(initial=0) + 1))
        if not len(of_side):
            continue
        largest = counts[-1].max(initial=0) / len(of_side)
        if not largest:
            faults += 1
            yield (
                f"{name} labels: all {side.name.lower()} images are noise: "
                + advice("raise {}eps or lower its min_samples")
            )
        elif largest > guard.giant:
            faults += 1
            yield (
                f"{name} labels: one cluster holds {largest:.0%} of the {side.name.lower()} images "
                f"(limit {guard.giant:.0%}): " + advice("lower {}eps or k1")
            )
    if not faults and len(counts) == 2 and not np.logical_and(*counts).any():
        yield (
            f"{name} labels: no cluster holds images of both modalities: "
            + advice("raise {}eps or k2")
        )
