"""Each term alone: what it keeps, which rows it takes, its values and its update."""

import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
import torch

from vireid import losses
from vireid.models import Output
from vireid.terms import (
    SHIPPED,
    Batch,
    Classifier,
    ClusterNCE,
    CrossHybrid,
    CrossNCE,
    CrossSoft,
    DynamicPrototypes,
    HybridNCE,
    Inter,
    Intra,
    JoinedNCE,
    Kept,
    PairHybrid,
    Place,
    ProxyNCE,
    Relaxed,
    SoftNCE,
    Term,
    Triplet,
    short_name,
)
from vireid.types import Embeddings, Labelling, LabelSpace, Modality, PseudoLabels

COUNT, SIZE, CLUSTERS = 20, 6, 3
OFFERED = {
    "visible": LabelSpace(Modality.VISIBLE),
    "mixed": LabelSpace(),
    "matched": LabelSpace(confidence=True, matched=True),
}
MODALITY = np.arange(COUNT) % 2
LABELS = np.array([0, 0, 1, 1, 2, 2, -1, -1, 0, 1, 2, 0, 1, 2, -1, 0, 1, -1, 2, 2])
INDICES = np.array([0, 1, 6, 3, 8, 0, 15, 5, 14, 7, 4])
ACROSS = {CrossNCE, CrossHybrid, JoinedNCE, PairHybrid, SoftNCE, CrossSoft}
"""They need labels of one modality, a matching or another term; each has tests of its own."""
KINDS = [kind for kind in SHIPPED if kind not in ACROSS]
TERMS = [kind("matched") for kind in KINDS]
MOVED = {
    "cluster_nce": {"memory"},
    "hybrid_nce": {"mean", "hard"},
    "proxy_nce": {"mean", "hard"},
}
"""What follows the embeddings of a batch, of what terms keep."""


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def embeddings():
    generator = np.random.default_rng(0)
    rows, features = generator.normal(size=(2, COUNT, SIZE))
    return Embeddings(unit(rows), MODALITY, features)


@pytest.fixture(scope="module")
def labelling():
    trust = np.random.default_rng(1).random(COUNT)
    return Labelling({"matched": PseudoLabels(LABELS, trust), "mixed": PseudoLabels(LABELS)})


@pytest.fixture(scope="module")
def output():
    generator = np.random.default_rng(2)
    pooled, embedding, neck = generator.normal(size=(3, len(INDICES), SIZE)).astype(np.float32)
    return Output(*map(torch.from_numpy, (pooled, unit(embedding), neck)))


BATCH = Batch(INDICES, MODALITY[INDICES], epoch=2, step=1)


def begin(term, labelling, embeddings, seed=0, others=None):
    return term.begin(labelling, embeddings, np.random.default_rng(seed), others or {})


def planned(term, labelling, batch=BATCH):
    return {name: torch.from_numpy(a) for name, a in term.plan(labelling, batch).items()}


def by_name(terms):
    return pytest.mark.parametrize("term", terms, ids=lambda term: term.loss)


def test_short_names():
    assert [short_name(kind) for kind in SHIPPED] == [
        "cluster_nce", "classifier", "intra", "inter", "triplet", "hybrid_nce", "cross_nce",
        "cross_hybrid", "joined_nce", "pair_hybrid", "relaxed", "proxy_nce", "dynamic_prototypes",
        "soft_nce", "cross_soft",
    ]  # fmt: skip
    assert [term.loss for term in TERMS] == [short_name(kind) for kind in KINDS]


@by_name(TERMS)
def test_terms_are_frozen_values(term):
    assert term == type(term)("matched")
    assert hash(term) == hash(type(term)("matched"))
    assert term != type(term)("mixed")
    with pytest.raises(FrozenInstanceError):
        term.weight = 2.0
    common = [f.name for f in fields(Term)]
    assert [f.name for f in fields(term)][: len(common)] == common
    assert (term.spaces(), term.others()) == (("matched",), ())


@by_name(TERMS)
def test_beginning_needs_the_labels_and_its_generator_alone(term, labelling, embeddings):
    other = Kept({"x": torch.zeros(2)})
    one, again = (begin(term, labelling, embeddings, others={"a": other}) for _ in range(2))
    assert one.others["a"] is other
    assert list(one) == list(again)
    assert all(torch.equal(one[name], again[name]) for name in one)
    kinds = {torch.float32, torch.int64}
    assert all(value.dtype in kinds and not value.requires_grad for value in one.values())
    assert set(term.trained) <= set(one)


def test_what_each_keeps(labelling, embeddings):
    shapes = {
        term.loss: {n: tuple(v.shape) for n, v in begin(term, labelling, embeddings).items()}
        for term in TERMS
    }
    assert shapes == {
        "cluster_nce": {"memory": (CLUSTERS, SIZE)},
        "classifier": {"layer": (CLUSTERS, SIZE)},
        "intra": {"centres": (2, CLUSTERS, SIZE)},
        "inter": {},
        "triplet": {},
        "hybrid_nce": {"mean": (CLUSTERS, SIZE), "hard": (CLUSTERS, SIZE)},
        "relaxed": {},
        "proxy_nce": {
            "mean": (2 * CLUSTERS, SIZE),
            "hard": (2 * CLUSTERS, SIZE),
            "cluster": (2 * CLUSTERS,),
            "proxy": (2 * CLUSTERS,),
        },
        "dynamic_prototypes": {"bank": (16, CLUSTERS, SIZE)},
    }


def test_a_memory_is_the_direction_of_the_mean_of_both_modalities_means(labelling, embeddings):
    memory = begin(ClusterNCE("matched"), labelling, embeddings)["memory"].numpy()
    for label in range(CLUSTERS):
        means = []
        for side in (0, 1):
            rows = [
                embeddings.vectors[i]
                for i in range(COUNT)
                if LABELS[i] == label and MODALITY[i] == side
            ]
            means.append(sum(row.astype(float) for row in rows) / len(rows))
        mean = (means[0] + means[1]) / 2
        np.testing.assert_allclose(memory[label], mean / math.sqrt(mean @ mean), atol=1e-6)


def test_a_layer_is_drawn_small(labelling):
    wide = Embeddings(unit(np.ones((COUNT, 2000))), MODALITY)
    layer = begin(Classifier("matched"), labelling, wide)["layer"]
    assert layer.std() == pytest.approx(0.001, rel=0.05)
    other = begin(Classifier("matched"), labelling, wide, seed=1)["layer"]
    assert not torch.equal(layer, other)


@pytest.mark.parametrize("confidence", [False, True])
@by_name([ClusterNCE, Classifier, Intra, Triplet, Inter])
def test_a_plan_takes_the_rows_that_are_no_noise(term, labelling, confidence):
    plan = term("matched", confidence=confidence).plan(labelling, BATCH)
    rows = []
    for row, index in enumerate(INDICES):
        seen = {MODALITY[i] for i in INDICES if LABELS[i] == LABELS[index]}
        if LABELS[index] >= 0 and (term is not Inter or len(seen) == 2):
            rows.append(row)
    assert plan["rows"].tolist() == rows
    assert plan["labels"].tolist() == [LABELS[INDICES[row]] for row in rows]
    assert plan["modality"].tolist() == [MODALITY[INDICES[row]] for row in rows]
    assert ("weights" in plan) == confidence
    if confidence:
        trust = labelling.spaces["matched"].confidence
        assert plan["weights"].tolist() == [trust[INDICES[row]] for row in rows]
        assert plan["weights"].dtype == np.float32
    for name in ("rows", "labels", "modality"):
        assert plan[name].dtype == np.int64
    if term is Intra:
        centre = [LABELS[INDICES[row]] + CLUSTERS * MODALITY[INDICES[row]] for row in rows]
        assert plan["centre"].tolist() == centre


@by_name(TERMS)
def test_a_batch_of_noise_has_no_rows(term, labelling):
    noise = np.flatnonzero(LABELS < 0)
    plan = term.plan(labelling, Batch(noise, MODALITY[noise]))
    assert all(len(values) == 0 for values in plan.values())


@by_name([*TERMS, Intra("matched", norm="l1"), Intra("matched", features="embedding"),
          Inter("matched", features="embedding"), Triplet("matched", margin=1.5),
          ClusterNCE("matched", temperature=0.5)])  # fmt: skip
def test_there_is_a_value_for_each_row(term, labelling, embeddings, output):
    kept, plan = begin(term, labelling, embeddings), planned(term, labelling)
    values = term.values(kept, output, plan)
    rows, labels, sides = plan["rows"], plan["labels"], plan["modality"]
    pooled, embedding = output.pooled[rows], output.embedding[rows]
    compared = embedding if getattr(term, "features", "") == "embedding" else pooled
    match term:
        case ClusterNCE():
            logits = embedding @ kept["memory"].T / term.temperature
            expected = torch.logsumexp(logits, 1) - logits[torch.arange(len(rows)), labels]
        case Classifier():
            logits = output.neck[rows] @ kept["layer"].T
            expected = torch.logsumexp(logits, 1) - logits[torch.arange(len(rows)), labels]
        case Intra():
            away = compared - kept["centres"][sides, labels]
            expected = (away.abs() if term.norm == "l1" else away.square()).mean(1)
        case Inter():
            expected = losses.inter(compared, labels, sides)
        case Triplet():
            expected = losses.triplet(pooled, labels, margin=term.margin)
        case Relaxed():
            expected = losses.relaxed(embedding)
        case HybridNCE():
            means, hard = (losses.cluster_nce(embedding, labels, kept[n]) for n in ("mean", "hard"))
            expected = (hard + means - term.slack) / 2 if means.mean() > term.slack else hard / 2
        case DynamicPrototypes():
            expected = losses.prototype_nce(embedding, labels, kept["bank"])
        case ProxyNCE():
            total = torch.logsumexp(embedding @ kept["mean"].T / term.temperature, 1)
            own = kept["mean"].view(CLUSTERS, 2, SIZE).mean(1)[labels]
            expected = total - (embedding * own).sum(1) / term.temperature
    assert values.shape == (len(rows),)
    torch.testing.assert_close(values, expected, rtol=1e-4, atol=1e-5)


@by_name(TERMS)
def test_only_the_rows_of_the_plan_and_what_is_trained_get_a_gradient(
    term, labelling, embeddings, output
):
    kept, plan = begin(term, labelling, embeddings), planned(term, labelling)
    for name in kept:
        if kept[name].is_floating_point():
            kept[name] = kept[name].requires_grad_()
    leaves = Output(*(part.clone().requires_grad_() for part in output))
    term.values(kept, leaves, plan).sum().backward()
    others = torch.ones(len(INDICES), dtype=torch.bool)
    others[plan["rows"]] = False
    for part in leaves:
        assert part.grad is None or (part.grad[others] == 0).all()
    assert {name for name in kept if kept[name].grad is not None} == set(term.trained)


@by_name(TERMS)
def test_an_update_moves_memories_alone(term, labelling, embeddings, output):
    kept, plan = begin(term, labelling, embeddings), planned(term, labelling)
    before = {name: value.clone() for name, value in kept.items()}
    term.update(kept, output, plan)
    moved = {name for name in kept if not torch.equal(before[name], kept[name])}
    assert moved == MOVED.get(term.loss, set())


@pytest.mark.parametrize("update", ["every", "hardest"])
@pytest.mark.parametrize("momentum", [0.0, 0.1, 0.9])
def test_memories_move_sample_by_sample(labelling, embeddings, output, momentum, update):
    term = ClusterNCE("matched", momentum=momentum, memory_update=update)
    kept, plan = begin(term, labelling, embeddings), planned(term, labelling)
    expected = kept["memory"].double().numpy().copy()
    start = expected.copy()
    for label in range(CLUSTERS):
        samples = [output.embedding[row].double().numpy() for row in plan["rows"]
                   if LABELS[INDICES[row]] == label]  # fmt: skip
        if update == "hardest" and samples:
            samples = [min(samples, key=lambda sample: sample @ start[label])]
        for sample in samples:
            moved = momentum * expected[label] + (1 - momentum) * sample
            expected[label] = moved / math.sqrt(moved @ moved)
    term.update(kept, output, plan)
    np.testing.assert_allclose(kept["memory"], expected, atol=1e-6)


@by_name(TERMS)
def test_only_centres_follow_while_labels_stay(term, labelling, embeddings):
    kept = begin(term, labelling, embeddings)
    generator = np.random.default_rng(9)
    later = Embeddings(embeddings.vectors[::-1], MODALITY, generator.normal(size=(COUNT, SIZE)))
    renewed = term.renew(kept, labelling, later)
    assert term.follows == (term.loss == "intra")
    if not term.follows:
        assert renewed is kept
        return
    fresh = begin(term, labelling, later)
    assert torch.equal(renewed["centres"], fresh["centres"])
    assert not torch.equal(renewed["centres"], kept["centres"])


def test_who_needs_features_before_the_neck():
    needs = {term.loss for term in TERMS if term.needs_pooled}
    assert needs == {"intra"}
    assert not Intra("matched", features="embedding").needs_pooled


def problems(*terms, relabel_every=0):
    """Return what is wrong with the first of some terms of a stage."""
    place = Place("s", {f"t{i}": t for i, t in enumerate(terms)}, OFFERED, relabel_every)
    return list(terms[0].problems(place))


@by_name(TERMS)
def test_nothing_is_wrong_with_a_term_as_it_is(term):
    assert problems(term) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 1.0}, "start is 1.0; expected 0 or more and less than 1"),
        ({"start": float("nan")}, "start is nan; expected 0 or more and less than 1"),
        ({"weight": -1.0}, "weight is -1.0; expected at least 0"),
        ({"weight": float("inf")}, "weight is inf; expected at least 0"),
        ({"divide_by": "count"}, "divide_by applies to terms with confidence"),
    ],
)
def test_each_refuses_values_that_cannot_be(kind, change, message):
    assert problems(kind("matched", **change)) == [message]


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (ClusterNCE("own"), "labels is own; expected one of the label spaces visible, mixed,"),
        (ClusterNCE("mixed", confidence=True), "confidence is known of matched labels only, not o"),
        (ClusterNCE("visible", each_modality=True), "each_modality needs labels that both modalit"),
        (ClusterNCE("mixed", temperature=0.0), "temperature is 0.0; expected more tha"),
        (ClusterNCE("mixed", momentum=1.0), "momentum is 1.0; expected 0 or more and "),
        (Triplet("mixed", margin=-1.0), "margin is -1.0; expected at least 0"),
        (Inter("visible"), "labels is visible; expected labels that both modalities share"),
    ],
)
def test_what_only_some_ask(term, message):
    (found,) = problems(term)
    assert found.startswith(message)


def test_a_classifier_asks_for_labels_that_stay():
    (found,) = problems(Classifier("mixed"), relabel_every=2)
    assert found.endswith(
        "learns labels that stay, but relabel_every of the stage is 2; set it to 0"
    )


def test_intra_of_one_space_compares_one_kind_of_features_and_says_so_once():
    pair = Intra("mixed"), Intra("mixed", features="embedding")
    assert problems(*pair) == [
        "features are pooled and embedding in the intra terms on mixed; choose one"
    ]  # fmt: skip
    place = Place("s", {"a": pair[0], "b": pair[1]}, OFFERED)
    assert list(pair[1].problems(place)) == []
    assert problems(Intra("mixed"), Intra("matched", features="embedding")) == []


def test_kept_is_a_mapping_that_can_change():
    inner = Kept({})
    kept = Kept({"a": torch.ones(1)}, {"b": inner})
    kept["c"] = torch.zeros(2)
    del kept["a"]
    assert (list(kept), len(kept), kept.others) == (["c"], 1, {"b": inner})
    assert Kept({}).others == {}
