"""The loss of a batch: terms give a value for each sample, weighting and the mean happen here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vireid.cluster import centres, normalise_rows
from vireid.config import Recipe, TermConfig
from vireid.losses import cluster_nce, inter, intra, paired, triplet
from vireid.memory import ClusterMemory
from vireid.models import Output
from vireid.types import NOISE, Embeddings, Modality, PseudoLabels


@dataclass(frozen=True)
class Rows:
    """Which training image each of the B rows of a batch shows."""

    indices: Tensor
    """[B] indices of training images."""
    modality: Tensor
    """[B] 0 visible, 1 infrared."""


@dataclass(frozen=True)
class Target:
    """One label space as the loss needs it, on the training device."""

    labels: Tensor
    """[N] clusters, -1 for noise."""
    confidence: Tensor
    """[N] trust in each label in [0, 1]."""
    memory: ClusterMemory
    """C memory rows."""
    prototypes: Tensor | None
    """[2, C, D] confidence-weighted centre of each label in each modality, before the neck."""


def make_targets(
    spaces: Mapping[str, PseudoLabels],
    embeddings: Embeddings,
    recipe: Recipe,
    *,
    prototypes_for: frozenset[str] = frozenset(),
    device: torch.device | str = "cpu",
) -> dict[str, Target]:
    """Turn label spaces into memories and tensors.

    Args:
        spaces: pseudo-labels of the N training images by label space.
        embeddings: of the same images; with features where prototypes are wanted.
        recipe: momentum of the memories.
        prototypes_for: label spaces whose prototypes are wanted.
        device: where the tensors live.

    Returns:
        One target for each label space that holds at least one cluster.
    """
    targets = {}
    for name, space in spaces.items():
        if not space.clusters:
            continue
        middle = centres(embeddings.vectors, space.labels, modality=embeddings.modality)
        rows = torch.from_numpy(normalise_rows(middle)).to(device)
        prototypes = _prototypes(space, embeddings) if name in prototypes_for else None
        targets[name] = Target(
            labels=torch.tensor(space.labels, device=device),
            confidence=torch.tensor(space.confidence, device=device),
            memory=ClusterMemory(rows, momentum=recipe.momentum),
            prototypes=None if prototypes is None else prototypes.to(device),
        )
    return targets


def _prototypes(space: PseudoLabels, embeddings: Embeddings) -> Tensor:
    """Return the confidence-weighted centres [2, C, D] of the features, zero where absent."""
    assert embeddings.features is not None
    result = np.zeros((2, space.clusters, embeddings.features.shape[1]), dtype=np.float32)
    for modality in Modality:
        inside = (space.labels != NOISE) & (embeddings.modality == modality)
        present, labels = np.unique(space.labels[inside], return_inverse=True)
        if len(present):
            weights = np.maximum(np.asarray(space.confidence)[inside], 1e-6)
            result[modality, present] = centres(
                embeddings.features[inside], labels, weights=weights
            )
    return torch.from_numpy(result)


def batch_loss(
    terms: Sequence[TermConfig],
    output: Output,
    rows: Rows,
    targets: Mapping[str, Target],
    recipe: Recipe,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum of all terms, and each term's mean for the log.

    Args:
        terms: the terms that are on.
        output: features and embeddings of the B rows.
        rows: which image each row shows.
        targets: the label spaces.
        recipe: temperature and margin.

    Returns:
        The scalar loss with its gradient, and detached means by ``loss/labels``.
    """
    total = output.embedding.sum() * 0
    parts = {}
    for term in terms:
        target = targets.get(term.labels)
        if target is None:
            continue
        labels = target.labels[rows.indices]
        kept = labels != NOISE
        if term.loss == "inter":  # identities seen in one modality have no distance to average
            kept[kept.clone()] = paired(labels[kept], rows.modality[kept])
        if not kept.any():
            continue
        values = _term(term, output, rows, target, labels, kept, recipe)
        weights = target.confidence[rows.indices][kept] if term.confidence else None
        mean = values.mean() if weights is None else _weighted_mean(values, weights)
        total = total + term.weight * mean
        parts[f"{term.loss}/{term.labels}"] = mean.detach()
    return total, parts


def _weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum().clamp_min(1e-6)


def _term(
    term: TermConfig,
    output: Output,
    rows: Rows,
    target: Target,
    labels: Tensor,
    kept: Tensor,
    recipe: Recipe,
) -> Tensor:
    """Return the value of one term for each kept row."""
    labels, modality = labels[kept], rows.modality[kept]
    if term.loss == "cluster_nce":
        memories = target.memory.rows
        return cluster_nce(output.embedding[kept], labels, memories, recipe.temperature)
    features = output.pooled[kept]
    if term.loss == "triplet":
        return triplet(features, labels, margin=recipe.margin)
    if term.loss == "inter":
        return inter(features, labels, modality)
    assert target.prototypes is not None
    clusters = target.prototypes.shape[1]
    return intra(features, labels + modality * clusters, target.prototypes.flatten(0, 1))


def update_memories(targets: Mapping[str, Target], output: Output, rows: Rows) -> None:
    """Move every memory towards the embeddings of the batch, after the optimiser's step.

    Args:
        targets: the label spaces; their memories change.
        output: embeddings of the B rows.
        rows: which image each row shows.
    """
    embedding = output.embedding.detach()
    for target in targets.values():
        target.memory.update(embedding, target.labels[rows.indices])
