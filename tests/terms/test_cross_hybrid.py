"""Rows of one modality against the mean and the hard memories of the other one, and of pairs."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.pretended import pretended_gpu
from tests.terms.crossed import SIDES, labelling_of, same_gradient, take_step, units
from vireid.models import Output
from vireid.terms import (
    Batch,
    ClusterNCE,
    CrossHybrid,
    HybridNCE,
    Kept,
    PairHybrid,
    Place,
    Relaxed,
)
from vireid.types import LabelSpace, Modality

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}
TURNS = {"odd": ("infrared", "visible"), "even": ("visible", "infrared")}
"""For each parity: whose rows cross, and against whose memories."""


def terms_of(turn, pair=False, weight=0.25, pair_weight=0.5, **settings):
    """Return the hybrid terms of a step: both own ones, the cross one, and those of pairs."""
    rows, against = TURNS[turn]
    found = {name: HybridNCE(name, **settings) for name in SIDES}
    found["cross"] = CrossHybrid(rows, weight=weight, against=against, **settings)
    if pair:
        found["pair"] = PairHybrid("infrared", weight=pair_weight, **settings)
        found["to_pair"] = CrossHybrid("visible", weight=pair_weight, against="pair", **settings)
    return found


def off_in(turn):
    """Return the term of pairs that is off: infrared rows count in odd epochs, visible in even."""
    return ("to_pair",) if turn == "odd" else ("pair",)


def hybrid(memory):
    """Return what a hybrid term keeps: the first half are mean rows, the others hard rows."""
    mean, hard = torch.from_numpy(memory).chunk(2)
    return {"mean": mean, "hard": hard}


def both(kept):
    """Return mean rows and hard rows one behind the other."""
    return torch.cat([kept["mean"], kept["hard"]]).numpy()


def drawn(seed, sizes=(14, 9), clusters=(6, 4), dimensions=5):
    """Return random rows, labels and hybrid memories, also of pairs, and maps with gaps."""
    generator = np.random.default_rng(seed)
    rows = [generator.normal(size=(n, dimensions)).astype(np.float32) for n in sizes]
    labels = [generator.integers(-1, c, n) for n, c in zip(sizes, clusters, strict=True)]
    counts = dict(zip(SIDES, clusters, strict=True)) | {"pair": clusters[1]}
    kept = {name: units(generator, 2 * count, dimensions) for name, count in counts.items()}
    maps = [generator.integers(-1, c, n) for n, c in zip(clusters, clusters[::-1], strict=True)]
    return rows, labels, kept, maps


class Slow:
    """A hybrid memory by plain loops in double precision."""

    def __init__(self, memory, temperature, momentum, slack):
        self.mean, self.hard = np.split(memory.astype(float), 2)
        self.before = self.mean.copy(), self.hard.copy()
        self.temperature, self.momentum, self.slack = temperature, momentum, slack

    def loss(self, samples):
        """Return the loss of (row, label) pairs against the rows as they were."""
        found = []
        for memory in self.before:
            values = []
            for row, label in samples:
                scores = [math.exp(row @ one / self.temperature) for one in memory]
                values.append(-math.log(scores[label] / sum(scores)))
            found.append(sum(values) / len(values))
        return (found[1] + max(0.0, found[0] - self.slack)) / 2

    def move(self, samples):
        """Move both rows of each label once."""
        for label in {label for _, label in samples}:
            rows = [row for row, own in samples if own == label]
            worst = min(rows, key=lambda row, label=label: row @ self.mean[label])
            for memory, target in ((self.mean, sum(rows) / len(rows)), (self.hard, worst)):
                moved = self.momentum * memory[label] + (1 - self.momentum) * target
                memory[label] = moved / math.sqrt(moved @ moved)


@pytest.mark.parametrize("pair", [False, True])
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(("seed", "slack"), [(0, 0.2), (1, 0.0), (2, 3.0), (3, 0.2)])
def test_a_step_is_that_of_plain_loops(seed, slack, turn, pair):
    rows, labels, kept, maps = drawn(seed)
    settings = {"temperature": 0.3, "momentum": 0.2, "slack": slack}
    found = take_step(
        terms_of(turn, pair, **settings),
        {name: hybrid(memory) for name, memory in kept.items()},
        labelling_of(labels, *maps),
        rows,
        off_in(turn),
    )
    slow = {name: Slow(memory, **settings) for name, memory in kept.items()}
    own, crossed = {}, {}
    for side, name in enumerate(SIDES):
        unit = [row / np.linalg.norm(row) for row in rows[side].astype(float)]
        own[name] = [p for p in zip(unit, labels[side].tolist(), strict=True) if p[1] >= 0]
        crossed[name] = [(row, maps[side][to]) for row, to in own[name] if maps[side][to] >= 0]
    source, against = TURNS[turn]
    losses = {name: slow[name].loss(own[name]) for name in SIDES}
    losses["cross"] = slow[against].loss(crossed[source])
    slow[against].move(crossed[source])
    for name in SIDES:
        slow[name].move(own[name])
    if pair:
        samples = own["infrared"] if turn == "odd" else crossed["visible"]
        losses["pair" if turn == "odd" else "to_pair"] = slow["pair"].loss(samples)
        slow["pair"].move(samples)
    assert found.parts == pytest.approx(losses, abs=1e-5)
    for name in (*SIDES, *(["pair"] if pair else [])):
        after = np.concatenate([slow[name].mean, slow[name].hard])
        np.testing.assert_allclose(both(found.kept[name]), after, atol=1e-5)


@pytest.fixture
def released(golden):
    """Return a function that takes a step of a released trainer."""

    def step(name, turn, **changes):
        arrays = golden(name) | changes
        pair = "memory_pair" in arrays
        terms = terms_of(
            turn,
            pair,
            weight=float(arrays["weight_cross"]),
            pair_weight=float(arrays.get("weight_pair", 0)),
            temperature=float(arrays["temp"]),
            momentum=float(arrays["momentum"]),
            slack=float(arrays["margin"]),
        )
        if pair:
            heavy = float(arrays["weight_relaxed"])
            terms |= {f"near_{n}": Relaxed(n, weight=heavy, features="neck") for n in SIDES}
        shorts = SIDES | ({"pair": "pair"} if pair else {})
        kept = {n: hybrid(arrays[f"memory_{short}"]) for n, short in shorts.items()}
        labels, rows = ([arrays[f"{what}_{short}"] for short in SIDES.values()]
                        for what in ("labels", "embeddings"))  # fmt: skip
        labelling = labelling_of(labels, arrays["r2i"], arrays["i2r"])
        return arrays, take_step(terms, kept, labelling, rows, off_in(turn))

    return step


STEPS = pytest.mark.parametrize("turn", TURNS)
NAMES = pytest.mark.parametrize("name", ["pclhd_step", "rpnr_step"])


@STEPS
@NAMES
def test_golden_step(released, name, turn):
    arrays, found = released(name, turn)
    # the term of PCLHD that reaches no parameter is not in it
    total = arrays.get(f"{turn}_loss_without_dynamic", arrays[f"{turn}_loss"])
    assert found.loss == pytest.approx(float(total), 1e-5, 1e-5)
    shorts = SIDES | {"cross": "cross", "pair": "pair", "to_pair": "pair"}
    for part in found.parts.keys() & shorts.keys():
        expected = float(arrays[f"{turn}_loss_{shorts[part]}"])
        assert found.parts[part] == pytest.approx(expected, 1e-5, 1e-5)
    for short in SIDES.values():
        same_gradient(found.gradients[short], arrays[f"{turn}_clean_grad_{short}"])
    for part in found.kept.keys() & {*SIDES, "pair"}:
        after = arrays[f"{turn}_memory_{shorts[part]}_after"]
        np.testing.assert_allclose(both(found.kept[part]), after, atol=1e-5)


@STEPS
@NAMES
def test_the_released_gradient_sees_rows_that_the_cross_update_has_moved(released, name, turn):
    arrays, found = released(name, turn)
    across, moved = (SIDES[side] for side in TURNS[turn])
    same_gradient(found.gradients[across], arrays[f"{turn}_grad_{across}"])
    theirs = arrays[f"{turn}_grad_{moved}"]
    assert np.abs(theirs - found.gradients[moved]).max() > 0.1 * np.abs(theirs).max()


def test_a_row_of_zeros_costs_all_alike_and_is_filled_by_the_first_sample(released):
    arrays, found = released("rpnr_step", "even")
    mean, hard = hybrid(arrays["memory_pair"]).values()
    to = arrays["r2i"][arrays["labels_vis"]]
    empty = [row for row in range(len(mean)) if not mean[row].any() and (to == row).any()]
    assert empty
    assert not hard[empty].any()
    after, ones = found.kept["pair"], arrays["memory_pair"].copy()
    for row in empty:
        samples = functional.normalize(torch.from_numpy(arrays["embeddings_vis"][to == row]))
        assert torch.allclose(after["hard"][row], samples[0], atol=1e-5)
        middle = functional.normalize(samples.mean(0), dim=0)
        assert torch.allclose(after["mean"][row], middle, atol=1e-5)
        ones[[row, row + len(mean)]] = samples[0].numpy()
    # a row of unit length in its place changes the loss: ours has no other
    _, other = released("rpnr_step", "even", memory_pair=ones)
    assert abs(other.parts["to_pair"] - found.parts["to_pair"]) > 1e-3


def test_it_keeps_nothing_and_names_whose_memories_it_uses():
    other = Kept({"mean": torch.eye(3), "hard": torch.eye(3)})
    term = CrossHybrid("visible", against="infrared")
    kept = term.begin(None, None, np.random.default_rng(0), {"infrared": other})
    assert (dict(kept), kept.others["infrared"]) == ({}, other)
    assert (term.spaces(), term.others()) == (("visible", "matched"), ("infrared",))
    assert term.loss == "cross_hybrid"


def test_a_batch_without_partners_has_no_rows():
    labels = [np.array([0, 1]), np.array([0, 0])]
    labelling = labelling_of(labels, np.array([-1, -1]), np.array([-1]))
    batch = Batch(np.arange(4), np.array([0, 0, 1, 1]))
    for space in SIDES:
        assert not CrossHybrid(space, against="x").plan(labelling, batch)["rows"].size


def problems(term, **others):
    return list(term.problems(Place("s", {"mine": term, **others}, OFFERED)))


@pytest.mark.parametrize("other", [HybridNCE("infrared"), PairHybrid("infrared")])
def test_nothing_is_wrong_with_a_cross_term_on_the_other_modality(other):
    assert problems(CrossHybrid("visible", against="a"), a=other) == []


@pytest.mark.parametrize(
    ("settings", "other", "message"),
    [
        (
            {"against": "b"},
            HybridNCE("infrared"),
            "against is b; expected one of the stage's o",
        ),
        ({}, ClusterNCE("infrared"), "against is a, which keeps no memories that"),
        (
            {},
            CrossHybrid("infrared", against="mine"),
            "against is a, which keeps no memories that",
        ),
        (
            {},
            PairHybrid("visible"),
            "against is a, which is on the same modality; expected",
        ),
        (
            {},
            HybridNCE("mixed"),
            "against is a, which is on mixed; expected a term",
        ),
        (
            {"labels": "mixed"},
            HybridNCE("infrared"),
            "labels is mixed; expected labels of one mod",
        ),
        ({"slack": -1.0}, HybridNCE("infrared"), "slack is -1.0; expected at least 0"),
    ],
)
def test_what_a_cross_term_refuses(settings, other, message):
    given = {"labels": "visible", "against": "a"} | settings
    (found,) = problems(CrossHybrid(**given), a=other)
    assert found.startswith(message)


def test_no_gpu_waits_for_a_cross_term():
    rows, labels, memories, maps = drawn(0)
    labelling = labelling_of(labels, *maps)
    batch = Batch(np.arange(23), np.repeat([0, 1], [14, 9]))
    term = CrossHybrid("visible", against="a")
    plan = {name: torch.from_numpy(a) for name, a in term.plan(labelling, batch).items()}
    with pretended_gpu() as record:
        there = {name: value.to("cuda") for name, value in plan.items()}
        kept = {name: value.to("cuda") for name, value in hybrid(memories["infrared"]).items()}
        embedding = functional.normalize(torch.from_numpy(np.concatenate(rows)).to("cuda"))
        output = Output(embedding, embedding, embedding)
        record.clear()
        term.values(Kept({}, {"a": Kept(kept)}), output, there)
        term.update(Kept({}, {"a": Kept(kept)}), output, there)
        assert not record.waits, record.told()
        assert not record.mixed
