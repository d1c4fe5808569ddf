"""Embeddings -> pseudo-labels: the one place that composes clustering and matching."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vireid.cluster import (
    Neighbours,
    centres,
    dbscan,
    jaccard_distance,
    modal_neighbours,
    normalise_rows,
)
from vireid.config import ClusteringConfig, LabellingConfig, LabelSpace
from vireid.matching import label_confidence, match_clusters, memory_cost, sub_memories
from vireid.types import NOISE, Embeddings, Float, Int, Matching, Modality, PseudoLabels

OWN: Mapping[str, Modality] = {"visible": Modality.VISIBLE, "infrared": Modality.INFRARED}
"""The label spaces of a single modality; images of the other one are noise in them."""

NeighbourSearch = Callable[..., tuple[Neighbours | None, Mapping[Modality, Neighbours]]]
"""Called like cluster.modal_neighbours."""


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
    search: NeighbourSearch = modal_neighbours,
) -> Labelling:
    """Cluster, match and weigh: everything a stage wants to know of its training images.

    One neighbour search serves all clusterings: that of all images contains both others.

    Args:
        embeddings: N training images.
        spaces: the label spaces wanted.
        config: clustering and matching.
        temperature: of the classification loss behind the confidences.
        generator: source of all randomness (k-means of the memories, mixtures).
        search: finds neighbours; called like ``cluster.modal_neighbours``.

    Returns:
        One PseudoLabels over all N images for each space; images of the other modality are
        noise in ``visible`` and ``infrared``. Labels of ``matched`` carry confidences.
    """
    own = [name for name in OWN if name in spaces or "matched" in spaces]
    mixed_near, own_near = search(
        embeddings.vectors,
        embeddings.modality,
        k=config.mixed.k1 if "mixed" in spaces else None,
        own_k=config.single.k1 if own else None,
    )
    found = {
        name: PseudoLabels(_cluster_one(embeddings, OWN[name], config.single, own_near[OWN[name]]))
        for name in own
    }
    matching = None
    if mixed_near is not None:
        labels = cluster_rows(embeddings.vectors, config.mixed, mixed_near, embeddings.modality)
        found["mixed"] = PseudoLabels(labels)
    if "matched" in spaces:
        visible, infrared = found["visible"], found["infrared"]
        matching = match(embeddings, visible, infrared, config, generator=generator)
        labels = matched_labels(matching, visible, infrared)
        trust = confidence(
            embeddings,
            labels,
            temperature=temperature,
            generator=generator,
            against=config.confidence,
        )
        found["matched"] = PseudoLabels(labels, trust)
    return Labelling(found, matching)


def _cluster_one(
    embeddings: Embeddings, modality: Modality, config: ClusteringConfig, near: Neighbours
) -> Int:
    """Cluster the images of one modality; all others are noise."""
    rows = np.flatnonzero(embeddings.modality == modality)
    labels = np.full(len(embeddings), NOISE, dtype=np.int64)
    if rows.size:
        labels[rows] = cluster_rows(embeddings.vectors[rows], config, near)
    return labels


def cluster_rows(
    vectors: Float, config: ClusteringConfig, near: Neighbours, modality: Int | None = None
) -> Int:
    """Cluster rows by their neighbours: k-reciprocal Jaccard distance and DBSCAN.

    Args:
        vectors: [N, D] rows of unit length.
        config: neighbours and DBSCAN.
        near: at least k1 neighbours of each row, as ``cluster.nearest_neighbours`` returns them.
        modality: [N] 0 visible, 1 infrared, for modality-aware query expansion.

    Returns:
        [N] cluster labels, -1 for noise.
    """
    distance = jaccard_distance(
        vectors,
        k1=config.k1,
        k2=config.k2,
        modality=modality,
        max_distance=config.eps,
        neighbours=near,
    )
    return dbscan(distance, eps=config.eps, min_samples=config.min_samples)


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
        over=config.cost_over,
    )
    return match_clusters(
        cost, method=config.matching, max_cost=config.max_cost, reject=config.reject
    )


def matched_labels(matching: Matching, visible: PseudoLabels, infrared: PseudoLabels) -> Int:
    """Give visible images the label of their cluster's infrared partner: Y_v := Q Y_r.

    Infrared clusters that join a visible cluster get that cluster's label too, so that a label
    is a group of clusters which are connected by pairs.

    Args:
        matching: the partner of each visible cluster.
        visible: clusters of the visible images, noise elsewhere.
        infrared: clusters of the infrared images, noise elsewhere.

    Returns:
        [N] labels without gaps, in the order of the infrared clusters, which are the labels where
        none joins another; -1 for noise and for unmatched visible clusters.
    """
    assert matching.visible_partner is not None
    joined = matching.visible_partner
    first = np.where(joined == NOISE, np.arange(len(joined)), _look_up(matching.partner, joined))
    label = np.unique(first, return_inverse=True)[1].astype(np.int64)
    of_visible = _look_up(label, _look_up(matching.partner, visible.labels))
    return np.where(infrared.labels != NOISE, _look_up(label, infrared.labels), of_visible)


def _look_up(values: Int, indices: Int) -> Int:
    """Return the values at the indices; -1 where the index is -1."""
    return np.append(values, NOISE)[indices]


def confidence(
    embeddings: Embeddings,
    labels: Int,
    *,
    temperature: float,
    generator: np.random.Generator,
    against: Literal["label", "partner"] = "label",
) -> Float:
    """Trust in each label, from its ClusterNCE loss against the memories of the label space.

    Args:
        embeddings: N images.
        labels: [N] labels that both modalities share, -1 for noise.
        temperature: of the classification loss.
        generator: source of the mixtures' starts.
        against: ``label``: the memories of both modalities together (the paper); a wrong pair
            makes half of its memory itself and goes unnoticed. ``partner``: those of the other
            modality alone; a label without images there keeps its own, and is mostly trusted.

    Returns:
        [N] confidences in [0, 1], 0 for noise; each modality has a mixture of its own (MMM, soft
        cluster-level alignment).
    """
    trust = np.zeros(len(labels), dtype=np.float32)
    if not (labels != NOISE).any():
        return trust
    both = centres(embeddings.vectors, labels, modality=embeddings.modality)
    for modality in Modality:
        rows = np.flatnonzero((labels != NOISE) & (embeddings.modality == modality))
        if not rows.size:
            continue
        memories = both
        if against == "partner":
            far = np.where(embeddings.modality == modality, NOISE, labels)
            partner = centres(embeddings.vectors, far, clusters=len(both))
            memories = np.where(np.isnan(partner), both, partner)
        losses = _memory_losses(
            embeddings.vectors[rows], labels[rows], normalise_rows(memories), temperature
        )
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
