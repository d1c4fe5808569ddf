"""Both optimiser steps of BMIL and of PCLHD, as their released trainers take them."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.terms.crossed import SIDES, Taken, labelling_of, same_gradient, take_step
from vireid.losses import prototype_nce, proxy_nce
from vireid.terms import HybridNCE, turns_of
from vireid.terms.hybrid_rows import moved_hybrid
from vireid.types import NOISE, Labelling, PseudoLabels


def rows_of(arrays, before=""):
    """Return the raw rows of both modalities."""
    return [arrays[f"{before}embeddings_{short}"] for short in SIDES.values()]


def mixed(labels, clusters):
    """Return labels that both modalities share: of the rows, and of one more image each."""
    return Labelling({"mixed": PseudoLabels(np.concatenate([*labels, np.arange(clusters)]))})


def halves(memory):
    """Return mean rows and hard rows by name."""
    return dict(zip(("mean", "hard"), torch.from_numpy(memory).chunk(2), strict=True))


def settings(arrays):
    """Return what both memories share."""
    return {"temperature": float(arrays["temp"]), "momentum": float(arrays["momentum"])}


def same_memory(kept, expected):
    np.testing.assert_allclose(torch.cat([kept["mean"], kept["hard"]]), expected, atol=1e-5)


def test_golden_first_step_of_bmil(golden):
    arrays = golden("bmil_step")
    slack = float(arrays["margin"])
    terms = {name: HybridNCE(name, slack=slack, **settings(arrays)) for name in SIDES}
    kept = {name: halves(arrays[f"memory_{short}"]) for name, short in SIDES.items()}
    labels = [arrays[f"labels_{short}"] for short in SIDES.values()]
    alone = [np.full(len(kept[name]["mean"]), NOISE) for name in SIDES]
    found = take_step(terms, kept, labelling_of(labels, *alone), rows_of(arrays))
    assert found.loss == pytest.approx(float(arrays["loss"]), 1e-5, 1e-5)
    for name, short in SIDES.items():
        assert found.parts[name] == pytest.approx(float(arrays[f"loss_{short}"]), 1e-5, 1e-5)
        same_gradient(found.gradients[short], arrays[f"grad_{short}"])
        same_memory(found.kept[name], arrays[f"memory_{short}_after"])


def bmil_second(arrays):
    """Take the second step of BMIL: half the loss of both modalities on the proxies.

    By functions alone: in the vectors some infrared images have the proxy of visible ones, which a
    term refuses to know. Visible images move the rows first.
    """
    cluster = torch.from_numpy(arrays["all_proxy_cluster"])
    nearest, temperature = int(arrays["all_k"]), float(arrays["temp"])
    rows, parts, gradients = tuple(halves(arrays["all_memory"]).values()), {}, {}
    after, loss = rows, 0.0
    for short in SIDES.values():
        raw = torch.from_numpy(arrays[f"all_embeddings_{short}"]).requires_grad_()
        embeddings, own = functional.normalize(raw), arrays[f"all_proxy_{short}"]
        found = [
            proxy_nce(
                embeddings, cluster[torch.from_numpy(own)], each, cluster, nearest, temperature
            )
            for each in rows
        ]
        parts[short] = (sum(found) / 2).mean()
        (parts[short] / 2).backward()
        gradients[short] = raw.grad.numpy()
        turns = [torch.from_numpy(turns_of(own)[name]) for name in ("clusters", "turns")]
        after = moved_hybrid(after, embeddings, *turns, float(arrays["momentum"]))
        loss += parts[short].item() / 2
    told = {short: value.item() for short, value in parts.items()}
    kept = dict(zip(("mean", "hard"), after, strict=True))
    return Taken(loss, told, gradients, {"mixed": kept})


def pclhd_second(arrays):
    """Take the second step of PCLHD: one hybrid memory for both modalities."""
    kept = halves(arrays["all_memory"])
    labels = [arrays[f"all_labels_{short}"] for short in SIDES.values()]
    term = HybridNCE("mixed", each_modality=True, slack=float(arrays["margin"]), **settings(arrays))
    labelling = mixed(labels, len(kept["mean"]))
    return take_step({"mixed": term}, {"mixed": kept}, labelling, rows_of(arrays, "all_"))


SECOND = pytest.mark.parametrize(
    ("name", "take"),
    [("bmil_step", bmil_second), ("pclhd_step", pclhd_second)],
    ids=["bmil", "pclhd"],
)


@SECOND
def test_golden_second_step(golden, name, take):
    arrays = golden(name)
    found = take(arrays)
    half = 0.5 if take is bmil_second else 1.0
    total = half * sum(float(arrays[f"all_loss_{short}"]) for short in SIDES.values())
    assert found.loss == pytest.approx(total, 1e-5, 1e-5)
    for short in SIDES.values():
        if short in found.parts:
            expected = float(arrays[f"all_loss_{short}"])
            assert found.parts[short] == pytest.approx(expected, 1e-5, 1e-5)
        same_gradient(found.gradients[short], arrays[f"all_clean_grad_{short}"])
    same_memory(found.kept["mixed"], arrays["all_memory_after"])


@SECOND
def test_the_released_infrared_gradient_sees_rows_that_the_visible_batch_has_moved(
    golden, name, take
):
    arrays, found = golden(name), take(golden(name))
    same_gradient(found.gradients["vis"], arrays["all_grad_vis"])
    theirs = arrays["all_grad_ir"]
    assert np.abs(theirs - found.gradients["ir"]).max() > 0.01 * np.abs(theirs).max()


@pytest.mark.parametrize("turn", ["odd", "even"])
def test_golden_dynamic_term_is_told_in_the_loss_of_pclhd_alone(golden, turn):
    arrays = golden("pclhd_step")
    told = 0.0
    for short in SIDES.values():
        teacher = functional.normalize(torch.from_numpy(arrays[f"teacher_{short}"]))
        clusters = len(arrays[f"memory_{short}"]) // 2
        bank = torch.from_numpy(arrays[f"bank_{short}"])
        bank = bank.view(-1, clusters, bank.shape[1])
        labels = torch.from_numpy(arrays[f"labels_{short}"])
        value = prototype_nce(teacher, labels, bank, float(arrays["temp"])).mean().item()
        expected = float(arrays[f"{turn}_loss_dynamic_{short}"])
        assert value == pytest.approx(expected, 1e-5, 1e-5)
        told += value
    without = float(arrays[f"{turn}_loss_without_dynamic"])
    assert without + told == pytest.approx(float(arrays[f"{turn}_loss"]), 1e-5, 1e-5)
    assert not arrays[f"{turn}_dynamic_changes_gradient"]
    assert not arrays[f"{turn}_dynamic_changes_bank"]
