"""The term on proxies: a row for each cluster and modality in it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from vireid.models import Output
from vireid.terms import Batch, Kept, Place, ProxyNCE
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import Embeddings, Labelling, LabelSpace, PseudoLabels

SIZE = 6
TERM = ProxyNCE("mixed", temperature=0.4, momentum=0.3, nearest=7)


class Scene:
    """Images of which some clusters show one modality only, and a batch of them."""

    def __init__(self, seed, clusters=9, count=80, batch=25):
        generator = np.random.default_rng(seed)
        self.labels = np.concatenate([np.arange(clusters), generator.integers(-1, clusters, count)])
        self.modality = generator.integers(0, 2, len(self.labels))
        self.modality[self.labels == 1] = 0
        self.modality[self.labels == 2] = 1
        self.labelling = Labelling({"mixed": PseudoLabels(self.labels)})
        rows = torch.from_numpy(generator.normal(size=(len(self.labels) + batch, SIZE)))
        vectors, embedding = functional.normalize(rows.float()).split([len(self.labels), batch])
        self.embeddings = Embeddings(vectors.numpy(), self.modality)
        self.indices = generator.integers(0, len(self.labels), batch)
        self.batch = Batch(self.indices, self.modality[self.indices])
        self.output = Output(embedding, embedding.clone().requires_grad_(), embedding)
        self.kept = TERM.begin(self.labelling, self.embeddings, generator, {})

    def images(self, cluster, side):
        """Return the images of a cluster in a modality."""
        return np.flatnonzero((self.labels == cluster) & (self.modality == side))

    def proxies(self):
        """Return cluster and modality of each proxy, in their order."""
        halves = [(cluster, side) for cluster in range(self.labels.max() + 1) for side in (0, 1)]
        return [half for half in halves if len(self.images(*half))]

    def apart(self):
        """Let both memories differ, as they do after some steps."""
        for name in ("mean", "hard"):
            noise = torch.randn(self.kept[name].shape, generator=torch.Generator().manual_seed(3))
            self.kept[name] = functional.normalize(self.kept[name] + 0.5 * noise.roll(len(name)))
        self.kept["hard"] = functional.normalize(self.kept["hard"].roll(1, 1) + self.kept["hard"])


@pytest.mark.parametrize("seed", range(3))
def test_each_half_of_a_cluster_with_images_has_a_row_at_their_centre(seed):
    scene = Scene(seed)
    halves = scene.proxies()
    assert scene.kept["cluster"].tolist() == [cluster for cluster, _ in halves]
    for row, half in enumerate(halves):
        mean = scene.embeddings.vectors[scene.images(*half)].astype(float).mean(0)
        expected = mean / np.linalg.norm(mean)
        for name in ("mean", "hard"):
            np.testing.assert_allclose(scene.kept[name][row], expected, atol=1e-6)
    numbers = scene.kept["proxy"].tolist()
    assert len(numbers) == 2 * (scene.labels.max() + 1)
    for half, number in enumerate(numbers):
        there = divmod(half, 2) in halves
        assert number == (halves.index(divmod(half, 2)) if there else -1)


@pytest.mark.parametrize("nearest", [3, 7, 50])
@pytest.mark.parametrize("seed", range(3))
def test_values_are_half_of_both_memories(seed, nearest):
    scene = Scene(seed)
    scene.apart()
    term = replace(TERM, nearest=nearest)
    plans = plan_batch({"t": term}, {"t": scene.kept}, scene.labelling, scene.batch)
    plan = plans["t"].arrays
    values = term.values(scene.kept, scene.output, plan)
    rows = [row for row, index in enumerate(scene.indices) if scene.labels[index] >= 0]
    assert plan["rows"].tolist() == rows
    clusters = scene.kept["cluster"].tolist()
    for value, row in zip(values, rows, strict=True):
        label, halves = scene.labels[scene.indices[row]], []
        for name in ("mean", "hard"):
            scores = (scene.kept[name] @ scene.output.embedding[row] / 0.4).tolist()
            own = [s for s, cluster in zip(scores, clusters, strict=True) if cluster == label]
            others = [s for s, cluster in zip(scores, clusters, strict=True) if cluster != label]
            others = sorted(others)[::-1][: nearest - len(own)]
            total = sum(np.exp(own + others))
            halves.append(np.mean([np.log(total) - score for score in own]))
        assert value.item() == pytest.approx(np.mean(halves), abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_an_image_moves_the_rows_of_its_own_modality(seed):
    scene = Scene(seed)
    scene.apart()
    expected = {name: scene.kept[name].clone() for name in ("mean", "hard")}
    for row, half in enumerate(scene.proxies()):
        own = [embedding.detach()
               for embedding, index in zip(scene.output.embedding, scene.indices, strict=True)
               if index in scene.images(*half)]  # fmt: skip
        if own:
            before = scene.kept["mean"][row]
            hardest = min(own, key=lambda sample, before=before: float(sample @ before))
            for name, target in (("mean", sum(own) / len(own)), ("hard", hardest)):
                moved = 0.3 * expected[name][row] + 0.7 * target
                expected[name][row] = moved / moved.norm()
    plans = plan_batch({"t": TERM}, {"t": scene.kept}, scene.labelling, scene.batch)
    update_terms({"t": TERM}, {"t": scene.kept}, scene.output, plans)
    for name, rows in expected.items():
        assert torch.allclose(scene.kept[name], rows, atol=1e-6)


def test_a_half_of_both_modalities_means():
    scene = Scene(0)
    halved = {"t": replace(TERM, each_modality=True, weight=0.5)}
    plans = plan_batch(halved, {"t": scene.kept}, scene.labelling, scene.batch)
    loss, _ = batch_loss(halved, {"t": scene.kept}, scene.output, plans)
    plan = plans["t"].arrays
    values = TERM.values(scene.kept, scene.output, plan)
    sides = [values[plan["modality"] == side].mean() for side in (0, 1)]
    assert loss.item() == pytest.approx(sum(sides).item() / 2, abs=1e-6)


def test_labels_of_one_modality_have_one_row_for_each_cluster():
    scene = Scene(0)
    labels = np.where(scene.modality == 0, np.arange(len(scene.modality)) % 4, -1)
    labels = np.unique(labels, return_inverse=True)[1] - 1
    one = Labelling({"mixed": PseudoLabels(labels)})
    kept = TERM.begin(one, scene.embeddings, np.random.default_rng(0), {})
    assert kept["cluster"].tolist() == list(range(labels.max() + 1))
    assert isinstance(kept, Kept)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0; expected more than 0"),
        ({"momentum": 1.0}, "momentum is 1.0; expected 0 or more and less than 1"),
        ({"nearest": 2}, "nearest is 2; expected at least 3, as a cluster may have a proxy in each "
                         "modality"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(change, message):
    term = replace(TERM, **change)
    place = Place("s", {"t": term}, {"mixed": LabelSpace()})
    assert list(term.problems(place)) == [message]
