"""Several steps in an iteration, each with batches and terms of its own."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import GuardConfig, StepConfig
from vireid.runs import new_network
from vireid.terms import ClusterNCE, Triplet
from vireid.training import Stepped, fit
from vireid.training import step as step_module

THEN = StepConfig(
    {"mixed": ClusterNCE("mixed", weight=0.5), "far": Triplet("mixed", weight=2.0)},
    sample_by="mixed",
    batch_labels=2,
    batch_images=3,
)
THIRD = StepConfig({"own": ClusterNCE("visible")})


def with_then(recipe, *then, **changes):
    """Return the recipe with further steps."""
    stage = replace(recipe.stages[0], then=then, **changes)
    return replace(recipe, stages=(stage,))


@pytest.fixture
def batches(monkeypatch):
    """Return what is loaded by every step: its place, the images and their pixels."""
    found, plain = [], step_module.load_batch

    def note(prepared, *device):
        loaded = plain(prepared, *device)
        sides = [prepared.rows.indices[prepared.rows.modality == side] for side in (0, 1)]
        visible, infrared = sides[0][: len(sides[0]) // 2].tolist(), sides[1].tolist()
        found.append((prepared.names, visible, infrared, loaded[0]))
        return loaded

    monkeypatch.setattr(step_module, "load_batch", note)
    return found


def test_the_losses_of_all_steps_are_logged_and_add_up(few_images, micro, train):
    recipe = with_then(micro, THEN, THIRD)
    terms = recipe.stages[0].all_terms()
    assert list(terms) == ["visible", "infrared", "matched", "mixed", "far", "own"]
    course = train(few_images, recipe)
    for report in [*course.reports, *(told for told in course.told if told.step)]:
        assert set(report.losses) == {*terms, "total"}
        expected = sum(term.weight * report.losses[name] for name, term in terms.items())
        assert report.losses["total"] == pytest.approx(expected, rel=1e-5)
    (first, second) = course.reports
    assert first.images == second.images == 2 * 3 * (3 * 2 + 2 * 3 + 3 * 2)
    stepped = [told for told in course.told if told.epoch == 1 and told.step]
    for name, mean in first.losses.items():
        assert mean == sum(told.losses[name] for told in stepped) / 2


def test_each_step_draws_its_own_batches_and_augments_them_anew(few_images, micro, train, batches):
    train(few_images, with_then(micro, THEN, replace(THEN, terms=THIRD.terms)))
    places = [place for place, *_ in batches]
    assert places == [
        ("aligned", epoch, step, *([number] if number else []))
        for epoch in range(2)
        for step in range(2)
        for number in range(3)
    ]
    for (_, visible, infrared, pixels), (place, *other) in zip(
        batches[1::3], batches[2::3], strict=True
    ):
        assert len(visible) == len(infrared) == len(other[0]) == 2 * 3
        assert [visible, infrared] != other[:2], f"{place}: two steps with the same settings"
        assert not torch.equal(pixels, other[2])
    shown = {np.unique(np.array(visible) // 8).size for _, visible, *_ in batches[1::3]}
    assert shown == {2}, "labels of a batch of the second step"


def test_the_first_step_draws_what_an_only_one_does(few_images, micro, train, batches):
    train(few_images, with_then(micro, THEN))
    several = batches[::2]
    assert len(several) == 4
    batches[:] = []
    train(few_images, micro)
    assert len(batches) == 4
    for one, other in zip(several, batches, strict=True):
        assert one[:3] == other[:3]
        assert torch.equal(one[3], other[3])


def test_every_step_moves_the_weights_at_the_same_rate(few_images, micro, train, monkeypatch):
    rates, plain = [], torch.optim.Adam.step

    def note(optimiser, *arguments, **named):
        rates.append(optimiser.param_groups[1]["lr"])
        return plain(optimiser, *arguments, **named)

    monkeypatch.setattr(torch.optim.Adam, "step", note)
    train(few_images, with_then(micro, THEN))
    assert len(rates) == 2 * 2 * 2
    assert rates[::2] == rates[1::2]
    assert len(set(rates[::2])) > 1


@pytest.mark.parametrize("relabel_every", [1, 0])
def test_it_goes_on_bit_equal_after_any_event(few_images, micro, train, resumed, relabel_every):
    recipe = with_then(micro, THEN, THIRD, relabel_every=relabel_every)
    whole = train(few_images, recipe).network.state_dict()
    labelled = 2 if relabel_every else 1
    assert resumed(few_images, recipe, whole) == 2 * (1 + 2 + 1) + labelled


def test_an_iteration_ends_with_a_step_that_is_skipped(few_images, micro, train, monkeypatch):
    plain = step_module.load_batch

    def spoil(prepared, *device):
        pixels, *rest = plain(prepared, *device)
        return pixels * (float("nan") if prepared.names == ("aligned", 0, 0, 1) else 1.0), *rest

    monkeypatch.setattr(step_module, "load_batch", spoil)
    moved, plain_step = [], torch.optim.Adam.step

    def note(optimiser, *arguments, **named):
        moved.append(optimiser.param_groups[1]["lr"])
        return plain_step(optimiser, *arguments, **named)

    monkeypatch.setattr(torch.optim.Adam, "step", note)
    recipe = with_then(micro, THEN, THIRD, epochs=1)
    recipe = replace(recipe, guard=GuardConfig(skipped=1))
    course = train(few_images, recipe)
    assert len(moved) == 1 + 3, "the first step counts, the second is skipped, the third left out"
    (report,) = course.reports
    assert report.skipped == 1
    assert report.images == 3 * (3 * 2 + 2 * 3 + 3 * 2)
    assert report.losses == course.told[-1].losses, "the mean is that of the whole iteration"
    assert not np.isfinite(course.told[1].losses["total"])
    assert all(value.isfinite().all() for value in course.network.state_dict().values())


def test_there_is_one_event_for_an_iteration(few_images, micro):

    recipe = with_then(micro, THEN, THIRD)
    events = fit(new_network(recipe), few_images, recipe)
    assert sum(isinstance(event, Stepped) for event in events) == 2 * 2
