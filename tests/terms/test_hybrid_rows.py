"""Mean rows and hard rows of clusters, and how a batch moves them."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.losses import cluster_nce, hybrid_nce
from vireid.terms import turns_of
from vireid.terms.hybrid_rows import moved_hybrid


def moved(rows, embeddings, labels, momentum):
    found = {name: torch.from_numpy(array) for name, array in turns_of(labels.numpy()).items()}
    return moved_hybrid(rows, embeddings, found["clusters"], found["turns"], momentum)


def naive(rows, embeddings, labels, momentum):
    """Cluster by cluster, as the text says."""
    means, hard = (each.clone() for each in rows)
    for cluster in set(labels.tolist()) - {-1}:
        samples = [row for row, label in zip(embeddings, labels.tolist(), strict=True)
                   if label == cluster]  # fmt: skip
        hardest = samples[0]
        for sample in samples:
            if float(sample @ rows[0][cluster]) < float(hardest @ rows[0][cluster]):
                hardest = sample
        for memory, target in ((means, sum(samples) / len(samples)), (hard, hardest)):
            row = momentum * memory[cluster] + (1 - momentum) * target
            memory[cluster] = row / row.norm()
    return means, hard


def example(seed, batch, clusters, size=5):
    generator = torch.Generator().manual_seed(seed)
    rows = functional.normalize(torch.randn(2, clusters, size, generator=generator), dim=2)
    embeddings = functional.normalize(torch.randn(batch, size, generator=generator))
    labels = torch.randint(-1, max(clusters - 2, 1), (batch,), generator=generator)
    return tuple(rows), embeddings, labels


@pytest.mark.parametrize("momentum", [0.0, 0.1, 0.9, 1.0])
@pytest.mark.parametrize(("seed", "batch", "clusters"), [(0, 3, 1), (1, 30, 8), (2, 64, 5)])
def test_rows_move_as_cluster_by_cluster(seed, batch, clusters, momentum):
    rows, embeddings, labels = example(seed, batch, clusters)
    found = moved(rows, embeddings, labels, momentum)
    for mine, plain, before in zip(found, naive(rows, embeddings, labels, momentum), rows,
                                   strict=True):  # fmt: skip
        assert torch.allclose(mine, plain, atol=1e-6)
        absent = sorted(set(range(clusters)) - set(labels.tolist()))
        assert torch.equal(mine[absent], before[absent])


def test_the_first_of_equally_hard_samples_is_taken():
    rows = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    samples = torch.tensor([[0.6, -0.8], [0.6, 0.8]])
    assert torch.allclose(moved(rows, samples, torch.tensor([0, 0]), 0.0)[1], samples[:1])


def test_a_cluster_without_a_sample_in_its_part_stays():
    rows = torch.eye(2), torch.eye(2)
    turns = torch.tensor([[0, -1]])
    means, hard = moved_hybrid(rows, torch.tensor([[0.6, 0.8]]), torch.tensor([0, 1]), turns, 0.0)
    assert torch.equal(means, hard)
    assert torch.equal(means, torch.tensor([[0.6, 0.8], [0.0, 1.0]]))


@pytest.mark.parametrize("case", ["plain", "easy"])
def test_golden_loss_gradient_and_rows_of_two_steps(golden, case):
    arrays = golden("pclhd_memory")
    temperature, momentum, slack = (float(arrays[n]) for n in ("temp", "momentum", "margin"))
    rows = torch.from_numpy(arrays[f"{case}_memory"]).chunk(2)
    for step in (1, 2):
        inputs = torch.from_numpy(arrays[f"{case}_embeddings{step}"]).requires_grad_()
        labels = torch.from_numpy(arrays[f"{case}_targets{step}"])
        embeddings = functional.normalize(inputs)
        shares = torch.full((1, len(labels)), 1 / len(labels))
        loss = hybrid_nce(embeddings, labels, rows, shares, temperature, slack).mean()
        loss.backward()
        rows = moved(rows, embeddings, labels, momentum)
        expected = arrays[f"{case}_grad{step}"]
        tolerance = 1e-6 + 1e-4 * np.abs(expected).max()
        assert loss.item() == pytest.approx(float(arrays[f"{case}_loss{step}"]), 1e-5, 1e-5)
        np.testing.assert_allclose(inputs.grad, expected, atol=tolerance)
        after = arrays[f"{case}_memory_after{step}"]
        np.testing.assert_allclose(torch.cat(rows), after, atol=1e-5)


@pytest.mark.parametrize("case", ["plain", "easy"])
def test_golden_halves_of_the_loss(golden, case):
    arrays = golden("pclhd_memory")
    embeddings = functional.normalize(torch.from_numpy(arrays[f"{case}_embeddings1"]))
    labels, halves = torch.from_numpy(arrays[f"{case}_targets1"]), []
    for name, rows in zip(
        ("mean", "hard"), arrays[f"{case}_memory"].reshape(2, -1, 24), strict=True
    ):
        each = cluster_nce(embeddings, labels, torch.from_numpy(rows), float(arrays["temp"]))
        halves.append(each.mean().item())
        assert halves[-1] == pytest.approx(float(arrays[f"{case}_ce_{name}1"]), 1e-5, 1e-5)
    mean, hard = halves
    expected = (hard + max(0, mean - float(arrays["margin"]))) / 2
    assert expected == pytest.approx(float(arrays[f"{case}_loss1"]), 1e-5, 1e-5)


def test_golden_easy_batches_pull_by_the_hard_rows_alone(golden):
    arrays = golden("pclhd_memory")
    assert arrays["easy_ce_mean1"] < arrays["margin"]
    hard = float(arrays["easy_ce_hard1"]) / 2
    assert float(arrays["easy_loss1"]) == pytest.approx(hard, 1e-5, 1e-5)
