"""Trouble is named with what to try, and survived or stopped as the recipe says."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import GuardConfig, Recipe
from vireid.errors import DegenerateClusters, VireidError
from vireid.recipes import parse_recipe
from vireid.runs import new_network
from vireid.training import step as step_module
from vireid.training.guard import troubles, untrainable
from vireid.training.iteration import Iteration, StepValues
from vireid.training.outcomes import settle
from vireid.training.state import first_state
from vireid.types import Embeddings, Labelling, Modality, PseudoLabels

N = 40
MODALITY = np.arange(N) % 2
IDENTITY = np.arange(N) // 8


def scene(alike: float = 0.0) -> Embeddings:
    rows = np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)
    rows += alike
    return Embeddings(rows / np.linalg.norm(rows, axis=1, keepdims=True), MODALITY)


def labelling(labels: np.ndarray) -> Labelling:
    spaces = {
        side.name.lower(): PseudoLabels(
            _dense(np.where(side == MODALITY, labels, -1)), modality=side
        )
        for side in Modality
    }
    return Labelling(spaces | {"mixed": PseudoLabels(_dense(labels))})


def _dense(labels: np.ndarray) -> np.ndarray:
    kept = labels >= 0
    found = np.full(len(labels), -1)
    found[kept] = np.unique(labels[kept], return_inverse=True)[1]
    return found


def found_in(tiny: Recipe, labels: np.ndarray, alike: float = 0.0) -> str:
    return "; ".join(troubles(scene(alike), labelling(labels), tiny.stages[0], tiny))


def test_a_sound_labelling_has_no_trouble(tiny: Recipe) -> None:
    assert found_in(tiny, IDENTITY) == ""
    assert untrainable(labelling(IDENTITY), MODALITY, tiny.stages[0], tiny) is None


def test_each_trouble_is_named_with_what_to_try(tiny: Recipe) -> None:
    assert "visible embeddings are nearly all alike (mean similarity 1.0" in found_in(
        tiny, IDENTITY, alike=1e3
    )
    giant = np.where(np.arange(N) < 36, 0, 1)
    assert "mixed labels: one cluster holds 90% of the infrared images (limit 80%)" in found_in(
        tiny, giant
    )
    apart = IDENTITY * 2 + MODALITY
    text = found_in(tiny, apart)
    assert text.startswith("mixed labels: no cluster holds images of both modalities: raise")
    assert "visible" not in text
    alone = np.where(MODALITY == 1, 0, 1)
    assert "raise" not in found_in(tiny, alone), "to raise and to lower at once is no advice"
    noise = np.where(MODALITY == 1, -1, IDENTITY)
    text = found_in(tiny, noise)
    assert "infrared labels: all infrared images are noise: raise labelling.single.eps" in text
    assert "mixed labels: all infrared images are noise: raise labelling.mixed.eps" in text


def test_the_device_of_the_embeddings_says_the_same(tiny: Recipe) -> None:
    for alike in (0.0, 2.0, 1e3):
        given, found = scene(alike), labelling(IDENTITY)
        there = replace(given, resident=torch.tensor(given.vectors))
        expected = troubles(given, found, tiny.stages[0], tiny)
        assert troubles(there, found, tiny.stages[0], tiny) == expected


@pytest.fixture
def spoilt(tiny, crops, train, changed):
    """Return the function that trains four epochs whose labellings are all noise where bad."""

    def run(bad, **guard):
        stage = replace(tiny.stages[0], epochs=4)
        recipe = replace(tiny, stages=(stage,), guard=GuardConfig(**guard))
        calls = iter(range(10))

        def change(found, embeddings):
            if next(calls) not in bad:
                return found
            nothing = np.full(len(embeddings), -1)
            return Labelling(
                {n: PseudoLabels(nothing, modality=s.modality) for n, s in found.spaces.items()}
            )

        return train(crops, recipe, labeller=changed(recipe.labelling, change)).reports

    return run


def test_labels_are_kept_while_new_ones_cannot_be_trained_on(spoilt) -> None:
    reports = spoilt({1, 2})
    noise = ["all visible images are noise" in "; ".join(report.troubles) for report in reports]
    assert noise == [False, True, True, False]
    first, second = (report.labelling.spaces["mixed"].labels for report in reports[:2])
    np.testing.assert_array_equal(first, second)


def test_patience_ends(spoilt) -> None:
    with pytest.raises(DegenerateClusters, match=r"are noise.*\(2 times in a row\)"):
        spoilt({1, 2}, patience=1)


def test_stop_stops_at_once_and_nothing_to_keep_stops_too(spoilt) -> None:
    with pytest.raises(DegenerateClusters, match=r"\(guard.on_trouble is stop\)"):
        spoilt({1}, on_trouble="stop")
    with pytest.raises(DegenerateClusters, match="labels"):
        spoilt({0})


def test_keep_prefers_the_last_labels_without_trouble(spoilt) -> None:
    reported = spoilt(set(), alike=0.0)
    assert all("nearly all alike" in report.troubles[0] for report in reported)
    kept = spoilt(set(), alike=0.0, on_trouble="keep")
    for report in kept:
        same = report.labelling.spaces["mixed"].labels == kept[0].labelling.spaces["mixed"].labels
        assert same.all()


def given(*steps, allowed=1, scaled=False) -> Iteration:
    """Return an iteration whose steps gave these losses, gradients and flags."""
    found = Iteration("joint", 0, 1, images=8, allowed=allowed, scaled=scaled)
    for loss, gradient, skipped in steps:
        numbers = torch.tensor([loss / 2, loss, gradient, skipped])
        found.steps.append(StepValues(("half", "total"), numbers))
    return found


def test_steps_without_a_finite_loss_are_skipped_up_to_the_limit(tiny: Recipe) -> None:
    state, inf = first_state(new_network(tiny), tiny), float("inf")
    state.unread = [given((2.0, 1.0, 0.0)), given((float("nan"), 1.0, 1.0))]
    settle(state)
    assert (state.skipped, state.images, state.losses) == (1, 8, {"half": 1.0, "total": 2.0})
    assert np.isnan(state.latest["total"])
    for loss, gradient, message in (
        (inf, 1.0, "the loss is inf in stage joint.*lower learning_rate"),
        (1.0, inf, "the gradient is inf in stage joint.*--set guard.skip"),
        (1.0, 1.0, "the loss or gradient of another process is not finite in stage joint"),
    ):
        state.unread = [given((loss, gradient, 1.0))]
        with pytest.raises(VireidError, match=message):
            settle(state)


def test_all_that_is_not_read_is_read_in_order_with_the_steps_of_each_iteration(tiny) -> None:
    state, nan = first_state(new_network(tiny), tiny), float("nan")
    state.unread = [
        given((2.0, 1.0, 0.0), (4.0, 1.0, 0.0)),
        given((2.0, 1.0, 0.0), (nan, 1.0, 1.0), (8.0, 1.0, 1.0)),
        given((10.0, 1.0, 0.0)),
    ]
    settle(state)
    assert (state.skipped, state.images) == (1, 16)
    assert state.losses == {"half": 2.0 + 5.0, "total": 6.0 + 10.0}
    assert state.latest == {"half": 5.0, "total": 10.0}
    assert not state.unread


def test_a_gradient_that_overflows_where_losses_are_scaled_is_no_trouble(tiny: Recipe) -> None:
    state = first_state(new_network(tiny), tiny)
    state.unread = [given((2.0, float("inf"), 1.0), allowed=0, scaled=True)]
    settle(state)
    assert (state.skipped, state.images) == (0, 8)


def test_gradients_that_overflow_whatever_the_scale_end_the_training(tiny: Recipe) -> None:
    state, bad = first_state(new_network(tiny), tiny), (2.0, float("nan"), 1.0)
    state.unread = [given(bad, scaled=True) for _ in range(50)]
    state.unread += [given((2.0, 1.0, 0.0), scaled=True)]
    state.unread += [given(bad, scaled=True) for _ in range(50)]
    settle(state)
    state.unread = [given(bad, scaled=True)]
    with pytest.raises(VireidError, match=r"not finite in 51 steps in a row.*compute\.precision"):
        settle(state)


def spoil_pixels(monkeypatch):
    plain = step_module.load_batch

    def load(prepared, *device):
        pixels, *rest = plain(prepared, *device)
        spoilt = prepared.names == ("joint", 1, 0)
        return (pixels * float("nan") if spoilt else pixels), *rest

    monkeypatch.setattr(step_module, "load_batch", load)


def spoil_gradient(monkeypatch):
    plain, steps = step_module.batch_loss, iter(range(100))

    def loss(terms, kept, output, plans):
        total, parts = plain(terms, kept, output, plans)
        nothing = torch.sqrt(output.pooled.sum() * 0)  # its value is 0, its gradient is none
        return (total + nothing if next(steps) == 2 else total), parts

    monkeypatch.setattr(step_module, "batch_loss", loss)


@pytest.mark.parametrize(("spoil", "found"), [(spoil_pixels, "loss"), (spoil_gradient, "gradient")])
def test_a_skipped_step_leaves_no_trace(
    tiny_text, crops, train, stopped, monkeypatch, spoil, found
) -> None:
    spoil(monkeypatch)
    text = tiny_text.replace("epochs: 1", "epochs: 3")
    with pytest.raises(VireidError, match=f"the {found} is nan in stage joint, epoch 2, step 1;"):
        train(crops, parse_recipe(text))
    monkeypatch.undo()
    spoil(monkeypatch)
    course = train(crops, parse_recipe(text, ["guard.skipped=1"]))
    assert [report.skipped for report in course.reports] == [0, 1, 0, 0, 0]
    assert all(value.isfinite().all() for value in course.network.state_dict().values())
    monkeypatch.undo()
    spoil(monkeypatch)
    _, state = stopped(crops, parse_recipe(text, ["guard.skipped=1"]), 3)
    assert state.skipped == 1
    kept = [value for term in state.terms.values() for value in term.values()]
    assert len(kept) == 3
    assert all(value.isfinite().all() for value in kept)
