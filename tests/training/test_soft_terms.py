"""Terms whose targets the nearest images share out: trained, stopped anywhere and gone on with."""

import numpy as np
import pytest
import torch

from vireid.recipes import parse_recipe
from vireid.runs import new_network
from vireid.training import EpochEnded, Labelled, fit, pack
from vireid.types import NOISE, Modality

TERMS = """
  terms:
    visible: {loss: soft_nce, labels: visible, k: 8, momentum: 0.2, sharpness: 1}
    infrared: {loss: soft_nce, labels: infrared, k: 8, momentum: 0.2, sharpness: 1}
    forth: {loss: cross_soft, labels: visible, against: infrared, k: 6, momentum: 0.2,
            sharpness: 1, weight: 3, phase: odd}
    back: {loss: cross_soft, labels: infrared, against: visible, k: 6, momentum: 0.2,
           sharpness: 1, weight: 3, phase: even}
"""


@pytest.fixture(scope="module")
def recipe(tiny_text):
    """Return the tiny recipe with such terms in its last stage."""
    return parse_recipe(tiny_text.partition("\n  sample_by: matched")[0] + TERMS)


@pytest.fixture(scope="module")
def events(crops, recipe):
    """Return what is known of the last stage after its labellings and epochs."""
    labelled, losses = [], []
    for event in fit(new_network(recipe), crops, recipe):
        if isinstance(event, Labelled) and event.state.stage == 1:
            tensors = {name: value.clone() for name, value in pack(event.state)[0].items()}
            labelled.append((event.state.labelling, tensors))
        if isinstance(event, EpochEnded):
            losses.append(event.report.losses)
    return labelled, losses


def test_the_terms_across_take_turns(events):
    _, losses = events
    always = {"visible", "infrared", "total"}
    assert [set(one) - always for one in losses[1:]] == [{"forth"}, {"back"}]
    assert all(np.isfinite(list(one.values())).all() for one in losses)
    for one in losses[1:]:
        across = one.get("forth", 0) + one.get("back", 0)
        assert across > 0
        total = one["visible"] + one["infrared"] + 3 * across
        assert one["total"] == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("name", ["visible", "infrared", "forth", "back"])
def test_targets_are_those_of_the_labels_in_use(events, crops, name):
    labelled, _ = events
    side = Modality.VISIBLE if name in ("visible", "forth") else Modality.INFRARED
    for labelling, tensors in labelled:
        clusters, targets, trust = (
            tensors[f"terms/{name}/{part}"].numpy() for part in ("clusters", "targets", "trust")
        )
        labels = labelling.own(side).labels
        if name in ("forth", "back"):
            matching = labelling.matching
            maps = matching.partner if name == "forth" else matching.to_visible
            labels = np.append(maps, NOISE)[labels]
        inside = labels != NOISE
        assert 0 < inside.sum() <= (crops.modality == side).sum()
        assert np.array_equal(clusters[inside, 0], labels[inside])
        assert (trust[~inside] == 0).all()
        np.testing.assert_allclose(targets[inside].sum(1), 1, atol=1e-6)
        assert targets.shape[1] == (9 if name in ("visible", "infrared") else 7)
        alone = targets[inside, 0] == 1
        assert (trust[inside][alone] == 0).all()
        assert (trust[inside][~alone] > 0).all()


def test_a_training_goes_on_bit_equal_from_wherever_it_stops(crops, recipe, train, resumed):
    whole = train(crops, recipe).network.state_dict()
    count = resumed(crops, recipe, whole, only=lambda number: number % 3 == 1)
    assert count > 9
    first = new_network(recipe).state_dict()
    assert not all(torch.equal(first[name], value) for name, value in whole.items())
