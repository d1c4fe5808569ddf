"""Rows of one modality against the memories of the other one."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.pretended import pretended_gpu
from tests.terms.crossed import SIDES, labelling_of, same_gradient, take_step, units
from vireid.errors import ConfigError
from vireid.losses import cluster_nce
from vireid.models import Output
from vireid.terms import Batch, ClusterNCE, CrossNCE, Kept, Place, Triplet, crossing, translated
from vireid.terms.cross import across
from vireid.types import NOISE, Labelling, LabelSpace, Modality, PseudoLabels

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}
TURNS = {"odd": ("infrared", "visible"), "even": ("visible", "infrared"), "unmatched": None}
"""For each parity: whose rows cross, and against whose memory."""


def terms_of(turn, weight=0.25, **settings):
    """Return both terms of a PGM step, and the cross term of its parity."""
    found = {name: ClusterNCE(name, **settings) for name in SIDES}
    if TURNS[turn]:
        rows, against = TURNS[turn]
        found["cross"] = CrossNCE(rows, weight=weight, against=against, **settings)
    return found


def drawn(seed, sizes=(14, 9), clusters=(6, 4), dimensions=5):
    """Return random rows, labels and unit memories of both modalities, and maps with gaps."""
    generator = np.random.default_rng(seed)
    rows = [generator.normal(size=(n, dimensions)).astype(np.float32) for n in sizes]
    labels = [generator.integers(-1, c, n) for n, c in zip(sizes, clusters, strict=True)]
    memories = [units(generator, c, dimensions) for c in clusters]
    maps = [generator.integers(-1, c, n) for n, c in zip(clusters, clusters[::-1], strict=True)]
    return rows, labels, memories, maps


def naive(rows, labels, memories, maps, turn, settings):
    """Return loss, memories and the cross loss of a step, row by row in double precision."""
    units_ = [one.astype(float) / np.linalg.norm(one, axis=1)[:, None] for one in rows]
    memories = [one.astype(float) for one in memories]
    before = [one.copy() for one in memories]

    def value(row, label, memory):
        scores = [math.exp(row @ one / settings["temperature"]) for one in memory]
        chance = scores[label] / sum(scores)
        return -((1 - chance) ** settings.get("focal", 0)) * math.log(chance)

    def move(samples, memory):
        """Move rows of a memory by (row, label) samples."""
        if settings["memory_update"] == "hardest":
            worst = {}
            for row, label in samples:
                if label not in worst or row @ memory[label] < worst[label] @ memory[label]:
                    worst[label] = row
            samples = [(row, label) for label, row in worst.items()]
        for row, label in samples:
            moved = settings["momentum"] * memory[label] + (1 - settings["momentum"]) * row
            memory[label] = moved / math.sqrt(moved @ moved)

    losses = {}
    if TURNS[turn]:
        side, other = (list(SIDES).index(name) for name in TURNS[turn])
        crossed = [(row, maps[side][label]) for row, label in zip(units_[side], labels[side],
                   strict=True) if label >= 0 and maps[side][label] >= 0]  # fmt: skip
        losses["cross"] = np.mean([value(row, to, before[other]) for row, to in crossed])
        move(crossed, memories[other])
    for side, name in enumerate(SIDES):
        own = [pair for pair in zip(units_[side], labels[side], strict=True) if pair[1] >= 0]
        losses[name] = np.mean([value(row, to, before[side]) for row, to in own])
        move(own, memories[side])
    return losses, memories


@pytest.mark.parametrize("update", ["every", "hardest"])
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(("seed", "focal"), [(0, 0.0), (1, 0.5), (2, 0.0)])
def test_a_step_is_that_of_plain_loops(seed, focal, turn, update):
    rows, labels, memories, maps = drawn(seed)
    settings = {"temperature": 0.2, "momentum": 0.3, "memory_update": update, "focal": focal}
    kept = dict(zip(SIDES, [{"memory": torch.from_numpy(m)} for m in memories], strict=True))
    found = take_step(terms_of(turn, **settings), kept, labelling_of(labels, *maps), rows)
    losses, after = naive(rows, labels, memories, maps, turn, settings)
    assert found.parts == pytest.approx(losses, abs=1e-5)
    weights = {"visible": 1, "infrared": 1, "cross": 0.25}
    assert found.loss == pytest.approx(sum(weights[n] * v for n, v in losses.items()), abs=1e-5)
    for name, expected in zip(SIDES, after, strict=True):
        np.testing.assert_allclose(found.kept[name]["memory"], expected, atol=1e-5)


@pytest.fixture
def pgm(golden):
    """Return a function that takes a step of the released trainer."""
    arrays = golden("pgm_step")

    def step(turn):
        terms = terms_of(
            turn,
            weight=float(arrays["weight_cross"]),
            temperature=float(arrays["temp"]),
            momentum=float(arrays["momentum"]),
            memory_update="hardest",
        )
        kept = {name: {"memory": torch.from_numpy(arrays[f"memory_{short}"])}
                for name, short in SIDES.items()}  # fmt: skip
        labels, rows = ([arrays[f"{what}_{short}"] for short in SIDES.values()]
                        for what in ("labels", "embeddings"))  # fmt: skip
        labelling = labelling_of(labels, arrays["r2i"], arrays["i2r"])
        return take_step(terms, kept, labelling, rows)

    return arrays, step


@pytest.mark.parametrize("turn", TURNS)
def test_golden_step_of_pgm(pgm, turn):
    arrays, step = pgm
    found = step(turn)
    assert found.loss == pytest.approx(float(arrays[f"{turn}_loss"]), 1e-5, 1e-5)
    names = {"visible": "vis", "infrared": "ir", "cross": "cross"}
    for name, value in found.parts.items():
        assert value == pytest.approx(float(arrays[f"{turn}_loss_{names[name]}"]), 1e-5, 1e-5)
    for name, short in SIDES.items():
        same_gradient(found.gradients[short], arrays[f"{turn}_clean_grad_{short}"])
        if turn == "unmatched":  # nothing moves a memory under the released gradient
            same_gradient(found.gradients[short], arrays[f"{turn}_grad_{short}"])
        after = arrays[f"{turn}_memory_{short}_after"]
        np.testing.assert_allclose(found.kept[name]["memory"], after, atol=1e-5)


@pytest.mark.parametrize("turn", ["odd", "even"])
def test_the_released_gradient_sees_rows_that_the_cross_update_has_moved(pgm, turn):
    arrays, step = pgm
    clean, (across, moved) = step(turn).gradients, (SIDES[name] for name in TURNS[turn])
    same_gradient(clean[across], arrays[f"{turn}_grad_{across}"])
    theirs = arrays[f"{turn}_grad_{moved}"]
    assert np.abs(theirs - clean[moved]).max() > 0.1 * np.abs(theirs).max()
    # theirs is ours plus what the cross update moved under it
    memory = torch.from_numpy(arrays[f"memory_{moved}"])
    raw = torch.from_numpy(arrays[f"embeddings_{moved}"]).requires_grad_()
    embeddings, temperature = functional.normalize(raw), float(arrays["temp"])
    own = torch.from_numpy(arrays[f"labels_{moved}"])
    shares = (embeddings @ memory.T / temperature).softmax(1).detach()
    pulls = (shares - functional.one_hot(own, len(memory))) / (temperature * len(own))
    embeddings.backward(pulls @ (moved_by_cross(arrays, across, memory) - memory))
    same_gradient(clean[moved] + raw.grad.numpy(), theirs)


def moved_by_cross(arrays, across, memory):
    """Return the other modality's memory after the cross update alone, by the hardest sample."""
    to = arrays["r2i" if across == "vis" else "i2r"][arrays[f"labels_{across}"]]
    rows = functional.normalize(torch.from_numpy(arrays[f"embeddings_{across}"]))
    found, momentum = memory.clone(), float(arrays["momentum"])
    for cluster in set(to.tolist()) - {NOISE}:
        samples = rows[torch.from_numpy(to == cluster)]
        worst = samples[(samples @ memory[cluster]).argmin()]
        mixed = momentum * memory[cluster] + (1 - momentum) * worst
        found[cluster] = mixed / mixed.norm()
    return found


def test_the_cross_update_comes_before_the_own_one(pgm):
    arrays, step = pgm
    found = step("odd").kept["visible"]["memory"]
    own = step("unmatched").kept["visible"]["memory"]
    late = moved_by_cross(arrays, "ir", own)
    assert (late - found).abs().max() > 0.1


def test_labels_are_translated_both_ways():
    labels = [np.array([0, 2, -1, 1]), np.array([1, 0, -1])]
    labelling = labelling_of(labels, np.array([1, -1, 0]), np.array([2, 0]))
    all_rows = np.arange(7)
    assert translated(labelling, "visible", all_rows).tolist() == [1, 0, -1, -1, -1, -1, -1]
    assert translated(labelling, "infrared", all_rows).tolist() == [-1, -1, -1, -1, 0, 2, -1]
    batch = Batch(np.array([5, 0, 3, 1]), np.array([1, 0, 0, 0]))
    plan = crossing(CrossNCE("visible", against="x"), labelling, batch)
    assert {name: a.tolist() for name, a in plan.items()} == {
        "rows": [1, 3], "labels": [1, 0], "modality": [0, 0],
    }  # fmt: skip


def test_a_batch_without_partners_has_no_rows():
    labels = [np.array([0, 1]), np.array([0, 0])]
    labelling = labelling_of(labels, np.array([-1, -1]), np.array([-1]))
    batch = Batch(np.arange(4), np.array([0, 0, 1, 1]))
    for space in SIDES:
        plan = CrossNCE(space, against="x").plan(labelling, batch)
        assert all(values.size == 0 for values in plan.values())


def test_it_keeps_nothing_and_names_whose_memory_it_uses():
    other = Kept({"memory": torch.eye(3)})
    term = CrossNCE("visible", against="infrared")
    kept = term.begin(None, None, np.random.default_rng(0), {"infrared": other})
    assert (dict(kept), kept.others["infrared"]) == ({}, other)
    assert (term.spaces(), term.others()) == (("visible", "matched"), ("infrared",))
    assert term.loss == "cross_nce"


def test_values_are_those_of_cluster_nce_against_the_other_memory():
    generator = np.random.default_rng(0)
    rows, memory = (torch.from_numpy(units(generator, n, 6)) for n in (5, 4))
    kept = Kept({}, {"infrared": Kept({"memory": memory})})
    plan = {"rows": torch.tensor([1, 3]), "labels": torch.tensor([2, 0])}
    term = CrossNCE("visible", against="infrared", temperature=0.3)
    values = term.values(kept, Output(rows, rows, rows), plan)
    assert torch.equal(values, cluster_nce(rows[[1, 3]], plan["labels"], memory, 0.3))


def problems(term, **others):
    place = Place("s", {"mine": term, **others}, OFFERED)
    return list(term.problems(place))


def test_nothing_is_wrong_with_a_cross_term_on_the_other_modality():
    assert problems(CrossNCE("visible", against="a"), a=ClusterNCE("infrared")) == []


@pytest.mark.parametrize(
    ("settings", "other", "message"),
    [
        (
            {"against": "b"},
            ClusterNCE("infrared"),
            "against is b; expected one of the stage's o",
        ),
        (
            {"against": ""},
            ClusterNCE("infrared"),
            "against is ''; expected one of the stage's o",
        ),
        ({}, Triplet("infrared"), "against is a, which keeps no memories that"),
        (
            {},
            CrossNCE("infrared", against="mine"),
            "against is a, which keeps no memories that",
        ),
        (
            {},
            ClusterNCE("visible"),
            "against is a, which is on the same modality; expected",
        ),
        (
            {},
            ClusterNCE("mixed"),
            "against is a, which is on mixed; expected a term",
        ),
        (
            {"labels": "mixed"},
            ClusterNCE("infrared"),
            "labels is mixed; expected labels of one mod",
        ),
        (
            {"matched": "mixed"},
            ClusterNCE("infrared"),
            "matched is mixed; expected labels that a matching made (matched)",
        ),
        (
            {"matched": "no"},
            ClusterNCE("infrared"),
            "matched is no; expected one of the label s",
        ),
        ({"focal": -1.0}, ClusterNCE("infrared"), "focal is -1.0; expected at least 0"),
    ],
)
def test_what_a_cross_term_refuses(settings, other, message):
    given = {"labels": "visible", "against": "a"} | settings
    (found,) = problems(CrossNCE(**given), a=other)
    assert found.startswith(message)


@pytest.mark.parametrize("update", ["every", "hardest"])
def test_no_gpu_waits_for_a_cross_term(update):
    rows, labels, memories, maps = drawn(0)
    labelling = labelling_of(labels, *maps)
    batch = Batch(np.arange(23), np.repeat([0, 1], [14, 9]))
    term = CrossNCE("visible", against="a", memory_update=update, focal=0.5)
    plan = {name: torch.from_numpy(a) for name, a in term.plan(labelling, batch).items()}
    with pretended_gpu() as record:
        there = {name: value.to("cuda") for name, value in plan.items()}
        kept = Kept({}, {"a": Kept({"memory": torch.from_numpy(memories[1]).to("cuda")})})
        embedding = functional.normalize(torch.from_numpy(np.concatenate(rows)).to("cuda"))
        output = Output(embedding, embedding, embedding)
        record.clear()
        term.values(kept, output, there)
        term.update(kept, output, there)
        assert not record.waits, record.told()
        assert not record.mixed


def test_a_labeller_without_a_matching_is_told_of():
    labels = {name: PseudoLabels(np.array([0, -1]), modality=i) for i, name in enumerate(SIDES)}
    batch = Batch(np.arange(2), np.array([0, 0]))
    with pytest.raises(ConfigError, match="the labeller gave no matching, which terms on visible"):
        CrossNCE("visible", against="infrared").plan(Labelling(labels), batch)
    with pytest.raises(ConfigError, match="gave no labels of the other modality, which terms on v"):
        across(Labelling({"visible": labels["visible"]}), "visible")
