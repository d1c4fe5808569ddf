"""One step of terms that look across modalities, from arrays as the released trainers have them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from vireid.models import Output
from vireid.terms import Batch, Kept
from vireid.training.keeping import link
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import NOISE, Labelling, Matching, PseudoLabels

SIDES = {"visible": "vis", "infrared": "ir"}


@dataclass
class Taken:
    """What a step gave."""

    loss: float
    parts: dict[str, float]
    gradients: dict[str, np.ndarray]
    kept: dict[str, Kept]


def labelling_of(labels, r2i, i2r):
    """Return labels of the rows of a batch and, behind them, of one more image of each cluster."""
    sizes, clusters = [len(one) for one in labels], [len(r2i), len(i2r)]
    modality = np.repeat([0, 1, 0, 1], [*sizes, *clusters])
    spaces = {}
    for side, name in enumerate(SIDES):
        own = np.full(len(modality), NOISE)
        own[modality == side] = np.concatenate([labels[side], np.arange(clusters[side])])
        spaces[name] = PseudoLabels(own, modality=side)
    spaces["matched"] = PseudoLabels(np.zeros(len(modality), dtype=int))
    cost = np.where(r2i == NOISE, np.nan, 0.0)
    return Labelling(spaces, Matching(r2i, len(i2r), cost, to_visible=i2r), "matched")


def take_step(terms, kept, labelling, rows, off=()):
    """Compute the loss of terms on raw rows [B, D] of each modality, and move what they keep.

    Terms that are off keep what they have, and others can use it.
    """
    raw = [torch.from_numpy(one).requires_grad_() for one in rows]
    neck = torch.cat(raw)
    output = Output(neck, functional.normalize(neck), neck)
    kept = {name: Kept(dict(kept.get(name, {}))) for name in terms}
    link(terms, kept)
    indices = np.arange(len(neck))
    batch = Batch(indices, np.repeat([0, 1], [len(one) for one in rows]))
    on = {name: term for name, term in terms.items() if name not in off}
    plans = plan_batch(on, kept, labelling, batch)
    loss, parts = batch_loss(terms, kept, output, plans)
    loss.backward()
    update_terms(terms, kept, output, plans)
    gradients = {side: one.grad.numpy() for side, one in zip(SIDES.values(), raw, strict=True)}
    means = {name: value.item() for name, value in parts.items()}
    return Taken(loss.item(), means, gradients, kept)


def same_gradient(found, expected):
    """Compare gradients within the tolerance of the vectors."""
    np.testing.assert_allclose(found, expected, atol=1e-6 + 1e-4 * np.abs(expected).max())


def units(generator, count, size):
    """Draw rows of unit length."""
    rows = generator.normal(size=(count, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
