"""Which labels a batch shows, and what is said where there are too few."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.recipes import load_recipe
from vireid.training.batches import index_batches
from vireid.training.shares import short_of_labels
from vireid.types import Labelling, Modality, PseudoLabels

SIDES = np.repeat([0, 1], 24)
NOTHING = np.full(24, -1)


@pytest.fixture
def labelling():
    """Return 8 visible, 6 infrared and 5 shared clusters; 3 of the matched ones are paired."""
    visible, infrared = np.repeat(np.arange(8), 3), np.repeat(np.arange(6), 4)
    mixed = np.concatenate([np.arange(24) % 5, np.arange(24) % 6])
    matched = np.concatenate([visible, np.where(infrared < 3, infrared, infrared + 5)])
    spaces = {
        "visible": PseudoLabels(np.concatenate([visible, NOTHING]), modality=Modality.VISIBLE),
        "infrared": PseudoLabels(np.concatenate([NOTHING, infrared]), modality=Modality.INFRARED),
        "mixed": PseudoLabels(mixed),
        "matched": PseudoLabels(matched, np.ones(48, dtype=np.float32)),
    }
    return Labelling(spaces, None, "matched")


def said(labelling, sample_by, wanted):
    """Return what is said, and how many labels of each modality the first batch shows."""
    recipe = load_recipe("synthetic", [f"batch_labels={wanted}", "batch_images=2"])
    stage = replace(recipe.stages[0], sample_by=sample_by, iterations=2)
    batches = index_batches(stage, labelling, SIDES, recipe, np.random.default_rng(0))
    visible, infrared = next(batches)
    counts = len(visible) // 2, len(infrared) // 2
    return short_of_labels(stage, labelling, SIDES, recipe), counts


def test_nothing_is_said_where_there_are_enough(labelling):
    assert said(labelling, "own", 6) == (None, (6, 6))
    assert said(labelling, "mixed", 5) == (None, (5, 5))
    assert said(labelling, "matched", 4)[0] is None


def test_what_is_said_is_what_a_batch_holds(labelling):
    line, counts = said(labelling, "own", 7)
    assert line == "stage intra: 7 infrared labels wanted in a batch, 6 there: batches hold 6"
    assert counts == (7, 6)
    line, counts = said(labelling, "own", 200)
    assert line == (
        "stage intra: 200 visible labels wanted in a batch, 8 there: batches hold 8; "
        "200 infrared labels wanted in a batch, 6 there: batches hold 6"
    )
    assert counts == (8, 6)
    line, counts = said(labelling, "mixed", 200)
    assert line == (
        "stage intra: 200 mixed labels wanted in a batch, 5 there in both modalities: "
        "batches hold 5"
    )
    assert counts == (5, 5)
    line, counts = said(labelling, "matched", 200)
    assert "75 matched labels wanted in a batch, 3 there in both modalities: batches" in line
    assert counts == (3 + 5, 3 + 3)
