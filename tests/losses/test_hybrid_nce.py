"""The contrast with mean rows and hard rows, and its slack on the mean."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import beyond_slack, hybrid_nce


def units(generator, *shape):
    return functional.normalize(torch.randn(*shape, generator=generator, dtype=torch.float64))


def example(seed, count, clusters, size=7):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, clusters, (count,), generator=generator)
    means, hard = units(generator, 2, clusters, size)
    embeddings = functional.normalize(units(generator, count, size) + 0.5 * means[labels])
    return embeddings, labels, (means, hard)


def whole(count):
    return torch.full((1, count), 1 / count, dtype=torch.float64)


def contrast(row, label, memory, temperature):
    powers = [math.exp(float(row @ other) / temperature) for other in memory]
    return -math.log(powers[label] / sum(powers))


def batch_loss(embeddings, labels, rows, temperature, slack):
    """The formula for a whole batch, sample by sample."""
    sums = [0.0, 0.0]
    for row, label in zip(embeddings, labels.tolist(), strict=True):
        for number, memory in enumerate(rows):
            sums[number] += contrast(row, label, memory, temperature)
    mean, hard = (total / len(labels) for total in sums)
    return 0.5 * (hard + max(0.0, mean - slack))


@pytest.mark.parametrize("slack", [0.0, 0.2, 1.5, 50.0])
@pytest.mark.parametrize(("seed", "count", "clusters"), [(0, 1, 1), (1, 9, 4), (2, 40, 13)])
def test_the_mean_over_the_batch_equals_the_plain_sums(seed, count, clusters, slack):
    embeddings, labels, rows = example(seed, count, clusters)
    found = hybrid_nce(embeddings, labels, rows, whole(count), 0.3, slack)
    assert found.shape == (count,)
    assert found.mean().item() == pytest.approx(batch_loss(embeddings, labels, rows, 0.3, slack))


@pytest.mark.parametrize("slack", [0.0, 0.2, 50.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_formula(seed, slack):
    embeddings, labels, rows = example(seed, 12, 5)
    mine, plain = embeddings.clone().requires_grad_(), embeddings.clone().requires_grad_()
    hybrid_nce(mine, labels, rows, whole(12), 0.3, slack).mean().backward()
    mean, hard = (functional.cross_entropy(plain @ each.T / 0.3, labels) for each in rows)
    ((hard + (mean - slack).clamp(min=0)) / 2).backward()
    assert torch.allclose(mine.grad, plain.grad, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_each_part_has_a_slack_of_its_own(seed):
    generator = np.random.default_rng(seed)
    values = torch.from_numpy(generator.random(11))
    part = generator.permutation(np.arange(11) % 3)
    weights = generator.random(11)
    shares = np.array([weights * (part == p) for p in range(3)])
    shares /= shares.sum(1, keepdims=True)
    slack = float(np.sort(shares @ values.numpy())[:2].mean())  # one part is below it
    found = beyond_slack(values, torch.from_numpy(shares), slack)
    for number in range(3):
        mean = sum(shares[number, i] * values[i].item() for i in range(11))
        total = sum(shares[number, i] * found[i].item() for i in range(11))
        assert total == pytest.approx(max(0.0, mean - slack), abs=1e-12)
        if mean <= slack:
            assert not found[torch.from_numpy(part == number)].any()


def test_a_slack_for_each_sample_would_be_another_loss():
    values = torch.tensor([0.0, 0.1, 0.8])
    batch = beyond_slack(values, torch.full((1, 3), 1 / 3), 0.2).mean()
    assert batch.item() == pytest.approx(0.1)
    assert (values - 0.2).clamp(min=0).mean().item() == pytest.approx(0.2)
