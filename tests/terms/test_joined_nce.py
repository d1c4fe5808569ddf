"""Memories that begin near those of the other modality's matched clusters."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.terms.crossed import SIDES, labelling_of, same_gradient, units
from vireid.losses import cluster_nce
from vireid.terms import ClusterNCE, JoinedNCE, Place, in_order
from vireid.terms.memory import moved_rows
from vireid.types import Embeddings, LabelSpace, Modality

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}


def begin(term, labelling, embeddings):
    return term.begin(labelling, embeddings, np.random.default_rng(0), {})["memory"].numpy()


def example(seed, sizes=(9, 7), clusters=(5, 4)):
    """Return labels with partners, and embeddings of all images."""
    generator = np.random.default_rng(seed)
    labels = [generator.integers(-1, c, n) for n, c in zip(sizes, clusters, strict=True)]
    r2i = np.append(generator.permutation(clusters[1])[:3], [-1] * (clusters[0] - 3))
    generator.shuffle(r2i)
    i2r = np.array([np.flatnonzero(r2i == j)[0] if j in r2i else -1 for j in range(clusters[1])])
    modality = np.repeat([0, 1, 0, 1], [*sizes, *clusters])
    rows = units(generator, len(modality), 6)
    return labelling_of(labels, r2i, i2r), Embeddings(rows, modality), (r2i, i2r)


def centres_of(labelling, embeddings, name):
    """Return the unit centre of each cluster, by loops."""
    space, found = labelling.spaces[name], []
    for cluster in range(space.clusters):
        rows = [row.astype(float) for row, label in zip(embeddings.vectors, space.labels,
                strict=True) if label == cluster]  # fmt: skip
        mean = sum(rows) / len(rows)
        found.append(mean / math.sqrt(mean @ mean))
    return found


@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("seed", range(3))
def test_memories_begin_between_partners_at_unit_length(seed, keep):
    labelling, embeddings, maps = example(seed)
    middles = [centres_of(labelling, embeddings, name) for name in SIDES]
    for side, name in enumerate(SIDES):
        found = begin(JoinedNCE(name, keep=keep), labelling, embeddings)
        for cluster, partner in enumerate(maps[side]):
            row = middles[side][cluster]
            if partner >= 0:
                row = keep * row + (1 - keep) * middles[1 - side][partner]
                row = row / math.sqrt(row @ row)
            np.testing.assert_allclose(found[cluster], row, atol=1e-6)


def test_clusters_without_partner_begin_at_their_centre_bit_for_bit():
    labelling, embeddings, (r2i, _) = example(0)
    joined = begin(JoinedNCE("visible"), labelling, embeddings)
    plain = begin(ClusterNCE("visible"), labelling, embeddings)
    same = (joined == plain).all(axis=1)
    assert same.tolist() == (r2i < 0).tolist()


def test_keeping_all_joins_nothing():
    labelling, embeddings, _ = example(1)
    joined = begin(JoinedNCE("infrared", keep=1.0), labelling, embeddings)
    plain = begin(ClusterNCE("infrared"), labelling, embeddings)
    np.testing.assert_allclose(joined, plain, atol=1e-7)


def test_both_modalities_can_be_joined_at_once():
    terms = {name: JoinedNCE(name) for name in SIDES}
    assert in_order(terms) == list(terms)
    labelling, embeddings, (r2i, _) = example(2)
    visible, infrared = (begin(term, labelling, embeddings) for term in terms.values())
    for cluster, partner in enumerate(r2i):  # each goes to where the other one was
        if partner >= 0:
            own, theirs = (begin(ClusterNCE(n), labelling, embeddings) for n in SIDES)
            assert visible[cluster] @ theirs[partner] > visible[cluster] @ own[cluster]
            assert infrared[partner] @ own[cluster] > infrared[partner] @ theirs[partner]


@pytest.mark.parametrize("mode", ["mean", "hard"])
def test_golden_step_of_adca_from_rows_that_are_shorter_than_one(golden, mode):
    arrays = golden("adca_step")
    momentum, temperature = float(arrays["momentum"]), float(arrays["temp"])
    total = 0.0
    for side in SIDES.values():
        memory = torch.from_numpy(arrays[f"memory_{side}"])
        labels = torch.from_numpy(arrays[f"labels_{side}"])
        raw = torch.from_numpy(arrays[f"embeddings_{side}"]).requires_grad_()
        rows = functional.normalize(raw)
        loss = cluster_nce(rows, labels, memory, temperature).mean()
        loss.backward()
        total += loss.item()
        assert loss.item() == pytest.approx(float(arrays[f"{mode}_loss_{side}"]), 1e-5, 1e-5)
        same_gradient(raw.grad.numpy(), arrays[f"{mode}_grad_{side}"])
        after = moved_rows(memory, rows, labels, momentum=momentum, hardest=mode == "hard")
        np.testing.assert_allclose(after, arrays[f"{mode}_memory_{side}_after"], atol=1e-5)
    assert total == pytest.approx(float(arrays[f"{mode}_loss"]), 1e-5, 1e-5)


def test_rescaling_changes_the_released_loss_but_not_its_lengths_after_the_first_update(golden):
    arrays = golden("adca_step")
    memory = torch.from_numpy(arrays["memory_vis"])
    labels = torch.from_numpy(arrays["labels_vis"])
    rows = functional.normalize(torch.from_numpy(arrays["embeddings_vis"]))
    short = memory.norm(dim=1) < 1 - 1e-4
    assert short.any()
    released, ours = (cluster_nce(rows, labels, m) for m in (memory, functional.normalize(memory)))
    assert (released.mean() - ours.mean()).abs() > 1e-4
    seen = torch.isin(torch.arange(len(memory)), labels)
    lengths = torch.from_numpy(arrays["mean_memory_vis_after"]).norm(dim=1)
    np.testing.assert_allclose(lengths[seen], 1, atol=1e-5)
    np.testing.assert_allclose(lengths[~seen], memory.norm(dim=1)[~seen], atol=1e-6)


def problems(term):
    return list(term.problems(Place("s", {"a": term}, OFFERED)))


def test_nothing_is_wrong_with_a_joined_term_of_either_modality():
    assert problems(JoinedNCE("visible")) == problems(JoinedNCE("infrared", keep=1.0)) == []


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (JoinedNCE("visible", keep=1.5), "keep is 1.5; expected 0 to 1"),
        (JoinedNCE("mixed"), "labels is mixed; expected labels of one mod"),
        (
            JoinedNCE("visible", matched="mixed"),
            "matched is mixed; expected labels that a m",
        ),
    ],
)
def test_what_a_joined_term_refuses(term, message):
    (found,) = problems(term)
    assert found.startswith(message)
