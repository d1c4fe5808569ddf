"""ClusterNCE."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import cluster_nce
from vireid.terms.memory import moved_rows


def naive(embeddings, labels, memories, temperature):
    values = []
    for embedding, label in zip(embeddings.tolist(), labels.tolist(), strict=True):
        dots = [
            sum(a * b for a, b in zip(embedding, row, strict=True)) for row in memories.tolist()
        ]
        powers = [math.exp(dot / temperature) for dot in dots]
        values.append(-math.log(powers[label] / sum(powers)))
    return torch.tensor(values)


def example(seed=0, clusters=5):
    generator = torch.Generator().manual_seed(seed)
    embeddings = functional.normalize(torch.randn(7, 4, generator=generator))
    memories = functional.normalize(torch.randn(clusters, 4, generator=generator))
    return embeddings, torch.randint(0, clusters, (7,), generator=generator), memories


@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_equals_the_naive_sum(temperature):
    values = cluster_nce(*example(), temperature)
    assert torch.allclose(values, naive(*example(), temperature), atol=1e-4)


@pytest.mark.parametrize("setting", ["", "b_"])
@pytest.mark.parametrize("mode", ["mean", "hard"])
def test_golden_loss_gradient_and_memory(golden, setting, mode):
    arrays = golden("cluster_memory")
    inputs = torch.from_numpy(arrays["inputs"]).requires_grad_()
    labels = torch.from_numpy(arrays["targets"])
    momentum = float(arrays[f"{setting}momentum"])
    rows = torch.from_numpy(arrays["memory"])
    embeddings = functional.normalize(inputs)
    loss = cluster_nce(embeddings, labels, rows, float(arrays[f"{setting}temp"])).mean()
    loss.backward()
    moved = moved_rows(rows, embeddings, labels, momentum=momentum, hardest=mode == "hard")
    expected = arrays[f"{setting}{mode}_grad"]
    assert loss.item() == pytest.approx(float(arrays[f"{setting}{mode}_loss"]), 1e-5, 1e-5)
    np.testing.assert_allclose(inputs.grad, expected, atol=1e-6 + 1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(moved, arrays[f"{setting}{mode}_memory_after"], atol=1e-5)


@pytest.mark.parametrize("mode", ["mean", "hard"])
def test_golden_shared_memory_whose_infrared_gradient_comes_after_the_visible_update(golden, mode):
    arrays = {name: torch.from_numpy(value) for name, value in golden("cluster_memory").items()}
    rows, momentum = arrays["memory"], float(arrays["momentum"])
    temperature = float(arrays["temp"])
    embeddings, inputs, labels = {}, {}, {}
    for side in ("vis", "ir"):
        inputs[side] = arrays[f"shared_{mode}_inputs_{side}"].requires_grad_()
        labels[side] = arrays[f"shared_{mode}_targets_{side}"]
        embeddings[side] = functional.normalize(inputs[side])
        loss = cluster_nce(embeddings[side], labels[side], rows, temperature).mean()
        assert loss.item() == pytest.approx(arrays[f"shared_{mode}_loss_{side}"].item(), 1e-5, 1e-5)
        loss.backward(retain_graph=True)
    # ours takes both gradients from one memory; theirs is ours plus what the update moved
    hardest = mode == "hard"
    moved = moved_rows(rows, embeddings["vis"], labels["vis"], momentum=momentum, hardest=hardest)
    shares = (embeddings["ir"] @ rows.T / temperature).softmax(1).detach()
    pulls = (shares - functional.one_hot(labels["ir"], len(rows))) / (temperature * len(shares))
    embeddings["ir"].backward(pulls @ (moved - rows))
    for side in ("vis", "ir"):
        expected = arrays[f"shared_{mode}_grad_{side}"].numpy()
        tolerance = 1e-6 + 1e-4 * np.abs(expected).max()
        np.testing.assert_allclose(inputs[side].grad, expected, atol=tolerance)


def test_memories_take_no_gradient():
    embeddings, labels, memories = example()
    memories.requires_grad_()
    embeddings.requires_grad_()
    cluster_nce(embeddings, labels, memories).sum().backward()
    assert memories.grad is None
    assert embeddings.grad.abs().sum() > 0


def test_one_cluster_costs_nothing():
    embeddings, _, memories = example(clusters=1)
    values = cluster_nce(embeddings, torch.zeros(7, dtype=torch.int64), memories)
    assert torch.equal(values, torch.zeros(7))


def test_noise_is_refused():
    embeddings, labels, memories = example()
    labels[3] = -1
    with pytest.raises(IndexError):
        cluster_nce(embeddings, labels, memories)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_the_focal_form_equals_the_naive_product(temperature, power):
    values = cluster_nce(*example(), temperature, power)
    plain = naive(*example(), temperature).tolist()
    expected = [(1 - math.exp(-value)) ** power * value for value in plain]
    assert torch.allclose(values, torch.tensor(expected), atol=1e-4)


def test_no_focus_is_the_plain_loss_bit_for_bit():
    assert torch.equal(cluster_nce(*example(), focal=0.0), cluster_nce(*example()))


def test_golden_focal_loss_gradient_and_memory(golden):
    arrays = golden("pgm_step")
    inputs = torch.from_numpy(arrays["embeddings_vis"]).requires_grad_()
    labels, rows = (torch.from_numpy(arrays[f"{name}_vis"]) for name in ("labels", "memory"))
    embeddings, expected = functional.normalize(inputs), arrays["focal_grad"]
    power = float(arrays["focal_power"])
    loss = cluster_nce(embeddings, labels, rows, float(arrays["temp"]), power).mean()
    loss.backward()
    momentum = float(arrays["momentum"])
    moved = moved_rows(rows, embeddings, labels, momentum=momentum, hardest=True)
    assert loss.item() == pytest.approx(float(arrays["focal_loss"]), 1e-5, 1e-5)
    np.testing.assert_allclose(inputs.grad, expected, atol=1e-6 + 1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(moved, arrays["focal_memory_after"], atol=1e-5)


@pytest.mark.parametrize("power", [0.5, 1.0])
def test_a_sample_that_is_quite_sure_has_no_focal_loss_and_no_gradient(power):
    embeddings = torch.eye(2).requires_grad_()
    values = cluster_nce(embeddings, torch.tensor([0, 1]), torch.eye(2), 0.001, power)
    values.sum().backward()
    assert values.tolist() == [0.0, 0.0]
    assert not embeddings.grad.any()
