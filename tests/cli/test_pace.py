"""Speed and remaining time of a training."""

from dataclasses import replace

import pytest

from vireid.cli.pace import Pace
from vireid.training import StepReport
from vireid.types import Labelling

STEP, LABELLING, SAVING = 2.0, 30.0, 5.0
"""Seconds that the parts of this training take."""


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def report(stage, epoch, step):
    losses = {"total": 1.0} if step else {}
    done = (stage.name, epoch + 1, stage.epochs, step, stage.iterations, step * 24)
    return StepReport(*done, losses=losses, labelling=Labelling({}))


def play(recipe, pace, clock):
    """Take every step of the recipe; yield after each event, the time with it."""
    for stage in recipe.stages:
        for epoch in range(stage.epochs):
            pace(report(stage, epoch, 0))
            yield stage, epoch, 0
            if epoch == 0 or (stage.relabel_every and epoch % stage.relabel_every == 0):
                clock.now += LABELLING
                pace.labelled()
                yield stage, epoch, 0
            for step in range(1, stage.iterations + 1):
                clock.now += STEP
                pace(report(stage, epoch, step))
                yield stage, epoch, step
            clock.now += SAVING


@pytest.fixture
def recipe(tiny):
    joint, aligned = tiny.stages
    return replace(
        tiny,
        stages=(
            replace(joint, epochs=3, iterations=4),
            replace(aligned, epochs=5, relabel_every=2),
            replace(joint, name="last", relabel_every=0, epochs=2, iterations=1),
        ),
    )


def test_steady_parts_are_foretold_exactly_once_each_was_seen(recipe):
    clock = Clock()
    pace, moments = Pace(recipe, clock), []
    for stage, epoch, _ in play(recipe, pace, clock):
        moments.append((clock.now, stage.name, epoch, pace.remaining()))
    ends = {}
    for now, name, _, _ in moments:
        ends[name] = now + SAVING
    foretold = 0
    for now, name, epoch, left in moments:
        if (name, epoch) == ("joint", 0):
            continue  # what saving takes is not known before the second epoch
        foretold += 1
        assert left == pytest.approx((ends[name] - now, ends["last"] - now))
    assert foretold > 25


def test_nothing_is_foretold_before_the_first_step(recipe):
    clock = Clock()
    pace = Pace(recipe, clock)
    assert (pace.remaining(), pace.images_per_second) == (None, None)
    moments = play(recipe, pace, clock)
    for _ in range(2):
        next(moments)
        assert (pace.remaining(), pace.images_per_second) == (None, None)
    next(moments)
    assert pace.remaining() is not None
    assert pace.images_per_second == pytest.approx(24 / STEP)


def test_time_spent_labelling_is_taken_off(recipe):
    clock = Clock()
    pace = Pace(recipe, clock)
    for stage, epoch, step in play(recipe, pace, clock):
        if (stage.name, epoch, step) == ("joint", 1, 0):
            break
    before = pace.remaining()
    clock.now += LABELLING / 3
    assert pace.remaining() == pytest.approx([seconds - LABELLING / 3 for seconds in before])
    clock.now += LABELLING
    assert pace.remaining() == pytest.approx([seconds - LABELLING for seconds in before])


def test_a_slow_first_step_does_not_count_for_long(recipe):
    clock = Clock()
    pace = Pace(recipe, clock)
    stage = replace(recipe.stages[0], iterations=100)
    pace(report(stage, 0, 0))
    clock.now += 1000
    pace(report(stage, 0, 1))
    for step in (2, 3):
        clock.now += STEP
        pace(report(stage, 0, step))
    assert pace.images_per_second == pytest.approx(24 / STEP)


def test_a_training_that_goes_on_within_an_epoch_counts_its_own_images(recipe):
    clock = Clock()
    pace = Pace(recipe, clock)
    stage = recipe.stages[0]
    pace(replace(report(stage, 0, 2), losses={}))
    clock.now += STEP
    pace(report(stage, 0, 3))
    assert pace.images_per_second == pytest.approx(24 / STEP)
    assert pace.remaining()[0] == pytest.approx(STEP + 2 * 4 * STEP)
