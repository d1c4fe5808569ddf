"""Terms whose targets the nearest images share out, within a modality and across."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.terms.crossed import SIDES, same_gradient
from tests.terms.soft import EPOCHS, begun, drawn, released_step, take_step, terms_of, told
from vireid.terms import Batch, ClusterNCE, CrossSoft, Place, SoftNCE
from vireid.types import NOISE, LabelSpace, Modality

OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "infrared": LabelSpace(Modality.INFRARED),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}


def naive_shared(rows, voters, labels, own, k, sharpness):
    """Return the shares [C] and the trust of an image by its nearest images, in plain Python."""
    clusters = max(labels) + 1
    order = sorted(range(len(voters)), key=lambda i: -float(rows @ voters[i]))
    near = [labels[i] for i in order[:k]]
    votes = [0.0] * clusters
    for cluster in range(clusters):
        count = near.count(cluster)
        size = sum(1 for label in labels if label == cluster)
        votes[cluster] = count / (len(near) - count + size)
    if not sum(votes):
        return [float(c == own) for c in range(clusters)], 0.0
    shares = [vote / sum(votes) for vote in votes]
    return shares, math.exp(-sharpness * (1 - shares[own]) ** 2)


def naive_value(row, memory, shares, own, settings):
    """Return the cross-entropy of the mixed target of one row."""
    scores = [float(row @ one) / settings["temperature"] for one in memory]
    total = math.log(sum(math.exp(score) for score in scores))
    value = settings["share"] * (total - scores[own])
    for share, score in zip(shares, scores, strict=True):
        value += (1 - settings["share"]) * share * (total - score)
    return value


@pytest.mark.parametrize("turn", EPOCHS)
@pytest.mark.parametrize(("seed", "k"), [(0, 5), (1, 1), (2, 60), (3, 12)])
def test_values_are_those_of_plain_loops(seed, k, turn):
    rows, labels, maps = drawn(seed)
    settings = {"k": k, "share": 0.6, "sharpness": 3.0, "temperature": 0.2}
    terms = terms_of(**settings)
    embeddings, labelling = told(rows, labels, maps, max(k, 20))
    kept = begun(terms, labelling, embeddings)
    memories = {name: kept[name]["memory"].double().numpy().copy() for name in SIDES}
    generator = np.random.default_rng(seed)
    indices = generator.integers(0, len(embeddings), 20)
    raw = generator.normal(size=(20, 8)).astype(np.float32)
    batch = Batch(indices, embeddings.modality[indices], epoch=EPOCHS[turn])
    _, parts, _ = take_step(terms, kept, labelling, raw, batch)
    vectors = embeddings.vectors.astype(float)
    halves = [vectors[embeddings.modality == side] for side in (0, 1)]
    expected = {name: [] for name in parts}
    for image, row in zip(indices, raw.astype(float), strict=True):
        side = embeddings.modality[image]
        mine = labels[side][image - side * len(labels[0])]
        unit = row / math.sqrt(row @ row)
        crosses = {0: "even", 1: "odd"}[side] == turn
        looks = [(list(SIDES)[side], side, mine)]
        if crosses:
            looks.append((("forth", "back")[side], 1 - side, maps[side][mine]))
        for name, other, own in looks:
            if mine == NOISE or own == NOISE:
                continue
            there = labels[other].tolist()
            shares, trust = naive_shared(
                vectors[image], halves[other], there, own, k, settings["sharpness"]
            )
            memory = memories[list(SIDES)[other]]
            expected[name].append(trust * naive_value(unit, memory, shares, own, settings))
    assert set(parts) == {*SIDES, {"odd": "back", "even": "forth"}[turn]}
    means = {name: np.mean(values) for name, values in expected.items()}
    assert parts == pytest.approx(means, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("turn", ["odd", "even", "unmatched"])
def test_golden_step_of_nulc(golden, turn):
    arrays, (loss, parts, gradient, kept, _) = released_step(golden, turn)
    assert loss == pytest.approx(float(arrays[f"{turn}_loss"]), 1e-5, 1e-5)
    names = {"visible": "vis", "infrared": "ir", "forth": "cross", "back": "cross"}
    assert len(parts) == (2 if turn == "unmatched" else 3)
    for name, value in parts.items():
        assert value == pytest.approx(float(arrays[f"{turn}_loss_{names[name]}"]), 1e-5, 1e-5)
    split = np.split(gradient, [len(arrays["embeddings_vis"])])
    for (name, short), found in zip(SIDES.items(), split, strict=True):
        same_gradient(found, arrays[f"{turn}_clean_grad_{short}"])
        if turn == "unmatched":  # nothing moves a memory under the released gradient
            same_gradient(found, arrays[f"{turn}_grad_{short}"])
        after = arrays[f"{turn}_memory_{short}_after"]
        np.testing.assert_allclose(kept[name]["memory"], after, atol=1e-5)


@pytest.mark.parametrize("term", ["visible", "infrared", "forth", "back"])
def test_golden_targets_of_the_rows_of_a_step(golden, term):
    turn = "even" if term == "forth" else "odd"
    arrays, (*_, kept, batch) = released_step(golden, turn)
    side, suffix = term, ""
    if term in ("forth", "back"):
        side, suffix = {"forth": "visible", "back": "infrared"}[term], "_cross"
    images = batch.indices[batch.modality == list(SIDES).index(side)]
    expected = arrays[f"prob_{SIDES[side]}{suffix}"]
    clusters, targets = (kept[term][name][images].numpy() for name in ("clusters", "targets"))
    found, share = np.zeros_like(expected), float(arrays["share_onehot"])
    np.add.at(found, (np.arange(len(images))[:, None], clusters[:, 1:]), targets[:, 1:])
    np.testing.assert_allclose(found / (1 - share), expected, atol=1e-6)
    weight = arrays[f"weight_{SIDES[side]}{suffix}"]
    np.testing.assert_allclose(kept[term]["trust"][images], weight, atol=1e-6)


def test_little_trust_silences_a_term():
    rows, labels, maps = drawn(0)
    embeddings, labelling = told(rows, labels, maps, 8)
    indices = np.arange(40)
    batch = Batch(indices, embeddings.modality[indices])
    raw, losses = rows[0], []
    for sharpness in (0.0, 10.0, 1000.0):
        terms = {"visible": SoftNCE("visible", k=8, sharpness=sharpness)}
        kept = begun(terms, labelling, embeddings)
        losses.append(take_step(terms, kept, labelling, raw, batch)[0])
    assert losses[0] > 1.5 * losses[1] > 100 * losses[2] >= 0


def test_they_ask_for_as_many_nearest_images_as_they_look_at():
    rows, labels, maps = drawn(2)
    one, other = SoftNCE("visible", k=4), CrossSoft("visible", against="infrared", k=7)
    assert (one.needs_neighbours, other.needs_neighbours) == (4, 7)
    for term in (one, other):
        found = []
        for told_of in (term.k, 20):
            embeddings, labelling = told(rows, labels, maps, told_of)
            found.append(term.begin(labelling, embeddings, np.random.default_rng(0), {}))
        assert found[0]["targets"].shape == (65, term.k + 1)
        assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_what_they_keep():
    rows, labels, maps = drawn(0)
    embeddings, labelling = told(rows, labels, maps, 5)
    kept = begun(terms_of(k=5), labelling, embeddings)
    of_images = {"clusters", "targets", "trust"}
    assert {name: set(one) - of_images for name, one in kept.items()} == {
        "visible": {"memory"}, "infrared": {"memory"}, "back": set(), "forth": set(),
    }  # fmt: skip
    for one in kept.values():
        assert (one["clusters"].dtype, one["targets"].dtype) == (torch.int64, torch.float32)
    memory = ClusterNCE("visible").begin(labelling, embeddings, np.random.default_rng(0), {})
    assert torch.equal(kept["visible"]["memory"], memory["memory"])
    assert kept["back"].others["visible"] is kept["visible"]
    noise = labelling.spaces["visible"].labels == NOISE
    assert (kept["visible"]["trust"][noise] == 0).all()


def problems(term, **others):
    place = Place("s", {"mine": term, **others}, OFFERED)
    return list(term.problems(place))


@pytest.mark.parametrize("term", [SoftNCE("visible"), CrossSoft("visible", against="a")])
def test_nothing_is_wrong_with_them_as_they_are(term):
    assert problems(term, a=SoftNCE("infrared")) == []
    assert problems(term, a=ClusterNCE("infrared")) == []


@pytest.mark.parametrize("term", [SoftNCE("visible"), CrossSoft("visible", against="a")])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 0}, "k is 0; expected at least 1"),
        ({"share": 1.5}, "share is 1.5; expected 0 to 1"),
        ({"share": float("nan")}, "share is nan; expected 0 to 1"),
        ({"sharpness": -1.0}, "sharpness is -1.0; expected at least 0"),
        ({"focal": 0.5}, "focal is 0.5, which applies to targets of one cluster alone"),
        ({"labels": "mixed"}, "labels is mixed; expected labels of one modality"),
        ({"temperature": 0.0}, "temperature is 0.0; expected more than 0"),
    ],
)
def test_what_both_refuse(term, change, message):
    found = problems(replace(term, **change), a=SoftNCE("infrared"))
    assert found == [message]
