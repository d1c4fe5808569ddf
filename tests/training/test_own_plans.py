"""Terms that plan by themselves: what they leave out is filled in."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from vireid.errors import ConfigError
from vireid.models import Output
from vireid.terms import Batch, ClusterNCE, Kept, Term
from vireid.training.keeping import begin_terms
from vireid.training.objective import batch_loss, plan_batch
from vireid.types import Embeddings, Labelling, PseudoLabels

COUNT = 12


@dataclass(frozen=True)
class Bare(ClusterNCE):
    """ClusterNCE whose plan holds rows and labels alone."""

    def plan(self, labelling, batch):
        found = super().plan(labelling, batch)
        return {"rows": found["rows"], "labels": found["labels"]}


@dataclass(frozen=True)
class Drawing(Term):
    """Keeps a random number; passes nothing on of the terms that it names."""

    name: str = "nce"

    def others(self):
        return (self.name,)

    def begin(self, labelling, embeddings, generator, others):
        del labelling, embeddings, others
        return Kept({"drawn": torch.from_numpy(generator.normal(size=3))})

    def values(self, kept: Kept, output: Output, plan: Mapping[str, torch.Tensor]):
        del kept
        return output.embedding[plan["rows"]].sum(1)


@pytest.fixture
def scene(micro):
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(COUNT, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    modality = np.repeat([0, 1], COUNT // 2)
    space = PseudoLabels(np.tile([0, 1, -1], COUNT // 3), generator.random(COUNT))
    labelling = Labelling({"matched": space})
    return micro.stages[0], labelling, Embeddings(vectors, modality), Batch(np.arange(12), modality)


@pytest.mark.parametrize("trust", [{}, {"confidence": True}])
@pytest.mark.parametrize("each", [False, True])
def test_weights_and_modality_are_filled_in(scene, trust, each):
    stage, labelling, embeddings, batch = scene
    output = Output(*(torch.from_numpy(embeddings.vectors.copy()) for _ in range(3)))
    found = []
    for kind in (ClusterNCE, Bare):
        terms = {"nce": kind("matched", each_modality=each, **trust)}
        kept = begin_terms(replace(stage, terms=terms), labelling, embeddings, 0)
        plans = plan_batch(terms, kept, labelling, batch)
        found.append(batch_loss(terms, kept, output, plans)[0].item())
    assert found[0] == found[1] != 0


def test_each_labelling_has_random_numbers_of_its_own_and_others_are_linked(scene):
    stage, labelling, embeddings, _ = scene
    terms = {"mine": Drawing("matched"), "nce": ClusterNCE("matched")}
    drawn = deque()
    for epoch in (0, 1, 1):
        kept = begin_terms(replace(stage, terms=terms), labelling, embeddings, 0, epoch=epoch)
        drawn.append(kept["mine"]["drawn"])
        assert kept["mine"].others["nce"] is kept["nce"]
    assert not torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn[1], drawn[2])


@dataclass(frozen=True)
class Mean(ClusterNCE):
    """ClusterNCE that forgets to give one value for each row."""

    def values(self, kept, output, plan):
        return super().values(kept, output, plan).mean()


@dataclass(frozen=True)
class Detached(ClusterNCE):
    """ClusterNCE that trains nothing."""

    def values(self, kept, output, plan):
        return super().values(kept, output, plan).detach()


@pytest.mark.parametrize(
    ("kind", "message"),
    [(Mean, r"term nce have shape \(\); expected \(8,\)"), (Detached, "nce take no gradient")],
)
def test_values_that_would_train_something_else_are_refused(scene, kind, message):
    stage, labelling, embeddings, batch = scene
    rows = torch.from_numpy(embeddings.vectors.copy()).requires_grad_()
    terms = {"nce": kind("matched")}
    kept = begin_terms(replace(stage, terms=terms), labelling, embeddings, 0)
    plans = plan_batch(terms, kept, labelling, batch)
    with pytest.raises(ConfigError, match=message):
        batch_loss(terms, kept, Output(rows, rows, rows), plans)
