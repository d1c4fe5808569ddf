"""What a stage can be told beside its terms: weights, centres, batches, optimiser."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.terms import Classifier, ClusterNCE, Intra
from vireid.training import objective, pack
from vireid.types import Modality


@pytest.fixture
def stages(tiny):
    joint, aligned = tiny.stages
    terms = {
        "classifier": Classifier("matched"),
        "intra": Intra("matched"),
        "matched": ClusterNCE("matched"),
    }
    return joint, replace(aligned, epochs=3, relabel_every=0, terms=terms)


@pytest.mark.parametrize("init", ["continue", "pretrained"])
def test_a_stage_may_begin_from_the_initial_weights_with_the_learned_labels(
    crops, tiny, stages, stopped, init
):
    joint, aligned = stages
    recipe = replace(tiny, stages=(joint, replace(aligned, init=init)))
    initial, state = stopped(crops, recipe, joint.epochs * joint.iterations)
    assert (state.stage, state.epoch, state.step) == (1, 0, 0)
    now = state.network.state_dict()
    same = all(torch.equal(initial[name], now[name]) for name in initial)
    assert same == (init == "pretrained")
    assert not state.initial, "nothing is kept that no later stage needs"
    _, goes_on = stopped(crops, replace(recipe, stages=(joint, aligned)), 2)
    spaces, expected = state.labelling.spaces, goes_on.labelling.spaces
    for name in expected:
        assert np.array_equal(spaces[name].labels, expected[name].labels)
        assert np.array_equal(spaces[name].confidence, expected[name].confidence)
    memories = [s.terms["matched"]["memory"] for s in (state, goes_on)]
    assert torch.equal(*memories) == (init == "continue"), "memories are of the stage's weights"


def test_initial_weights_are_kept_until_the_last_stage_that_needs_them(
    crops, tiny, stages, stopped
):
    joint, aligned = stages
    again = replace(aligned, init="pretrained", epochs=1)
    recipe = replace(tiny, stages=(joint, again, replace(again, name="last")))
    kept = [bool(stopped(crops, recipe, steps)[1].initial) for steps in (0, 2, 4)]
    assert kept == [True, True, False]
    tensors, _ = pack(stopped(crops, replace(tiny, stages=stages), 0)[1])
    assert not [name for name in tensors if name.startswith("initial/")]


def test_a_classifier_is_learned_with_its_stage(crops, tiny, stages, stopped):
    recipe = replace(tiny, stages=stages)
    fresh, later = (
        stopped(crops, recipe, steps)[1].terms["classifier"]["layer"].detach() for steps in (2, 5)
    )
    assert fresh.std() == pytest.approx(0.001, rel=0.2)
    assert fresh.shape == later.shape
    assert (fresh != later).any(1).all(), "the weights of every label move"


@pytest.mark.parametrize("every", [0, 1, 2])
def test_centres_follow_the_features_while_labels_stay(crops, tiny, stages, stopped, every):
    joint, aligned = stages
    aligned = replace(aligned, recentre_every=every, learning_rate=0.01)
    recipe = replace(tiny, stages=(joint, aligned))
    states = [stopped(crops, recipe, 2 + 2 * epoch)[1] for epoch in range(3)]
    assert [s.epoch for s in states] == [0, 1, 2]
    spaces = [state.labelling.spaces["matched"] for state in states]
    for one in spaces[1:]:
        assert np.array_equal(one.labels, spaces[0].labels)
    first, second, third = (state.terms["intra"]["centres"] for state in states)
    assert torch.equal(first, second) == (every != 1)
    assert torch.equal(second, third) == (every == 0)
    if every == 1:
        features = features_of(states[2].network, crops)
        inside = spaces[2].labels == 0
        for side in Modality:
            rows = inside & (crops.modality == side)
            weights = np.maximum(spaces[2].confidence[rows], 1e-6)
            expected = (weights[:, None] * features[rows]).sum(0) / weights.sum()
            np.testing.assert_allclose(third[side, 0], expected, atol=1e-5)


def features_of(network, crops):
    """Embed every image by itself."""
    network.eval()
    pixels = network.normalise(torch.tensor(crops.pixels).permute(0, 3, 1, 2))
    with torch.no_grad():
        return network(pixels, torch.tensor(crops.modality)).pooled.numpy()


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_the_optimiser_and_its_rates(crops, tiny, stages, stopped, kind):
    joint, aligned = stages
    aligned = replace(aligned, optimiser=kind, backbone_rate=0.1, learning_rate=0.2, warmup=0)
    state = stopped(crops, replace(tiny, stages=(joint, aligned), weight_decay=0.03), 3)[1]
    optimiser = state.optimiser
    assert isinstance(optimiser, torch.optim.SGD) == (kind == "sgd")
    assert [group["lr"] for group in optimiser.param_groups] == pytest.approx([0.02, 0.2, 0.2])
    assert {group["weight_decay"] for group in optimiser.param_groups} == {0.03}
    backbone, neck, classifier = (group["params"] for group in optimiser.param_groups)
    assert [p.shape for p in neck] == [state.network.neck.weight.shape]
    assert classifier == [state.terms["classifier"]["layer"]]
    assert len(backbone) == len(list(state.network.parameters())) - 1
    if kind == "sgd":
        assert {group["momentum"] for group in optimiser.param_groups} == {0.9}


def test_a_stage_has_batches_of_its_own(crops, tiny, stages, stopped):
    joint, aligned = stages
    recipe = replace(tiny, stages=(replace(joint, batch_labels=3, batch_images=5), aligned))
    assert stopped(crops, recipe, 1)[1].images == 3 * 3 * 5
    assert stopped(crops, recipe, 3)[1].images == 3 * 4 * 2


@pytest.mark.parametrize("update", ["every", "hardest"])
def test_memories_may_move_by_the_hardest_sample(crops, tiny, stopped, monkeypatch, update):
    asked, plain = [], objective.move_rows

    def note(moves, embeddings):
        asked.extend((move.momentum, move.hardest) for move in moves)
        plain(moves, embeddings)

    monkeypatch.setattr(objective, "move_rows", note)
    stage = tiny.stages[0]
    terms = {name: replace(term, memory_update=update) for name, term in stage.terms.items()}
    stopped(crops, replace(tiny, stages=(replace(stage, terms=terms),)), 1)
    assert asked == [(0.1, update == "hardest")] * 3
