"""The contrast with the least like row of the own cluster and the most like of others."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import cluster_nce, prototype_nce


def naive(embeddings, labels, bank, temperature):
    values = []
    for embedding, label in zip(embeddings, labels.tolist(), strict=True):
        scores = []
        for cluster in range(bank.shape[1]):
            dots = [float(embedding @ row) for row in bank[:, cluster]]
            scores.append((min(dots) if cluster == label else max(dots)) / temperature)
        total = sum(math.exp(score) for score in scores)
        values.append(math.log(total) - scores[label])
    return torch.tensor(values)


def example(seed, count, draws, clusters, size=6):
    generator = torch.Generator().manual_seed(seed)
    bank = functional.normalize(torch.randn(draws, clusters, size, generator=generator), dim=2)
    embeddings = functional.normalize(torch.randn(count, size, generator=generator))
    return embeddings, torch.randint(0, clusters, (count,), generator=generator), bank


@pytest.mark.parametrize(
    ("seed", "count", "draws", "clusters"), [(0, 1, 1, 1), (1, 20, 3, 7), (2, 9, 16, 40)]
)
def test_equals_the_plain_sums(seed, count, draws, clusters):
    embeddings, labels, bank = example(seed, count, draws, clusters)
    values = prototype_nce(embeddings, labels, bank, 0.3)
    expected = naive(embeddings, labels, bank, 0.3)
    torch.testing.assert_close(values, expected, rtol=1e-5, atol=1e-5)


def test_one_row_for_each_cluster_is_a_memory():
    embeddings, labels, bank = example(0, 20, 1, 7)
    torch.testing.assert_close(
        prototype_nce(embeddings, labels, bank), cluster_nce(embeddings, labels, bank[0])
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_chosen_rows(seed):
    embeddings, labels, bank = example(seed, 12, 4, 6)
    bank = torch.cat([bank, bank[:2]])  # drawn twice: ties share a gradient
    mine, plain = embeddings.clone().requires_grad_(), embeddings.clone().requires_grad_()
    prototype_nce(mine, labels, bank.requires_grad_(), 0.3).sum().backward()
    for row, label in zip(plain, labels.tolist(), strict=True):
        dots = torch.einsum("d,kcd->kc", row, bank.detach())
        picks = [bank[dots[:, c].argmin() if c == label else dots[:, c].argmax(), c].detach()
                 for c in range(6)]  # fmt: skip
        loss = -(torch.stack(picks) @ row / 0.3).log_softmax(0)[label]
        loss.backward(retain_graph=True)
    assert torch.allclose(mine.grad, plain.grad, atol=1e-5)
    assert bank.grad is None


def test_golden_bank_loss_and_gradient(golden):
    arrays = golden("pclhd_dynamic")
    rows = functional.normalize(torch.from_numpy(arrays["features"]))
    bank = rows[torch.from_numpy(arrays["drawn"])]
    np.testing.assert_allclose(bank.flatten(0, 1), arrays["bank"], atol=1e-5)
    inputs = torch.from_numpy(arrays["embeddings"]).requires_grad_()
    labels, temperature = torch.from_numpy(arrays["targets"]), float(arrays["temp"])
    loss = prototype_nce(functional.normalize(inputs), labels, bank, temperature).mean()
    loss.backward()
    expected = arrays["direct_grad"]
    assert loss.item() == pytest.approx(float(arrays["loss"]), 1e-5, 1e-5)
    tolerance = 1e-6 + 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(inputs.grad, expected, atol=tolerance)


def test_golden_draws_are_of_their_clusters(golden):
    arrays = golden("pclhd_dynamic")
    drawn, labels = arrays["drawn"], arrays["labels"]
    assert len(drawn) == arrays["instances"]
    np.testing.assert_array_equal(labels[drawn], np.broadcast_to(np.arange(drawn.shape[1]),
                                                                 drawn.shape))  # fmt: skip
