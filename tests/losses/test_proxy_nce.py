"""The contrast with several positives and the hardest others."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import proxy_nce
from vireid.terms import turns_of
from vireid.terms.hybrid_rows import moved_hybrid


def naive(embeddings, labels, rows, clusters, nearest, temperature):
    values = []
    for embedding, label in zip(embeddings, labels.tolist(), strict=True):
        scores = [float(embedding @ row) / temperature for row in rows]
        own = [score for score, cluster in zip(scores, clusters, strict=True) if cluster == label]
        others = [score for score, cluster in zip(scores, clusters, strict=True)
                  if cluster != label]  # fmt: skip
        others = sorted(others, reverse=True)[: nearest - len(own)]
        total = sum(math.exp(score) for score in own + others)
        values.append(sum(-math.log(math.exp(score) / total) for score in own) / len(own))
    return torch.tensor(values)


def example(seed, count, clusters, size=6):
    """Return embeddings, labels, rows of one or two for each cluster, and their clusters."""
    generator = torch.Generator().manual_seed(seed)
    twice = torch.randint(0, 2, (clusters,), generator=generator)
    numbers = torch.repeat_interleave(torch.arange(clusters), 1 + twice)
    rows = functional.normalize(torch.randn(len(numbers), size, generator=generator))
    embeddings = functional.normalize(torch.randn(count, size, generator=generator))
    labels = torch.randint(0, clusters, (count,), generator=generator)
    return embeddings, labels, rows, numbers


@pytest.mark.parametrize("nearest", [3, 8, 50])
@pytest.mark.parametrize(("seed", "count", "clusters"), [(0, 1, 1), (1, 20, 7), (2, 33, 60)])
def test_equals_the_plain_sums(seed, count, clusters, nearest):
    embeddings, labels, rows, numbers = example(seed, count, clusters)
    values = proxy_nce(embeddings, labels, rows, numbers, nearest, 0.3)
    expected = naive(embeddings, labels, rows, numbers.tolist(), nearest, 0.3)
    torch.testing.assert_close(values, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_neither_the_order_of_the_rows_nor_far_ones_matter(seed):
    embeddings, labels, rows, numbers = example(seed, 20, 12)
    values = proxy_nce(embeddings, labels, rows, numbers, 9)
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(
        proxy_nce(embeddings, labels, rows[order], numbers[order], 9), values
    )
    more = torch.cat([rows, -embeddings[:1]]), torch.cat([numbers, torch.tensor([99])])
    torch.testing.assert_close(proxy_nce(embeddings[:1], labels[:1], *more, 9), values[:1])


def test_rows_get_no_gradient_and_embeddings_a_finite_one():
    embeddings, labels, rows, numbers = example(0, 20, 12)
    embeddings.requires_grad_()
    rows.requires_grad_()
    proxy_nce(embeddings, labels, rows, numbers, 5).sum().backward()
    assert rows.grad is None
    assert embeddings.grad.isfinite().all()
    assert embeddings.grad.any(1).all()


def loss_of(arrays, case, inputs):
    """Return half the sum of the loss on both halves of the memory."""
    clusters = torch.from_numpy(arrays[f"{case}_proxy_cluster"])
    labels = clusters[torch.from_numpy(arrays[f"{case}_proxy"])]
    nearest, temperature = int(arrays[f"{case}_k"]), float(arrays[f"{case}_temp"])
    embeddings = functional.normalize(inputs)
    halves = torch.from_numpy(arrays[f"{case}_memory"]).chunk(2)
    return sum(
        proxy_nce(embeddings, labels, rows, clusters, nearest, temperature).mean()
        for rows in halves
    ) / 2  # fmt: skip


@pytest.mark.parametrize("case", ["big", "warm", "exact", "short"])
def test_golden_loss_gradient_and_memory(golden, case):
    arrays = golden("bmil_memory")
    inputs = torch.from_numpy(arrays[f"{case}_embeddings"]).requires_grad_()
    loss = loss_of(arrays, case, inputs)
    loss.backward()
    expected = arrays[f"{case}_grad"]
    assert loss.item() == pytest.approx(float(arrays[f"{case}_loss"]), 1e-5, 1e-5)
    tolerance = 1e-6 + 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(inputs.grad, expected, atol=tolerance)
    turns = {n: torch.from_numpy(a) for n, a in turns_of(arrays[f"{case}_proxy"]).items()}
    rows = torch.from_numpy(arrays[f"{case}_memory"]).chunk(2)
    embeddings, momentum = functional.normalize(inputs.detach()), float(arrays["momentum"])
    rows = moved_hybrid(rows, embeddings, turns["clusters"], turns["turns"], momentum)
    np.testing.assert_allclose(torch.cat(rows), arrays[f"{case}_memory_after"], atol=1e-5)


def test_fewer_rows_than_nearest_crash_the_released_code_and_all_count_here(golden):
    arrays = golden("bmil_memory")
    clusters, inputs = arrays["few_proxy_cluster"], torch.from_numpy(arrays["few_embeddings"])
    assert arrays["few_raises"]
    assert len(clusters) < arrays["few_k"]
    embeddings, labels = functional.normalize(inputs), clusters[arrays["few_proxy"]]
    expected = 0.0
    for rows in torch.from_numpy(arrays["few_memory"]).chunk(2):
        shares = (embeddings @ rows.T / float(arrays["few_temp"])).softmax(1)
        for row, label in zip(shares, labels, strict=True):
            expected += -row[torch.from_numpy(clusters == label)].log().mean().item()
    assert loss_of(arrays, "few", inputs).item() == pytest.approx(expected / 2 / len(labels), 1e-5)


def test_golden_positives_are_counted_among_the_nearest(golden):
    arrays = golden("bmil_memory")
    inputs = torch.from_numpy(arrays["short_embeddings"])
    more = dict(arrays) | {"short_k": arrays["short_k"] + 2}
    beside = loss_of(more, "short", inputs).item()
    assert beside > float(arrays["short_loss"]) + 1e-3
