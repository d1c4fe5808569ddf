"""How far to trust each shared label: its loss against the memories of its label space."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from vireid.cluster import centres, normalise_rows
from vireid.matching import label_confidence
from vireid.types import NOISE, Embeddings, Float, Int, Modality

if TYPE_CHECKING:
    from torch import Tensor

_BLOCK = 4096
"""Rows compared with all memories at a time; bounds memory."""


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
    vectors, resident = embeddings.vectors, embeddings.resident
    both = centres(vectors, labels, modality=embeddings.modality, resident=resident)
    for modality in Modality:
        rows = np.flatnonzero((labels != NOISE) & (embeddings.modality == modality))
        if not rows.size:
            continue
        memories = both
        if against == "partner":
            far = np.where(embeddings.modality == modality, NOISE, labels)
            partner = centres(vectors, far, clusters=len(both), resident=resident)
            memories = np.where(np.isnan(partner), both, partner)
        memories = normalise_rows(memories)
        if resident is None:
            losses = _memory_losses(vectors[rows], labels[rows], memories, temperature)
        else:
            losses = _losses_there(resident, rows, labels[rows], memories, temperature)
        trust[rows] = label_confidence(losses, generator=generator)
    return trust


def _memory_losses(vectors: Float, labels: Int, memories: Float, temperature: float) -> Float:
    """Return the ClusterNCE loss [N] of each row against the memories [C, D]."""
    losses = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        logits = vectors[part] @ memories.T / temperature
        top = logits.max(axis=1)
        total = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        losses[part] = total - logits[np.arange(len(logits)), labels[part]]
    return losses


def _losses_there(
    resident: "Tensor", rows: Int, labels: Int, memories: Float, temperature: float
) -> Float:
    """Return the same losses of some rows, from their device; products in double precision."""
    import torch

    middles = torch.tensor(memories, device=resident.device).double().T
    every, own = (torch.tensor(array, device=resident.device) for array in (rows, labels))
    losses = []
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        logits = resident[every[part]].double() @ middles / temperature
        losses.append(logits.logsumexp(dim=1) - logits.gather(1, own[part, None])[:, 0])
    return torch.cat(losses).float().cpu().numpy()
