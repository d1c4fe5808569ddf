"""Each method at small scale trains, cut down, and goes on bit-equal from where it stopped."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from tests.cut_down import METHODS, PEOPLE, People, cut_down, few_pixels
from vireid.runs import new_network
from vireid.training import EpochEnded, Labelled, Stepped, fit, unpack
from vireid.training.schedule import is_active

IMAGES = few_pixels()


@dataclass
class Trained:
    """What a training did."""

    recipe: object
    reports: list = field(default_factory=list)
    stops: dict = field(default_factory=dict)
    """Packed states: at the end of the first stage, in even and in odd epochs of the last one."""
    state: object = None


def run(recipe, **given):
    """Yield the events of a training on the labels of people far apart."""
    network = given.pop("network", None) or new_network(recipe)
    return fit(network, IMAGES, recipe, labeller=People(recipe.labelling), **given)


@pytest.fixture(scope="module", params=METHODS)
def course(request, copied):
    """Train a method to its end."""
    found = Trained(cut_down(request.param))
    last = len(found.recipe.stages) - 1
    for event in run(found.recipe):
        state = found.state = event.state
        if isinstance(event, EpochEnded):
            found.reports.append(event.report)
            if len(found.reports) == 1:
                found.stops["epoch"] = copied(state)
        place = (state.stage, state.epoch, state.step)
        if isinstance(event, Labelled) and place == (last, 2, 0):
            found.stops["labelled"] = copied(state)
        if isinstance(event, Stepped) and place == (last, 1, 1):
            found.stops["step"] = copied(state)
    return found


def test_all_terms_count_in_their_epochs(course):
    epochs = [(stage, epoch) for stage in course.recipe.stages for epoch in range(stage.epochs)]
    assert len(epochs) == len(course.reports)
    seen = set()
    for (stage, epoch), report in zip(epochs, course.reports, strict=True):
        terms = stage.all_terms().items()
        on = {name for name, t in terms if is_active(t, stage, epoch) and t.takes_part(epoch)}
        assert report.losses.keys() == {*on, "total"}, (stage.name, epoch)
        assert np.isfinite(list(report.losses.values())).all()
        assert {space.clusters for space in report.labelling.spaces.values()} == {PEOPLE}
        seen |= {(stage.name, name) for name in on}
    assert seen == {
        (stage.name, name) for stage in course.recipe.stages for name in stage.all_terms()
    }


@pytest.mark.parametrize("stop", ["epoch", "step", "labelled"])
def test_it_goes_on_bit_equal(course, stop):
    network = new_network(course.recipe)
    for value in network.state_dict().values():
        value.zero_()
    begin, reports = unpack(network, course.recipe, *course.stops[stop]), []
    for event in run(course.recipe, network=network, begin=begin):
        if isinstance(event, EpochEnded):
            reports.append(event.report)
    expected = course.reports[-len(reports) :]
    assert [one.losses for one in reports] == [one.losses for one in expected]
    assert len(reports) == {"epoch": len(course.reports) - 1, "step": 2, "labelled": 1}[stop]
    pairs = [(network, course.state.network)]
    if course.recipe.teacher is not None:
        pairs.append((event.state.teacher, course.state.teacher))
    for one, other in pairs:
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name
    for name, kept in course.state.terms.items():
        for key, value in kept.items():
            assert torch.equal(value, event.state.terms[name][key]), f"{name} {key}"


def test_what_it_trains_moves(course):
    initial = new_network(course.recipe)
    now = dict(course.state.network.named_parameters())
    still = {name for name, p in initial.named_parameters() if torch.equal(p, now[name])}
    assert not still & {name for name, p in initial.named_parameters() if p.requires_grad}
