"""The loss of a batch against a computation row by row."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import StageConfig
from vireid.losses import inter, triplet
from vireid.models import Output
from vireid.terms import Batch, Classifier, ClusterNCE, Inter, Intra, Triplet
from vireid.training.keeping import begin_terms
from vireid.training.objective import batch_loss, plan_batch, update_terms
from vireid.types import Embeddings, Labelling, PseudoLabels

COUNT, SIZE = 24, 5
BATCH = np.array([0, 3, 1, 0, 7, 12, 13, 20, 21, 23, 2, 14])


class Scene:
    """24 images in three clusters and noise, and the network's output for a batch of twelve."""

    def __init__(self):
        generator = np.random.default_rng(0)
        modality = np.repeat([0, 1], COUNT // 2)
        labels = np.tile([0, 1, 2, -1], COUNT // 4)
        self.space = PseudoLabels(labels, generator.random(COUNT))
        self.embeddings = Embeddings(
            unit(generator.normal(size=(COUNT, SIZE))),
            modality,
            generator.normal(size=(COUNT, SIZE)),
        )
        pooled = torch.tensor(generator.normal(size=(len(BATCH), SIZE)), dtype=torch.float32)
        rows = unit(generator.normal(size=(len(BATCH), SIZE)))
        embedding = torch.tensor(rows, dtype=torch.float32)
        neck = torch.tensor(generator.normal(size=(len(BATCH), SIZE)), dtype=torch.float32)
        self.output = Output(
            pooled.requires_grad_(), embedding.requires_grad_(), neck.requires_grad_()
        )
        self.batch = Batch(BATCH, modality[BATCH])

    def begin(self, terms, space=None):
        """Return what terms, a mapping or one alone, keep of the labels."""
        self.terms = terms if isinstance(terms, dict) else {"it": terms}
        labels = {term.labels: space or self.space for term in self.terms.values()}
        self.labelling = Labelling(labels)
        stage = StageConfig("s", 1, self.terms, relabel_every=0)
        self.kept = begin_terms(stage, self.labelling, self.embeddings, 0)
        return self.kept

    def loss(self, terms, space=None, output=None, batch=None):
        """Return the loss of the batch and its parts."""
        self.begin(terms, space)
        batch = batch or self.batch
        self.plans = plan_batch(self.terms, self.kept, self.labelling, batch)
        return batch_loss(self.terms, self.kept, output or self.output, self.plans)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def scene():
    """Return the scene."""
    return Scene()


def prototype(space, embeddings, label, side, features="pooled"):
    """Average the features of one label in one modality, weighted by confidence."""
    values = embeddings.features if features == "pooled" else embeddings.vectors
    total, weight = np.zeros(SIZE), 0.0
    for i in range(COUNT):
        if space.labels[i] == label and embeddings.modality[i] == side:
            total = total + space.confidence[i] * values[i].astype(float)
            weight += space.confidence[i]
    return total / weight


def memory(space, embeddings, label):
    """Return the direction of the mean of both modality means."""
    means = [
        np.mean(
            [
                embeddings.vectors[i]
                for i in range(COUNT)
                if space.labels[i] == label and embeddings.modality[i] == side
            ],
            axis=0,
        )
        for side in (0, 1)
    ]
    return unit(np.mean(means, axis=0)[None])[0]


def slow_rows(term, scene):
    """Return one value and one confidence for each row that is no noise."""
    space, embeddings, output = scene.space, scene.embeddings, scene.output
    values, weights = [], []
    for row, index in enumerate(scene.batch.indices.tolist()):
        label = int(space.labels[index])
        if label < 0:
            continue
        weights.append(float(space.confidence[index]))
        if term.loss == "cluster_nce":
            query = output.embedding[row].detach().numpy()
            logits = [query @ memory(space, embeddings, c) / term.temperature for c in range(3)]
            values.append(math.log(sum(map(math.exp, logits))) - logits[label])
        else:
            side = int(scene.batch.modality[row])
            compared = output.pooled if term.features == "pooled" else output.embedding
            centre = prototype(space, embeddings, label, side, term.features)
            away = compared[row].detach().numpy() - centre
            values.append(float((np.abs(away) if term.norm == "l1" else np.square(away)).mean()))
    return np.array(values), np.array(weights)


def test_memories_and_prototypes_are_the_centres_of_the_labelling(scene):
    kept = scene.begin({"nce": ClusterNCE("matched"), "intra": Intra("matched")})
    for label in range(3):
        np.testing.assert_allclose(
            kept["nce"]["memory"][label], memory(scene.space, scene.embeddings, label), atol=1e-6
        )
        for side in (0, 1):
            np.testing.assert_allclose(
                kept["intra"]["centres"][side, label],
                prototype(scene.space, scene.embeddings, label, side),
                atol=1e-5,
            )


@pytest.mark.parametrize("divide_by", [None, "weights", "count"])
@pytest.mark.parametrize(
    ("kind", "change"),
    [(ClusterNCE, {}), (ClusterNCE, {"temperature": 0.7}), (Intra, {}), (Intra, {"norm": "l1"}),
     (Intra, {"features": "embedding"})],
)  # fmt: skip
def test_a_term_is_the_mean_over_labelled_rows(scene, kind, change, divide_by):
    trust = {"confidence": True, "divide_by": divide_by} if divide_by else {}
    term = kind("matched", weight=0.3, **change, **trust)
    total, parts = scene.loss(term)
    values, weights = slow_rows(term, scene)
    assert len(values) == 9, "three of the twelve rows are noise"
    weights = weights if divide_by else np.ones(len(values))
    count = len(values) if divide_by == "count" else weights.sum()
    expected = (values * weights).sum() / count
    assert parts.keys() == {"it"}
    assert parts["it"].item() == pytest.approx(expected, rel=1e-5)
    assert total.item() == pytest.approx(0.3 * expected, rel=1e-5)
    both, _ = scene.loss(replace(term, each_modality=True))
    labels = scene.space.labels[scene.batch.indices]
    inside = [scene.batch.modality[labels >= 0] == side for side in (0, 1)]
    sums = [(values * weights)[side].sum() for side in inside]
    counts = [side.sum() if divide_by == "count" else weights[side].sum() for side in inside]
    assert both.item() == pytest.approx(0.3 * np.sum(np.divide(sums, counts)), rel=1e-5)


@pytest.mark.parametrize("side", [0, 1])
def test_of_a_batch_of_one_modality_there_is_one_mean(scene, side):
    alone = scene.batch.modality == side
    part = Output(*(values[torch.from_numpy(alone)] for values in scene.output))
    batch = Batch(scene.batch.indices[alone], scene.batch.modality[alone])
    term = ClusterNCE("matched")
    found = [
        scene.loss(one, output=part, batch=batch)[0]
        for one in (term, replace(term, each_modality=True))
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize(
    ("kind", "change"),
    [(Triplet, {}), (Triplet, {"margin": 0.9}), (Inter, {}), (Inter, {"features": "embedding"})],
)
def test_terms_over_pairs_never_see_noise(scene, kind, change, confidence):
    indices, output = scene.batch.indices, scene.output
    labels = torch.from_numpy(scene.space.labels[indices])
    kept = labels >= 0
    compared = output.embedding if change.get("features") else output.pooled
    modality = torch.from_numpy(scene.batch.modality)
    alone = {
        Triplet: lambda: triplet(compared[kept], labels[kept], margin=change.get("margin", 0.3)),
        Inter: lambda: inter(compared[kept], labels[kept], modality[kept]),
    }[kind]()
    weights = torch.tensor(scene.space.confidence[indices])[kept]
    weights = weights if confidence else torch.ones(len(weights))
    total, _ = scene.loss(kind("matched", confidence=confidence, **change))
    torch.testing.assert_close(total, (alone * weights).sum() / weights.sum())
    gradients = torch.autograd.grad(total, [compared])[0]
    assert (gradients[~kept] == 0).all()
    assert (gradients[kept] != 0).any()


def test_the_classifier_tells_the_labelled_rows_apart_by_their_features_after_the_neck(scene):
    output = scene.output
    total, parts = scene.loss(Classifier("matched"))
    total.backward()
    weights = scene.kept["it"]["layer"]
    assert weights.shape == (3, SIZE)
    labels = torch.from_numpy(scene.space.labels[scene.batch.indices])
    kept = labels >= 0
    logits = output.neck[kept] @ weights.T
    expected = torch.nn.functional.cross_entropy(logits, labels[kept])
    torch.testing.assert_close(parts["it"], expected.detach())
    assert (weights.grad != 0).any(1).all()
    assert torch.equal((output.neck.grad != 0).any(1), kept)
    assert output.pooled.grad is None


def test_terms_add_up_by_weight_and_only_the_sum_has_a_gradient(scene):
    terms = {
        "nce": ClusterNCE("matched", confidence=True),
        "hard": Triplet("matched", weight=2.0),
        "intra": Intra("matched", weight=0.5),
        "inter": Inter("matched", weight=0.0),
    }
    total, parts = scene.loss(terms)
    assert list(parts) == list(terms)
    expected = sum(term.weight * parts[name] for name, term in terms.items())
    torch.testing.assert_close(total.detach(), expected)
    assert not any(part.requires_grad for part in parts.values())
    total.backward()
    assert torch.isfinite(scene.output.pooled.grad).all()
    assert torch.isfinite(scene.output.embedding.grad).all()


def test_an_image_of_low_confidence_pulls_less(scene):
    first = int(scene.batch.indices[0])
    trust = np.where(np.arange(COUNT) == first, 0.0, 1.0)
    space = replace(scene.space, confidence=trust)
    scene.loss(ClusterNCE("matched", confidence=True), space=space)[0].backward()
    of_first = torch.from_numpy(scene.batch.indices == first)
    gradient = scene.output.embedding.grad
    assert (gradient[of_first] == 0).all()
    kept = torch.from_numpy(scene.space.labels[scene.batch.indices] >= 0)
    assert (gradient[kept & ~of_first] != 0).any(1).all()


@pytest.mark.parametrize("labels", [[-1] * COUNT, [-1] * 4 + [0, 1] * 10])
def test_a_space_without_labels_for_the_batch_adds_nothing(scene, labels):
    batch = Batch(np.array([0, 1, 2, 3]), np.zeros(4, dtype=np.int64))
    four = Output(*(part[:4] for part in scene.output))
    total, parts = scene.loss(ClusterNCE("mixed"), PseudoLabels(labels), four, batch)
    assert (total.item(), parts) == (0.0, {})
    assert bool(scene.kept) == (max(labels) >= 0), "without any cluster a term is left out"
    total.backward()
    assert (scene.output.embedding.grad == 0).all()


def test_a_label_of_one_modality_has_no_prototype_in_the_other(scene):
    labels = np.where(scene.embeddings.modality == 0, 0, -1)
    space = PseudoLabels(labels, np.zeros(COUNT))  # no trust at all: the plain mean
    centres = scene.begin(Intra("mixed"), space)["it"]["centres"]
    assert (centres[1] == 0).all()
    plain = scene.embeddings.features[: COUNT // 2].mean(0)
    np.testing.assert_allclose(centres[0, 0], plain, atol=1e-5)
    assert dict(scene.begin(Inter("mixed"), space)["it"]) == {}


@pytest.mark.parametrize("momentum", [0.1, 0.8])
def test_memories_move_towards_the_batch_one_sample_after_the_other(scene, momentum):
    scene.loss(ClusterNCE("matched", momentum=momentum))
    expected = scene.kept["it"]["memory"].numpy().copy()
    for row, index in enumerate(scene.batch.indices.tolist()):
        label = scene.space.labels[index]
        if label >= 0:
            moved = momentum * expected[label]
            moved = moved + (1 - momentum) * scene.output.embedding[row].detach().numpy()
            expected[label] = moved / np.linalg.norm(moved)
    update_terms(scene.terms, scene.kept, scene.output, scene.plans)
    np.testing.assert_allclose(scene.kept["it"]["memory"], expected, atol=1e-6)
    assert not scene.kept["it"]["memory"].requires_grad
