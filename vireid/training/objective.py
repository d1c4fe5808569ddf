"""The loss of a batch: terms give a value for each sample, weighting and the mean happen here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vireid.config import Recipe, TermConfig
from vireid.losses import classifier, cluster_nce, inter, intra, paired, triplet
from vireid.models import Output
from vireid.training.targets import Target
from vireid.types import NOISE, Modality


@dataclass(frozen=True)
class Rows:
    """Which training image each of the B rows of a batch shows."""

    indices: Tensor
    """[B] indices of training images."""
    modality: Tensor
    """[B] 0 visible, 1 infrared."""


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
        targets: the label spaces; their classifiers get gradients.
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
        mean = _mean(values, weights, rows.modality[kept], term)
        total = total + term.weight * mean
        parts[f"{term.loss}/{term.labels}"] = mean.detach()
    return total, parts


def _mean(values: Tensor, weights: Tensor | None, modality: Tensor, term: TermConfig) -> Tensor:
    """Return the mean of a term over its rows, or the sum of the means of both modalities."""
    if not term.each_modality:
        return _weighted_mean(values, weights, term)
    sides = [modality == side for side in Modality if (modality == side).any()]
    return torch.stack(
        [_weighted_mean(values[s], None if weights is None else weights[s], term) for s in sides]
    ).sum()


def _weighted_mean(values: Tensor, weights: Tensor | None, term: TermConfig) -> Tensor:
    if weights is None:
        return values.mean()
    if term.divide_by == "count":
        return (values * weights).mean()
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
    if term.loss == "classifier":
        assert target.classifier is not None
        return classifier(output.neck[kept], labels, target.classifier)
    compared = output.pooled if term.features == "pooled" else output.embedding
    features = compared[kept]
    if term.loss == "triplet":
        return triplet(features, labels, margin=recipe.margin)
    if term.loss == "inter":
        return inter(features, labels, modality)
    assert target.prototypes is not None
    clusters = target.prototypes.shape[1]
    centres = target.prototypes.flatten(0, 1)
    return intra(features, labels + modality * clusters, centres, term.norm)


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
