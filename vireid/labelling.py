"""Embeddings -> pseudo-labels: the one place that composes clustering and matching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vireid.cluster import centres, dbscan, jaccard_distance, normalise_rows
from vireid.config import ClusteringConfig, LabellingConfig, LabelSpace
from vireid.matching import label_confidence, match_clusters, memory_cost, sub_memories
from vireid.types import NOISE, Embeddings, Float, Int, Matching, Modality, PseudoLabels

OWN: Mapping[str, Modality] = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
"""The label spaces of a single modality; images of the other one are noise in them."""


@dataclass(frozen=True)
class Labelling:
    """All label spaces of one labelling pass."""

    spaces: Mapping[str, PseudoLabels]
    """Pseudo-labels [N] by the name of their label space."""
    matching: Matching | None = None
    """From visible to infrared clusters, where the matched space was asked for."""


def label_spaces(
    embeddings: Embeddings,
    spaces: Sequence[LabelSpace],
    config: LabellingConfig,
    *,
    temperature: float,
    generator: np.random.Generator,
) -> Labelling:
    """Cluster, match and weigh: everything a stage wants to know of its training images.

    Args:
        embeddings: N training images.
        spaces: the label spaces wanted.
        config: clustering and matching.
        temperature: of the classification loss behind the confidences.
        generator: source of all randomness (k-means of the memories, mixtures).

    Returns:
        One PseudoLabels over all N images for each space; images of the other modality are
        noise in ``visible`` and ``infrared``. Labels of ``matched`` carry confidences.
    """
    found: dict[str, PseudoLabels] = {}
    matching = None
    for name, modality in OWN.items():
        if name in spaces or "matched" in spaces:
            found[name] = PseudoLabels(_cluster_one(embeddings, modality, config.single))
    if "mixed" in spaces:
        found["mixed"] = PseudoLabels(cluster_mixed(embeddings, config.mixed))
    if "matched" in spaces:
        visible, infrared = found["visible"], found["infrared"]
        matching = match(embeddings, visible, infrared, config, generator=generator)
        labels = matched_labels(matching, visible, infrared)
        trust = confidence(embeddings, labels, temperature=temperature, generator=generator)
        found["matched"] = PseudoLabels(labels, trust)
    return Labelling(found, matching)


def cluster_mixed(embeddings: Embeddings, config: ClusteringConfig) -> Int:
    """Cluster both modalities together, with modality-aware query expansion.

    Args:
        embeddings: N images.
        config: neighbours and DBSCAN.

    Returns:
        [N] cluster labels, -1 for noise.
    """
    distance = jaccard_distance(
        embeddings.vectors,
        k1=config.k1,
        k2=config.k2,
        modality=embeddings.modality,
        max_distance=config.eps,
    )
    return dbscan(distance, eps=config.eps, min_samples=config.min_samples)


def _cluster_one(embeddings: Embeddings, modality: Modality, config: ClusteringConfig) -> Int:
    """Cluster the images of one modality; all others are noise."""
    rows = np.flatnonzero(embeddings.modality == modality)
    labels = np.full(len(embeddings), NOISE, dtype=np.int64)
    if rows.size:
        distance = jaccard_distance(
            embeddings.vectors[rows], k1=config.k1, k2=config.k2, max_distance=config.eps
        )
        labels[rows] = dbscan(distance, eps=config.eps, min_samples=config.min_samples)
    return labels


def match(
    embeddings: Embeddings,
    visible: PseudoLabels,
    infrared: PseudoLabels,
    config: LabellingConfig,
    *,
    generator: np.random.Generator,
) -> Matching:
    """Match visible to infrared clusters over their memories (MMM, multi-memory matching).

    Args:
        embeddings: N images.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.
        config: memories, cost and way of matching.
        generator: source of the k-means starts.

    Returns:
        The partner of each visible cluster.
    """
    memories = [
        sub_memories(embeddings.vectors, side.labels, config.memories, generator=generator)
        for side in (visible, infrared)
    ]
    (visible_rows, visible_mask), (infrared_rows, infrared_mask) = memories
    cost = memory_cost(
        visible_rows,
        infrared_rows,
        visible_mask=visible_mask,
        infrared_mask=infrared_mask,
        symmetric=config.symmetric_cost,
    )
    return match_clusters(cost, method=config.matching, max_cost=config.max_cost)


def matched_labels(matching: Matching, visible: PseudoLabels, infrared: PseudoLabels) -> Int:
    """Give visible images the label of their cluster's infrared partner: Y_v := Q Y_r.

    Args:
        matching: the partner of each visible cluster.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.

    Returns:
        [N] infrared cluster numbers; -1 for noise and for unmatched visible clusters.
    """
    partner = np.append(matching.partner, NOISE)  # noise, -1, looks up the last entry
    return np.where(infrared.labels != NOISE, infrared.labels, partner[visible.labels])


def confidence(
    embeddings: Embeddings, labels: Int, *, temperature: float, generator: np.random.Generator
) -> Float:
    """Trust in each label, from its ClusterNCE loss against the memories of the label space.

    Args:
        embeddings: N images.
        labels: [N] labels that both modalities share, -1 for noise.
        temperature: of the classification loss.
        generator: source of the mixtures' starts.

    Returns:
        [N] confidences in [0, 1], 0 for noise; each modality has a mixture of its own (MMM, soft
        cluster-level alignment).
    """
    trust = np.zeros(len(labels), dtype=np.float32)
    if not (labels != NOISE).any():
        return trust
    memories = normalise_rows(centres(embeddings.vectors, labels, modality=embeddings.modality))
    for modality in Modality:
        rows = np.flatnonzero((labels != NOISE) & (embeddings.modality == modality))
        if rows.size:
            losses = _memory_losses(embeddings.vectors[rows], labels[rows], memories, temperature)
            trust[rows] = label_confidence(losses, generator=generator)
    return trust


def _memory_losses(vectors: Float, labels: Int, memories: Float, temperature: float) -> Float:
    """Return the ClusterNCE loss [N] of each row against the memories [C, D]."""
    losses = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), 4096):  # bounds memory at 4096 x C
        part = slice(start, start + 4096)
        logits = vectors[part] @ memories.T / temperature
        top = logits.max(axis=1)
        total = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        losses[part] = total - logits[np.arange(len(logits)), labels[part]]
    return losses
