"""Label spaces as the loss needs them: memories, centres and classifiers on the training device."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from vireid import seeds
from vireid.cluster import centres, normalise_rows
from vireid.config import Recipe, StageConfig
from vireid.terms.memory import ClusterMemory
from vireid.types import NOISE, Embeddings, Modality, PseudoLabels

CLASSIFIER_SPREAD = 0.001
"""Standard deviation of a new classifier's weights, as in the released code."""


@dataclass(frozen=True)
class Target:
    """One label space as the loss needs it, on the training device."""

    labels: Tensor
    """[N] clusters, -1 for noise."""
    confidence: Tensor
    """[N] trust in each label in [0, 1]."""
    memory: ClusterMemory
    """C memory rows."""
    prototypes: Tensor | None = None
    """[2, C, D] confidence-weighted centre of each label in each modality, of what intra
    compares."""
    classifier: nn.Parameter | None = None
    """[C, D] weights of a linear layer on the features after the neck."""


def new_target(
    space: PseudoLabels, rows: Tensor, recipe: Recipe, device: torch.device | str = "cpu"
) -> Target:
    """Put a label space and its memories on a device.

    Args:
        space: pseudo-labels of the N training images.
        rows: [C, D] memories of unit length.
        recipe: how memories move.
        device: where the tensors live.

    Returns:
        The target, without prototypes and classifier.
    """
    hardest = recipe.memory_update == "hardest"
    return Target(
        labels=torch.tensor(space.labels, device=device),
        confidence=torch.tensor(space.confidence, device=device),
        memory=ClusterMemory(rows.to(device), momentum=recipe.momentum, hardest=hardest),
    )


def make_targets(
    spaces: Mapping[str, PseudoLabels],
    embeddings: Embeddings,
    stage: StageConfig,
    recipe: Recipe,
    *,
    device: torch.device | str = "cpu",
) -> dict[str, Target]:
    """Turn the label spaces that a stage's terms are computed on into memories and tensors.

    Args:
        spaces: pseudo-labels of the N training images by label space.
        embeddings: of the same images; with features where intra compares these.
        stage: which of the spaces need prototypes or a classifier.
        recipe: how memories move, and the seed.
        device: where the tensors live.

    Returns:
        One target for each label space that a term names and that holds at least one cluster.
    """
    targets: dict[str, Target] = {}
    for name in dict.fromkeys(term.labels for term in stage.terms):
        if not spaces[name].clusters:
            continue
        space = spaces[name]
        middle = centres(embeddings.vectors, space.labels, modality=embeddings.modality)
        rows = torch.from_numpy(normalise_rows(middle))
        target = new_target(space, rows, recipe, device)
        if name in set(spaces_of("classifier", stage)):
            generator = seeds.generator(recipe.seed, "classifier", stage.name, name)
            weights = generator.normal(0, CLASSIFIER_SPREAD, rows.shape).astype(np.float32)
            classifier = nn.Parameter(torch.from_numpy(weights).to(device))
            target = replace(target, classifier=classifier)
        targets[name] = target
    return with_prototypes(targets, spaces, embeddings, stage)


def with_prototypes(
    targets: Mapping[str, Target],
    spaces: Mapping[str, PseudoLabels],
    embeddings: Embeddings,
    stage: StageConfig,
) -> dict[str, Target]:
    """Give targets the prototypes of the features as they are now.

    Args:
        targets: by label space.
        spaces: pseudo-labels of the N training images by label space.
        embeddings: of the same images; with features where intra compares these.
        stage: whose terms say which of the spaces need them.

    Returns:
        The targets with new prototypes where needed, everything else the same.
    """
    compared = {term.labels: term.features for term in stage.terms if term.loss == "intra"}
    return {
        name: replace(
            target,
            prototypes=_prototypes(spaces[name], embeddings, compared[name]).to(
                target.labels.device
            ),
        )
        if name in compared
        else target
        for name, target in targets.items()
    }


def spaces_of(loss: str, stage: StageConfig) -> Iterator[str]:
    """Yield the label spaces on which a stage computes a loss.

    Args:
        loss: name of the loss.
        stage: with its terms.

    Yields:
        Names.
    """
    yield from (term.labels for term in stage.terms if term.loss == loss)


def _prototypes(space: PseudoLabels, embeddings: Embeddings, compared: str) -> Tensor:
    """Return the confidence-weighted centres [2, C, D] of what intra compares, zero if absent."""
    rows = embeddings.features if compared == "pooled" else embeddings.vectors
    assert rows is not None
    result = np.zeros((2, space.clusters, rows.shape[1]), dtype=np.float32)
    for modality in Modality:
        inside = (space.labels != NOISE) & (embeddings.modality == modality)
        present, labels = np.unique(space.labels[inside], return_inverse=True)
        if len(present):
            weights = np.maximum(np.asarray(space.confidence)[inside], 1e-6)
            result[modality, present] = centres(rows[inside], labels, weights=weights)
    return torch.from_numpy(result)
