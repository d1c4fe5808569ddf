"""The cluster memory."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.terms.memory import moved_rows


def naive(rows, embeddings, labels, momentum, hardest):
    """One sample after another, as the formula says."""
    rows = rows.clone()
    samples = [(label, i) for i, label in enumerate(labels.tolist()) if label >= 0]
    if hardest:
        worst = {}
        for label, i in samples:
            similarity = float(embeddings[i] @ rows[label])
            if label not in worst or similarity < worst[label][0]:
                worst[label] = (similarity, i)
        samples = [(label, i) for label, (_, i) in worst.items()]
    for label, i in samples:
        rows[label] = momentum * rows[label] + (1 - momentum) * embeddings[i]
        rows[label] /= rows[label].norm()
    return rows


def example(seed=0, batch=30, clusters=8):
    generator = torch.Generator().manual_seed(seed)
    rows = functional.normalize(torch.randn(clusters, 5, generator=generator))
    embeddings = functional.normalize(torch.randn(batch, 5, generator=generator))
    return rows, embeddings, torch.randint(-1, clusters - 2, (batch,), generator=generator)


@pytest.mark.parametrize("hardest", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.1, 0.9, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_update_equals_sample_by_sample(hardest, momentum, seed):
    rows, embeddings, labels = example(seed)
    found = moved_rows(rows, embeddings, labels, momentum=momentum, hardest=hardest)
    expected = naive(rows, embeddings, labels, momentum, hardest)
    assert torch.allclose(found, expected, atol=1e-6)
    assert torch.equal(found[-2:], rows[-2:])  # absent clusters, bit for bit
    assert len(found) == 8


def test_hardest_takes_the_first_sample_on_a_tie():
    rows = torch.tensor([[1.0, 0.0]])
    samples, labels = torch.tensor([[0.6, 0.8], [0.6, -0.8]]), torch.tensor([0, 0])
    found = moved_rows(rows, samples, labels, momentum=0.0, hardest=True)
    assert torch.allclose(found, torch.tensor([[0.6, 0.8]]))


@pytest.mark.parametrize("mode", ["mean", "hard"])
def test_golden_shared_memory_takes_visible_then_infrared(golden, mode):
    arrays = golden("cluster_memory")
    momentum = float(arrays["momentum"])
    rows = torch.from_numpy(arrays["memory"])
    for suffix in ("vis", "ir"):
        embeddings = functional.normalize(
            torch.from_numpy(arrays[f"shared_{mode}_inputs_{suffix}"])
        )
        labels = torch.from_numpy(arrays[f"shared_{mode}_targets_{suffix}"])
        rows = moved_rows(rows, embeddings, labels, momentum=momentum, hardest=mode == "hard")
    expected = arrays[f"shared_{mode}_memory_after"]
    np.testing.assert_allclose(rows, expected, atol=1e-5)


@pytest.mark.parametrize("hardest", [False, True])
@pytest.mark.parametrize("labels", [[], [-1, -1, -1]])
def test_nothing_to_learn_from_changes_nothing(hardest, labels):
    rows, embeddings, _ = example()
    none = torch.tensor(labels, dtype=torch.int64)
    found = moved_rows(rows, embeddings[: len(labels)], none, momentum=0.1, hardest=hardest)
    assert torch.equal(found, rows)


def test_inputs_are_not_modified_and_no_graph_is_kept():
    rows, embeddings, labels = example()
    before = rows.clone(), embeddings.clone(), labels.clone()
    embeddings.requires_grad_()
    assert not moved_rows(rows, embeddings * 1.0, labels, momentum=0.1).requires_grad
    for now, then in zip((rows, embeddings, labels), before, strict=True):
        assert torch.equal(now, then)
