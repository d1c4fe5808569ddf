"""A training that goes on from a saved state ends bit-equal to one that never stopped."""

from dataclasses import replace

import pytest
import torch

from vireid.errors import CheckpointError
from vireid.runs import new_network
from vireid.terms import Classifier, Inter, Intra, Triplet
from vireid.training import EpochEnded, first_state, fit, pack, unpack


def plain(report):
    """Return what must be equal of a report."""
    spaces = report.labelling.spaces
    labels = {
        name: (s.labels.tobytes(), s.confidence.tobytes(), s.modality) for name, s in spaces.items()
    }
    matching = report.labelling.matching
    back = None if matching is None else matching.to_visible.tobytes()
    return (
        report.stage, report.epoch, report.learning_rate, report.losses, report.images,
        list(labels.items()), report.labelling.matched, back, report.signals,
    )  # fmt: skip


@pytest.fixture(scope="module", params=["labels kept for two epochs", "released code"])
def recipe(tiny, request):
    """Return a recipe of ten steps; the second one has all that a stage can own."""
    joint, aligned = tiny.stages
    if request.param == "labels kept for two epochs":
        aligned = replace(aligned, epochs=3, relabel_every=2, iterations=2)
        return replace(tiny, stages=(replace(joint, epochs=2, iterations=2), aligned))
    trusted = {"confidence": True, "divide_by": "count"}
    released = replace(
        aligned,
        name="released",
        epochs=3,
        iterations=2,
        batch_labels=3,
        init="pretrained",
        relabel_every=0,
        recentre_every=1,
        optimiser="sgd",
        backbone_rate=0.1,
        warmup_by="epoch",
        terms={
            "classifier": Classifier("matched", **trusted),
            "triplet": Triplet("matched"),
            "intra": Intra("matched", norm="l1", **trusted),
            "inter": Inter("matched"),
        },
    )
    last = replace(aligned, epochs=1, init="pretrained")
    by_hardest = (_by_hardest(stage) for stage in (joint, released, last))
    return replace(tiny, stages=tuple(by_hardest))


def _by_hardest(stage):
    """Return a stage whose memories move by the hardest sample."""
    terms = {
        name: replace(term, memory_update="hardest") if term.loss == "cluster_nce" else term
        for name, term in stage.terms.items()
    }
    return replace(stage, terms=terms)


@pytest.fixture(scope="module")
def whole(crops, recipe, train, bits):
    """Return weights and reports of an uninterrupted training."""
    course = train(crops, recipe)
    assert course.state.stage == len(recipe.stages)
    return bits(course.network), [plain(report) for report in course.reports]


@pytest.fixture(scope="module")
def events(crops, recipe, copied):
    """Return the packed state of each event, with the report where an epoch is through."""
    found = []
    for event in fit(new_network(recipe), crops, recipe):
        report = plain(event.report) if isinstance(event, EpochEnded) else None
        found.append((type(event).__name__, copied(event.state), report))
    return found


def test_there_is_an_event_for_all_that_happens(events, recipe):
    told = [name for name, *_ in events]
    expected = []
    for stage in recipe.stages:
        for epoch in range(stage.epochs):
            every = stage.relabel_every
            labelled = epoch == 0 or (every and epoch % every == 0) or stage.recentre_every
            expected += ["EpochBegun", *(["Labelled"] if labelled else [])]
            expected += [*["Stepped"] * stage.iterations, "EpochEnded"]
    assert told == expected


@pytest.mark.parametrize("part", range(7))
def test_it_may_stop_at_any_event(crops, recipe, whole, events, train, bits, part):
    for number in range(part, len(events), 7):
        other = new_network(replace(recipe, seed=5))
        begin = unpack(other, recipe, *events[number][1])
        reports = [report for *_, report in events[: number + 1] if report]
        course = train(crops, recipe, network=other, begin=begin)
        assert [*reports, *map(plain, course.reports)] == whole[1]
        assert bits(other) == whole[0]


@pytest.mark.parametrize("steps", [0, 3, 6])
def test_leaving_the_loop_leaves_a_state_to_go_on_from(
    crops, recipe, whole, stopped, copied, train, bits, steps
):
    _, state = stopped(crops, recipe, steps)
    network = new_network(replace(recipe, seed=5))
    train(crops, recipe, network=network, begin=unpack(network, recipe, *copied(state)))
    assert bits(network) == whole[0]


def test_every_epoch_leaves_a_state_to_go_on_from(recipe, events):
    ends = [values for name, (_, values), _ in events if name == "EpochEnded"]
    places = [(v["stage"], v["epoch"], v["step"]) for v in ends]
    epochs = [(n, e, 0) for n, stage in enumerate(recipe.stages) for e in range(stage.epochs)]
    assert places == [*epochs[1:], (len(recipe.stages), 0, 0)]


def test_what_is_packed_is_a_copy_of_everything(recipe, events):
    for _, (tensors, values), _ in events:
        again, more = pack(unpack(new_network(recipe), recipe, tensors, values))
        assert values == more
        assert tensors.keys() == again.keys()
        for name, value in tensors.items():
            assert torch.equal(value, again[name]), name


@pytest.mark.parametrize(
    "damage",
    ["network/neck.weight", "labels/visible", "confidence/infrared", "terms/mixed/memory",
     "stage", "groups", "spaces", "terms", "matched"],
)  # fmt: skip
def test_a_state_that_lacks_something_is_refused(recipe, events, damage):
    tensors, values = (dict(part) for part in events[1][1])
    (tensors if "/" in damage else values).pop(damage)
    with pytest.raises(CheckpointError, match="belongs to another training"):
        unpack(new_network(recipe), recipe, tensors, values)


@pytest.mark.parametrize(("given", "said"), [(None, "format 1"), (1, "format 1"), (3, "format 3")])
def test_a_state_of_another_version_is_refused_in_one_line(recipe, events, given, said):
    tensors, values = events[1][1]
    values = {name: value for name, value in values.items() if name != "format"}
    if given is not None:
        values["format"] = given
    with pytest.raises(CheckpointError, match=f"has {said}, expected 2: another version") as error:
        unpack(new_network(recipe), recipe, tensors, values)
    assert "\n" not in str(error.value)


def test_the_first_state_is_at_the_first_step(recipe):
    state = first_state(new_network(recipe), recipe)
    assert (state.stage, state.epoch, state.step) == (0, 0, 0)
    assert state.labels_are_due(recipe.stages[0])
