"""Labelled images that know their nearest ones, and steps of terms that share out targets."""

import numpy as np
import torch
from torch.nn import functional

from tests.terms.crossed import SIDES
from vireid.cluster import modal_neighbours, normalise_rows
from vireid.config import StageConfig
from vireid.models import Output
from vireid.terms import Batch, CrossSoft, SoftNCE
from vireid.training.keeping import begin_terms
from vireid.training.nearest import nearest_images
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import NOISE, Embeddings, Labelling, Matching, PseudoLabels

EPOCHS = {"odd": 0, "even": 1}
"""An epoch of either parity."""


def told(rows, labels, maps, k):
    """Return the embeddings and the labelling of images as terms are told of them.

    ``rows`` [n, D], ``labels`` [n] and ``maps`` [C] are those of each modality.
    """
    modality = np.repeat([0, 1], [len(one) for one in rows])
    embeddings = Embeddings(normalise_rows(np.concatenate(rows)), modality)
    spaces = {"matched": PseudoLabels(np.zeros(len(modality), dtype=int))}
    for side, name in enumerate(SIDES):
        own = np.full(len(modality), NOISE)
        own[modality == side] = labels[side]
        spaces[name] = PseudoLabels(own, modality=side)
    cost = np.where(maps[0] == NOISE, np.nan, 0.0)
    matching = Matching(maps[0], len(maps[1]), cost, to_visible=maps[1])
    near = nearest_images(embeddings, k, modal_neighbours)
    return embeddings, Labelling(spaces, matching, "matched", near)


def drawn(seed, sizes=(40, 25), clusters=(6, 4), dimensions=8):
    """Return rows about the middles of clusters, labels with noise, and maps with gaps."""
    generator = np.random.default_rng(seed)
    rows, labels = [], []
    for size, count in zip(sizes, clusters, strict=True):
        own = np.append(np.arange(count), generator.integers(-1, count, size - count))
        middles = generator.normal(size=(count + 1, dimensions))
        rows.append((middles[own] + generator.normal(size=(size, dimensions))).astype(np.float32))
        labels.append(own)
    maps = [generator.integers(-1, c, n) for n, c in zip(clusters, clusters[::-1], strict=True)]
    return rows, labels, maps


def terms_of(cross=3.0, **settings):
    """Return both terms of N-ULC, and those across, each of which counts in every other epoch."""
    found = {name: SoftNCE(name, **settings) for name in SIDES}
    across = {"weight": cross, **settings}
    found["back"] = CrossSoft("infrared", against="visible", phase="odd", **across)
    found["forth"] = CrossSoft("visible", against="infrared", phase="even", **across)
    return found


def begun(terms, labelling, embeddings):
    """Return what terms keep."""
    return begin_terms(StageConfig("aligned", 2, terms), labelling, embeddings, 0)


def take_step(terms, kept, labelling, raw, batch):
    """Compute the loss of raw rows [B, D] and move what terms keep; return all that came out."""
    neck = torch.from_numpy(raw).requires_grad_()
    output = Output(neck, functional.normalize(neck), neck)
    plans = plan_batch(terms, kept, labelling, batch)
    loss, parts = batch_loss(terms, kept, output, plans)
    loss.backward()
    update_terms(terms, kept, output, plans)
    return loss.item(), {name: value.item() for name, value in parts.items()}, neck.grad.numpy()


def released_step(golden, turn):
    """Return the arrays of a released step, and what it gives, taken from the images on."""
    targets, arrays = golden("nulc_targets"), golden("nulc_step")
    rows, labels = ([targets[f"{what}_{short}"] for short in SIDES.values()]
                    for what in ("features", "labels"))  # fmt: skip
    k = int(targets["k"])
    embeddings, labelling = told(rows, labels, (targets["r2i"], targets["i2r"]), k)
    settings = {
        "k": k,
        "share": float(arrays["share_onehot"]),
        "sharpness": float(targets["sharpness"]),
        "temperature": float(arrays["temp"]),
        "momentum": float(arrays["momentum"]),
    }
    terms = terms_of(float(arrays["weight_cross"]), **settings)
    if turn == "unmatched":
        terms = {name: terms[name] for name in SIDES}
    kept = begun(terms, labelling, embeddings)
    for name, short in SIDES.items():
        kept[name]["memory"] = torch.from_numpy(arrays[f"memory_{short}"])
    visible, infrared = arrays["rows_vis"], arrays["rows_ir"] + len(labels[0])
    indices = np.concatenate([visible, visible, infrared])
    batch = Batch(indices, embeddings.modality[indices], epoch=EPOCHS.get(turn, 0))
    raw = np.concatenate([arrays[f"embeddings_{short}"] for short in SIDES.values()])
    return arrays, (*take_step(terms, kept, labelling, raw, batch), kept, batch)
