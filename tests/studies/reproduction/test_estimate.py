"""How long a reproduction takes, by its first epoch: against sums written out."""

from dataclasses import replace

import pytest

from tests.tiny_paper import SOUND
from vireid.recipes import load_recipe
from vireid.studies.reproduction.estimate import estimate


def test_the_recipe_of_the_paper_is_added_up():
    recipe = load_recipe("mmm-sysu")
    found = estimate(SOUND, recipe, every=1, trainings=5, left=4)
    image = 30 / (200 * 8 * 16)
    label = 60 / 2  # of each of two label spaces
    steps = image * (50 * 200 * 8 * 16 + 50 * 200 * 8 * 16 + 80 * 200 * 8 * 4)
    labels = label * (50 * 2 + 50 * 3 + 80 * 3)
    assert found.training == pytest.approx(steps + labels + 10 * 81)
    assert (found.trainings, found.left) == (5, 4)
    assert found.kept == 5 * 5 * 100_000_000
    assert found.working == 6 * 100_000_000
    lines = str(found).splitlines()
    hours = found.training / 3600
    assert lines[0] == (
        f"about {hours:.1f} h for a training, by its first epoch; 4 of 5 trainings left: "
        f"{4 * hours:.1f} h"
    )
    assert lines[1].startswith("disk: 2.5 GB for the weights of all runs in the end, 600 MB more")


def test_scores_of_fewer_epochs_and_further_steps_count():
    recipe = load_recipe("mmm-sysu")
    every, fifth, none = (
        estimate(SOUND, recipe, every=n, trainings=1, left=1).training for n in (1, 5, 0)
    )
    assert every - fifth == pytest.approx(10 * 64)
    assert fifth - none == pytest.approx(10 * 16)
    two_steps = load_recipe("pclhd-sysu")
    stage = two_steps.stages[-1]
    alone = replace(two_steps, stages=(*two_steps.stages[:-1], replace(stage, then=())))
    more, less = (estimate(SOUND, r, every=0, trainings=1, left=1) for r in (two_steps, alone))
    assert more.training > less.training
