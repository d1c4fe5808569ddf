"""The cluster memory."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.errors import ConfigError, DataError
from vireid.terms.memory import ClusterMemory


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
    memory = ClusterMemory(rows, momentum, hardest)
    memory.update(embeddings, labels)
    expected = naive(rows, embeddings, labels, momentum, hardest)
    assert torch.allclose(memory.rows, expected, atol=1e-6)
    assert torch.equal(memory.rows[-2:], rows[-2:])  # absent clusters, bit for bit
    assert len(memory) == 8


def test_hardest_takes_the_first_sample_on_a_tie():
    rows = torch.tensor([[1.0, 0.0]])
    memory = ClusterMemory(rows, momentum=0.0, hardest=True)
    memory.update(torch.tensor([[0.6, 0.8], [0.6, -0.8]]), torch.tensor([0, 0]))
    assert torch.allclose(memory.rows, torch.tensor([[0.6, 0.8]]))


@pytest.mark.parametrize("mode", ["mean", "hard"])
def test_golden_shared_memory_takes_visible_then_infrared(golden, mode):
    arrays = golden("cluster_memory")
    momentum = float(arrays["momentum"])
    memory = ClusterMemory(torch.from_numpy(arrays["memory"]), momentum, mode == "hard")
    for suffix in ("vis", "ir"):
        embeddings = functional.normalize(
            torch.from_numpy(arrays[f"shared_{mode}_inputs_{suffix}"])
        )
        memory.update(embeddings, torch.from_numpy(arrays[f"shared_{mode}_targets_{suffix}"]))
    expected = arrays[f"shared_{mode}_memory_after"]
    np.testing.assert_allclose(memory.rows, expected, atol=1e-5)


@pytest.mark.parametrize("hardest", [False, True])
@pytest.mark.parametrize("labels", [[], [-1, -1, -1]])
def test_nothing_to_learn_from_changes_nothing(hardest, labels):
    rows, embeddings, _ = example()
    memory = ClusterMemory(rows, hardest=hardest)
    memory.update(embeddings[: len(labels)], torch.tensor(labels, dtype=torch.int64))
    assert torch.equal(memory.rows, rows)


def test_inputs_are_not_modified_and_no_graph_is_kept():
    rows, embeddings, labels = example()
    before = rows.clone(), embeddings.clone(), labels.clone()
    embeddings.requires_grad_()
    memory = ClusterMemory(rows)
    memory.update(embeddings * 1.0, labels)
    assert not memory.rows.requires_grad
    for now, then in zip((rows, embeddings, labels), before, strict=True):
        assert torch.equal(now, then)


def test_state_comes_back_bit_for_bit():
    rows, embeddings, labels = example()
    memory = ClusterMemory(rows)
    memory.update(embeddings, labels)
    state = memory.state_dict()
    other = ClusterMemory(functional.normalize(torch.ones(3, 5)))
    other.load_state_dict(state)
    assert torch.equal(other.rows, memory.rows)
    memory.update(embeddings, labels)
    assert torch.equal(other.rows, state["rows"])
    assert not torch.equal(memory.rows, other.rows)


@pytest.mark.parametrize(
    "rows", [torch.ones(3, 5), torch.zeros(3, 5), torch.full((3, 5), torch.nan), torch.ones(1)]
)
def test_rows_must_be_of_unit_length(rows):
    with pytest.raises(DataError, match=r"shape \(C, D\), be finite and of unit length"):
        ClusterMemory(rows)


@pytest.mark.parametrize("momentum", [-0.1, 1.1, float("nan")])
def test_momentum_must_be_a_share(momentum):
    with pytest.raises(ConfigError, match="expected a share"):
        ClusterMemory(torch.eye(2), momentum)
