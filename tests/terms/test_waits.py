"""Terms on several rows for each cluster never make a GPU wait for the host."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.pretended import pretended_gpu
from vireid.models import Output
from vireid.terms import Batch, DynamicPrototypes, HybridNCE, Kept, ProxyNCE
from vireid.types import Embeddings, Labelling, PseudoLabels

COUNT, SIZE = 60, 8
TERMS = [
    HybridNCE("mixed"),
    HybridNCE("mixed", each_modality=True),
    ProxyNCE("mixed"),
    DynamicPrototypes("mixed"),
]


def sent(arrays):
    """Return tensors as they lie on the pretended GPU."""
    return {name: value.pin_memory().to("cuda", non_blocking=True) for name, value in arrays}


@pytest.mark.parametrize("term", TERMS, ids=repr)
def test_values_and_update_never_wait(term):
    generator = np.random.default_rng(0)
    modality, labels = np.arange(COUNT) % 2, np.arange(COUNT) // 2 % 8 - 1
    vectors = functional.normalize(torch.from_numpy(generator.normal(size=(COUNT, SIZE))))
    labelling = Labelling({"mixed": PseudoLabels(labels)})
    kept = term.begin(labelling, Embeddings(vectors.numpy(), modality), generator, {})
    indices = generator.integers(0, COUNT, 24)
    plan = term.plan(labelling, Batch(indices, modality[indices]))
    rows = [(name, vectors[indices].float()) for name in Output._fields]
    with pretended_gpu() as gpu:
        there = Kept(sent(kept.items()))
        plan = sent((name, torch.from_numpy(array)) for name, array in plan.items())
        output = Output(**sent(rows))
        leaf = output.embedding.requires_grad_()
        gpu.clear()
        term.values(there, output, plan).sum().backward()
        term.update(there, Output(*(value.detach() for value in output)), plan)
        assert not gpu.waits, gpu.told()
        assert not gpu.mixed, gpu.told()
        assert gpu.launched
        assert leaf.grad is not None
