"""A training that goes on from a saved state ends bit-equal to one that never stopped."""

from dataclasses import replace

import pytest
import torch

from vireid.config import TermConfig
from vireid.errors import CheckpointError
from vireid.runs import new_network
from vireid.training import first_state, fit, pack, unpack


def plain(report):
    """Return what must be equal of a report."""
    spaces = report.labelling.spaces
    labels = {name: (s.labels.tobytes(), s.confidence.tobytes()) for name, s in spaces.items()}
    return (
        report.stage, report.epoch, report.learning_rate, report.losses, report.images,
        list(labels.items()), report.signals,
    )  # fmt: skip


def bits(network):
    return {name: value.numpy().tobytes() for name, value in network.state_dict().items()}


@pytest.fixture(scope="module", params=["labels kept for two epochs", "released code"])
def recipe(tiny, request):
    """Return a recipe of thirteen steps; the second one has all that a stage can own."""
    joint, aligned = tiny.stages
    if request.param == "labels kept for two epochs":
        aligned = replace(aligned, epochs=3, relabel_every=2, iterations=3)
        return replace(tiny, stages=(replace(joint, epochs=2, iterations=2), aligned))
    trusted = {"confidence": True, "divide_by": "count"}
    released = replace(
        aligned,
        name="released",
        epochs=3,
        iterations=3,
        batch_labels=3,
        init="pretrained",
        relabel_every=0,
        recentre_every=1,
        optimiser="sgd",
        backbone_rate=0.1,
        warmup_by="epoch",
        terms=(
            TermConfig("classifier", "matched", **trusted),
            TermConfig("triplet", "matched"),
            TermConfig("intra", "matched", norm="l1", **trusted),
            TermConfig("inter", "matched"),
        ),
    )
    last = replace(aligned, epochs=1, init="pretrained")
    return replace(tiny, stages=(joint, released, last), memory_update="hardest")


@pytest.fixture(scope="module")
def whole(crops, recipe):
    """Return weights and reports of an uninterrupted training."""
    network, reports = new_network(recipe), []
    assert fit(network, crops, recipe, observe=reports.append, save=lambda _: None)
    return bits(network), [plain(report) for report in reports]


def copied(state):
    tensors, values = pack(state)
    return {name: value.clone() for name, value in tensors.items()}, values


@pytest.mark.parametrize("steps", range(14))
def test_it_may_stop_before_any_step(crops, recipe, whole, steps):
    asked, saved, reports = iter(range(100)), [], []
    network = new_network(recipe)
    done = fit(
        network, crops, recipe,
        observe=reports.append, save=lambda state: saved.append(copied(state)),
        stop=lambda: next(asked) == steps,
    )  # fmt: skip
    assert done == (steps == 13)
    if not done:
        other = new_network(replace(recipe, seed=5))
        begin = unpack(other, recipe, *saved[-1])
        assert fit(other, crops, recipe, observe=reports.append, save=lambda _: None, begin=begin)
        network = other
    assert [plain(report) for report in reports] == whole[1]
    assert bits(network) == whole[0]


def test_every_epoch_leaves_a_state_to_go_on_from(crops, recipe, whole):
    saved = []
    fit(
        new_network(recipe), crops, recipe,
        observe=lambda _: None, save=lambda state: saved.append(copied(state)),
    )  # fmt: skip
    places = [(v["stage"], v["epoch"], v["step"]) for _, v in saved]
    epochs = [(n, e, 0) for n, stage in enumerate(recipe.stages) for e in range(stage.epochs)]
    assert places == [*epochs[1:], (len(recipe.stages), 0, 0)]
    for place, tensors_and_values in enumerate(saved):
        network, reports = new_network(recipe), []
        begin = unpack(network, recipe, *tensors_and_values)
        fit(network, crops, recipe, observe=reports.append, save=lambda _: None, begin=begin)
        assert bits(network) == whole[0]
        assert [plain(report) for report in reports] == whole[1][place + 1 :]


def test_what_is_packed_is_a_copy_of_everything(crops, recipe):
    network = new_network(recipe)
    states = []
    fit(network, crops, recipe, observe=lambda _: None, save=states.append, stop=lambda: True)
    tensors, values = pack(states[0])
    again, more = pack(unpack(new_network(recipe), recipe, *copied(states[0])))
    assert values == more
    assert tensors.keys() == again.keys()
    for name, value in tensors.items():
        assert torch.equal(value, again[name]), name


@pytest.mark.parametrize("damage", ["network/neck.weight", "labels/visible", "stage", "groups"])
def test_a_state_that_lacks_something_is_refused(crops, recipe, damage):
    states = []
    fit(
        new_network(recipe), crops, recipe,
        observe=lambda _: None, save=states.append, stop=lambda: True,
    )  # fmt: skip
    tensors, values = copied(states[0])
    (tensors if "/" in damage else values).pop(damage)
    with pytest.raises(CheckpointError, match="belongs to another training"):
        unpack(new_network(recipe), recipe, tensors, values)


def test_the_first_state_is_at_the_first_step(recipe):
    state = first_state(new_network(recipe), recipe)
    assert (state.stage, state.epoch, state.step) == (0, 0, 0)
    assert state.labels_are_due(recipe.stages[0])
