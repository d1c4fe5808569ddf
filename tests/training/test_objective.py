"""The loss of a batch against a computation row by row."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import StageConfig, TermConfig
from vireid.losses import inter, triplet
from vireid.models import Output
from vireid.training.objective import Rows, batch_loss, update_memories
from vireid.training.targets import make_targets
from vireid.types import Embeddings, PseudoLabels

COUNT, SIZE = 24, 5
BATCH = torch.tensor([0, 3, 1, 0, 7, 12, 13, 20, 21, 23, 2, 14])


def stage(*terms):
    """Return a stage of the terms (loss, label space)."""
    return StageConfig("s", 1, tuple(TermConfig(*term) for term in terms), relabel_every=0)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def scene(tiny):
    """Return 24 images in three clusters and noise, their targets, and a batch of twelve."""
    generator = np.random.default_rng(0)
    modality = np.repeat([0, 1], COUNT // 2)
    labels = np.tile([0, 1, 2, -1], COUNT // 4)
    space = PseudoLabels(labels, generator.random(COUNT))
    embeddings = Embeddings(
        unit(generator.normal(size=(COUNT, SIZE))), modality, generator.normal(size=(COUNT, SIZE))
    )
    terms = stage(("intra", "matched"), ("classifier", "matched"))
    targets = make_targets({"matched": space}, embeddings, terms, tiny)
    pooled = torch.tensor(generator.normal(size=(len(BATCH), SIZE)), dtype=torch.float32)
    embedding = torch.tensor(unit(generator.normal(size=(len(BATCH), SIZE))), dtype=torch.float32)
    pooled.requires_grad_()
    embedding.requires_grad_()
    neck = torch.tensor(generator.normal(size=(len(BATCH), SIZE)), dtype=torch.float32)
    rows = Rows(BATCH, torch.from_numpy(modality)[BATCH])
    return space, embeddings, targets, Output(pooled, embedding, neck.requires_grad_()), rows


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


def slow_rows(term: TermConfig, scene, temperature):
    """Return one value and one confidence for each row that is no noise."""
    space, embeddings, _, output, rows = scene
    values, weights = [], []
    for row, index in enumerate(rows.indices.tolist()):
        label = int(space.labels[index])
        if label < 0:
            continue
        weights.append(float(space.confidence[index]))
        if term.loss == "cluster_nce":
            query = output.embedding[row].detach().numpy()
            logits = [query @ memory(space, embeddings, c) / temperature for c in range(3)]
            values.append(math.log(sum(map(math.exp, logits))) - logits[label])
        else:
            side = int(rows.modality[row])
            compared = output.pooled if term.features == "pooled" else output.embedding
            centre = prototype(space, embeddings, label, side, term.features)
            away = compared[row].detach().numpy() - centre
            values.append(float((np.abs(away) if term.norm == "l1" else np.square(away)).mean()))
    return np.array(values), np.array(weights)


def test_memories_and_prototypes_are_the_centres_of_the_labelling(scene):
    space, embeddings, targets, *_ = scene
    target = targets["matched"]
    for label in range(3):
        np.testing.assert_allclose(
            target.memory.rows[label], memory(space, embeddings, label), atol=1e-6
        )
        for side in (0, 1):
            np.testing.assert_allclose(
                target.prototypes[side, label],
                prototype(space, embeddings, label, side),
                atol=1e-5,
            )


@pytest.mark.parametrize("divide_by", [None, "weights", "count"])
@pytest.mark.parametrize(
    ("loss", "change"),
    [("cluster_nce", {}), ("intra", {}), ("intra", {"norm": "l1"}),
     ("intra", {"features": "embedding"})],
)  # fmt: skip
def test_a_term_is_the_mean_over_labelled_rows(scene, tiny, loss, change, divide_by):
    space, embeddings, targets, output, rows = scene
    trust = {"confidence": True, "divide_by": divide_by} if divide_by else {}
    term = TermConfig(loss, "matched", weight=0.3, **change, **trust)
    terms = StageConfig("s", 1, (term,), relabel_every=0)
    targets = make_targets({"matched": space}, embeddings, terms, tiny)
    total, parts = batch_loss([term], output, rows, targets, tiny)
    values, weights = slow_rows(term, scene, tiny.temperature)
    assert len(values) == 9, "three of the twelve rows are noise"
    weights = weights if divide_by else np.ones(len(values))
    count = len(values) if divide_by == "count" else weights.sum()
    expected = (values * weights).sum() / count
    assert parts.keys() == {f"{loss}/matched"}
    assert parts[f"{loss}/matched"].item() == pytest.approx(expected, rel=1e-5)
    assert total.item() == pytest.approx(0.3 * expected, rel=1e-5)
    both, _ = batch_loss([replace(term, each_modality=True)], output, rows, targets, tiny)
    kept = [r for r, index in enumerate(rows.indices.tolist()) if space.labels[index] >= 0]
    inside = [rows.modality[kept].numpy() == side for side in (0, 1)]
    sums = [(values * weights)[side].sum() for side in inside]
    counts = [side.sum() if divide_by == "count" else weights[side].sum() for side in inside]
    assert both.item() == pytest.approx(0.3 * np.sum(np.divide(sums, counts)), rel=1e-5)


@pytest.mark.parametrize("side", [0, 1])
def test_of_a_batch_of_one_modality_there_is_one_mean(scene, tiny, side):
    *_, targets, output, rows = scene
    alone = rows.modality == side
    part = Output(*(values[alone] for values in output))
    term = TermConfig("cluster_nce", "matched")
    found = [
        batch_loss([t], part, Rows(rows.indices[alone], rows.modality[alone]), targets, tiny)[0]
        for t in (term, replace(term, each_modality=True))
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize(
    ("loss", "features"), [("triplet", "pooled"), ("inter", "pooled"), ("inter", "embedding")]
)
def test_terms_over_pairs_never_see_noise(scene, tiny, loss, features, confidence):
    space, _, targets, output, rows = scene
    kept = torch.from_numpy(space.labels.copy())[rows.indices] >= 0
    labels = torch.from_numpy(space.labels.copy())[rows.indices][kept]
    compared = output.pooled if features == "pooled" else output.embedding
    alone = {
        "triplet": lambda: triplet(compared[kept], labels, margin=tiny.margin),
        "inter": lambda: inter(compared[kept], labels, rows.modality[kept]),
    }[loss]()
    weights = torch.tensor(space.confidence)[rows.indices][kept]
    weights = weights if confidence else torch.ones(len(labels))
    term = TermConfig(loss, "matched", confidence=confidence, features=features)
    total, _ = batch_loss([term], output, rows, targets, tiny)
    torch.testing.assert_close(total, (alone * weights).sum() / weights.sum())
    gradients = torch.autograd.grad(total, [compared])[0]
    assert (gradients[~kept] == 0).all()
    assert (gradients[kept] != 0).any()


def test_the_classifier_tells_the_labelled_rows_apart_by_their_features_after_the_neck(scene, tiny):
    space, _, targets, output, rows = scene
    term = TermConfig("classifier", "matched")
    total, parts = batch_loss([term], output, rows, targets, tiny)
    total.backward()
    weights = targets["matched"].classifier
    assert weights.shape == (3, SIZE)
    labels = torch.from_numpy(space.labels.copy())[rows.indices]
    kept = labels >= 0
    logits = output.neck[kept] @ weights.T
    expected = torch.nn.functional.cross_entropy(logits, labels[kept])
    torch.testing.assert_close(parts["classifier/matched"], expected.detach())
    assert (weights.grad != 0).any(1).all()
    assert torch.equal((output.neck.grad != 0).any(1), kept)
    assert output.pooled.grad is None


def test_terms_add_up_by_weight_and_only_the_sum_has_a_gradient(scene, tiny):
    *_, targets, output, rows = scene
    terms = [
        TermConfig("cluster_nce", "matched", confidence=True),
        TermConfig("triplet", "matched", weight=2.0),
        TermConfig("intra", "matched", weight=0.5),
        TermConfig("inter", "matched", weight=0.0),
    ]
    total, parts = batch_loss(terms, output, rows, targets, tiny)
    expected = sum(term.weight * parts[f"{term.loss}/matched"] for term in terms)
    torch.testing.assert_close(total.detach(), expected)
    assert not any(part.requires_grad for part in parts.values())
    total.backward()
    assert torch.isfinite(output.pooled.grad).all()
    assert torch.isfinite(output.embedding.grad).all()


def test_an_image_of_low_confidence_pulls_less(scene, tiny):
    space, embeddings, _, output, rows = scene
    first = int(rows.indices[0])
    trust = np.where(np.arange(COUNT) == first, 0.0, 1.0)
    targets = make_targets(
        {"matched": replace(space, confidence=trust)},
        embeddings,
        stage(("triplet", "matched")),
        tiny,
    )
    term = TermConfig("cluster_nce", "matched", confidence=True)
    batch_loss([term], output, rows, targets, tiny)[0].backward()
    of_first = rows.indices == first
    assert (output.embedding.grad[of_first] == 0).all()
    kept = torch.from_numpy(space.labels.copy())[rows.indices] >= 0
    assert (output.embedding.grad[kept & ~of_first] != 0).any(1).all()


@pytest.mark.parametrize("labels", [[-1] * COUNT, [-1] * 4 + [0, 1] * 10])
def test_a_space_without_labels_for_the_batch_adds_nothing(scene, tiny, labels):
    _, embeddings, _, output, _ = scene
    targets = make_targets(
        {"mixed": PseudoLabels(labels)}, embeddings, stage(("triplet", "mixed")), tiny
    )
    rows = Rows(torch.tensor([0, 1, 2, 3]), torch.zeros(4, dtype=torch.int64))
    four = Output(*(part[:4] for part in output))
    total, parts = batch_loss([TermConfig("cluster_nce", "mixed")], four, rows, targets, tiny)
    assert (total.item(), parts) == (0.0, {})
    total.backward()
    assert (output.embedding.grad == 0).all()


def test_a_label_of_one_modality_has_no_prototype_in_the_other(scene, tiny):
    _, embeddings, *_ = scene
    labels = np.where(embeddings.modality == 0, 0, -1)
    space = PseudoLabels(labels, np.zeros(COUNT))  # no trust at all: the plain mean
    target = make_targets({"mixed": space}, embeddings, stage(("intra", "mixed")), tiny)["mixed"]
    assert (target.prototypes[1] == 0).all()
    plain = embeddings.features[: COUNT // 2].mean(0)
    np.testing.assert_allclose(target.prototypes[0, 0], plain, atol=1e-5)
    plain = make_targets({"mixed": space}, embeddings, stage(("inter", "mixed")), tiny)["mixed"]
    assert (plain.prototypes, plain.classifier) == (None, None)


def test_memories_move_towards_the_batch_one_sample_after_the_other(scene, tiny):
    space, _, targets, output, rows = scene
    expected = targets["matched"].memory.rows.numpy().copy()
    for row, index in enumerate(rows.indices.tolist()):
        label = space.labels[index]
        if label >= 0:
            moved = tiny.momentum * expected[label]
            moved = moved + (1 - tiny.momentum) * output.embedding[row].detach().numpy()
            expected[label] = moved / np.linalg.norm(moved)
    update_memories(targets, output, rows)
    np.testing.assert_allclose(targets["matched"].memory.rows, expected, atol=1e-6)
    assert not targets["matched"].memory.rows.requires_grad
