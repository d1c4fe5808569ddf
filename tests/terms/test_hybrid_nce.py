"""The term on mean rows and hard rows: its parts, its slack, and the order of its updates."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.models import Output
from vireid.terms import Batch, HybridNCE, Kept, Place
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import Labelling, LabelSpace, PseudoLabels

COUNT, SIZE, CLUSTERS = 40, 6, 5
TERM = HybridNCE("mixed", temperature=0.4, momentum=0.3, slack=1.2)


class Scene:
    """A batch of some of forty images of five clusters, and both rows of each cluster."""

    def __init__(self, seed, batch=25, confidence=False):
        generator = np.random.default_rng(seed)
        labels = np.concatenate([np.arange(CLUSTERS), generator.integers(-1, CLUSTERS, 35)])
        trust = generator.random(COUNT) if confidence else None
        self.labelling = Labelling({"mixed": PseudoLabels(labels, trust)})
        indices = generator.integers(0, COUNT, batch)
        modality = np.sort(generator.integers(0, 2, batch))
        self.batch = Batch(indices, modality)
        self.labels, self.modality = labels[indices], modality
        self.trust = self.labelling.spaces["mixed"].confidence[indices]
        rows = torch.from_numpy(generator.normal(size=(2 * CLUSTERS + batch, SIZE)))
        rows = functional.normalize(rows.float())
        means, hard, embedding = rows.split([CLUSTERS, CLUSTERS, batch])
        self.kept = Kept({"mean": means, "hard": hard})
        self.output = Output(embedding, embedding.clone().requires_grad_(), embedding)

    def parts(self, each):
        """Return the rows of each part: visible and infrared ones, or all at once."""
        sides = [0, 1] if each else [None]
        return [
            [row for row, label in enumerate(self.labels)
             if label >= 0 and (side is None or self.modality[row] == side)]
            for side in sides
        ]  # fmt: skip

    def run(self, term):
        """Return the loss with its gradient, and move the rows."""
        plans = plan_batch({"t": term}, {"t": self.kept}, self.labelling, self.batch)
        loss, _ = batch_loss({"t": term}, {"t": self.kept}, self.output, plans)
        loss.backward()
        update_terms({"t": term}, {"t": self.kept}, self.output, plans)
        return loss


def part_loss(scene, rows, leaf, term):
    """Return the loss of some rows by the formula: the means of both contrasts, and the slack."""
    weights = torch.from_numpy(scene.trust[rows]) if term.confidence else torch.ones(len(rows))
    labels = torch.from_numpy(scene.labels[rows])
    means = []
    for name in ("mean", "hard"):
        logits = leaf[rows] @ scene.kept[name].T / term.temperature
        each = functional.cross_entropy(logits, labels, reduction="none")
        means.append((weights * each).sum() / weights.sum())
    return (means[1] + (means[0] - term.slack).clamp(min=0)) / 2


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("each_modality", [False, True])
@pytest.mark.parametrize("slack", [0.0, 1.2, 9.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_loss_is_that_of_each_part(seed, slack, each_modality, confidence):
    scene = Scene(seed, confidence=confidence)
    term = replace(TERM, slack=slack, each_modality=each_modality, confidence=confidence)
    leaf = scene.output.embedding.detach().clone().requires_grad_()
    expected = sum(part_loss(scene, rows, leaf, term) for rows in scene.parts(each_modality))
    expected.backward()
    loss = scene.run(term)
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)
    assert torch.allclose(scene.output.embedding.grad, leaf.grad, atol=1e-6)


@pytest.mark.parametrize("each_modality", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_rows_move_once_for_each_part_visible_first(seed, each_modality):
    scene = Scene(seed)
    means, hard = scene.kept["mean"].clone(), scene.kept["hard"].clone()
    samples = scene.output.embedding.detach()
    for rows in scene.parts(each_modality):
        for cluster in {scene.labels[row] for row in rows}:
            own = [samples[row] for row in rows if scene.labels[row] == cluster]
            hardest = min(own, key=lambda sample, row=means[cluster]: float(sample @ row))
            for memory, target in ((means, sum(own) / len(own)), (hard, hardest)):
                moved = 0.3 * memory[cluster] + 0.7 * target
                memory[cluster] = moved / moved.norm()
    scene.run(replace(TERM, each_modality=each_modality))
    assert torch.allclose(scene.kept["mean"], means, atol=1e-6)
    assert torch.allclose(scene.kept["hard"], hard, atol=1e-6)


def test_a_batch_of_one_modality_is_one_part():
    scene = Scene(0)
    only = Batch(scene.batch.indices, np.ones_like(scene.modality))
    plan = replace(TERM, each_modality=True).plan(scene.labelling, only)
    whole = TERM.plan(scene.labelling, only)
    assert {name: array.tolist() for name, array in plan.items()} == {
        name: array.tolist() for name, array in whole.items()
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0; expected more than 0"),
        ({"momentum": 1.0}, "momentum is 1.0; expected 0 or more and less than 1"),
        ({"slack": -0.1}, "slack is -0.1; expected at least 0"),
    ],
)
def test_settings_that_cannot_be(change, message):
    term = replace(TERM, **change)
    place = Place("s", {"t": term}, {"mixed": LabelSpace()})
    assert list(term.problems(place)) == [message]
