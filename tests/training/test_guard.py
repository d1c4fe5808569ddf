"""Trouble is named with what to try, and survived or stopped as the recipe says."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from vireid.config import GuardConfig, Recipe
from vireid.errors import DegenerateClusters, VireidError
from vireid.labelling import Labelling, label_spaces
from vireid.recipes import parse_recipe
from vireid.runs import new_network
from vireid.training import EpochReport, TrainingImages, fit, loop
from vireid.training.guard import is_finite, troubles, untrainable
from vireid.training.state import first_state
from vireid.types import Embeddings, PseudoLabels

N = 40
MODALITY = np.arange(N) % 2
IDENTITY = np.arange(N) // 8


def scene(alike: float = 0.0) -> Embeddings:
    rows = np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)
    rows += alike
    return Embeddings(rows / np.linalg.norm(rows, axis=1, keepdims=True), MODALITY)


def labelling(labels: np.ndarray) -> Labelling:
    sides = {name: np.where(side == MODALITY, labels, -1) for side, name in enumerate(OWN)}
    spaces = {name: PseudoLabels(_dense(found)) for name, found in sides.items()}
    return Labelling(spaces | {"mixed": PseudoLabels(_dense(labels))})


OWN = ("visible", "infrared")


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
    noise = np.where(MODALITY == 1, -1, IDENTITY)
    text = found_in(tiny, noise)
    assert "infrared labels: all infrared images are noise: raise labelling.single.eps" in text
    assert "mixed labels: all infrared images are noise: raise labelling.mixed.eps" in text


def train(
    tiny_text: str, crops: TrainingImages, bad: set[int], **guard: object
) -> list[EpochReport]:
    """Train three epochs whose labellings are all noise where ``bad``."""
    recipe = parse_recipe(tiny_text)
    stage = replace(recipe.stages[0], epochs=4)
    recipe = replace(recipe, stages=(stage,), guard=GuardConfig(**guard))  # type: ignore[arg-type]
    reports: list[EpochReport] = []
    calls = iter(range(10))

    def label(embeddings: Embeddings, spaces: object, *_: object, **__: object) -> Labelling:
        found = label_spaces(embeddings, spaces, *_, **__)  # type: ignore[arg-type]
        if next(calls) not in bad:
            return found
        nothing = PseudoLabels(np.full(len(embeddings), -1))
        return Labelling(dict.fromkeys(found.spaces, nothing))

    fit(
        new_network(recipe), crops, recipe,
        observe=reports.append, save=lambda _: None, label=label,
    )  # fmt: skip
    return reports


def test_labels_are_kept_while_new_ones_cannot_be_trained_on(tiny_text, crops) -> None:
    reports = train(tiny_text, crops, bad={1, 2})
    noise = ["all visible images are noise" in "; ".join(report.troubles) for report in reports]
    assert noise == [False, True, True, False]
    first, second = (report.labelling.spaces["mixed"].labels for report in reports[:2])
    np.testing.assert_array_equal(first, second)


def test_patience_ends(tiny_text, crops) -> None:
    with pytest.raises(DegenerateClusters, match=r"are noise.*\(2 times in a row\)"):
        train(tiny_text, crops, bad={1, 2}, patience=1)


def test_stop_stops_at_once_and_nothing_to_keep_stops_too(tiny_text, crops) -> None:
    with pytest.raises(DegenerateClusters, match=r"\(guard.on_trouble is stop\)"):
        train(tiny_text, crops, bad={1}, on_trouble="stop")
    with pytest.raises(DegenerateClusters, match="labels"):
        train(tiny_text, crops, bad={0})


def test_keep_prefers_the_last_labels_without_trouble(tiny_text, crops) -> None:
    reported = train(tiny_text, crops, bad=set(), alike=0.0)
    assert all("nearly all alike" in report.troubles[0] for report in reported)
    kept = train(tiny_text, crops, bad=set(), alike=0.0, on_trouble="keep")
    for report in kept:
        same = report.labelling.spaces["mixed"].labels == kept[0].labelling.spaces["mixed"].labels
        assert same.all()


def test_steps_without_a_finite_loss_are_skipped_up_to_the_limit(tiny: Recipe) -> None:
    recipe = replace(tiny, guard=GuardConfig(skipped=1))
    state, stage = first_state(new_network(recipe), recipe), recipe.stages[0]
    assert is_finite(state, 1.0, 1.0, stage, recipe)
    assert not is_finite(state, float("nan"), 1.0, stage, recipe)
    assert state.skipped == 1
    with pytest.raises(VireidError, match=r"the loss is inf in stage joint.*lower learning_rate"):
        is_finite(state, float("inf"), 1.0, stage, recipe)
    with pytest.raises(VireidError, match=r"the gradient is inf in stage joint.*--set guard.skip"):
        is_finite(state, 1.0, float("inf"), stage, recipe)


def spoil_pixels(loop, monkeypatch):
    plain = loop.load_batch

    def load(batch, recipe, stage, epoch, step, **named):
        pixels, rows = plain(batch, recipe, stage, epoch, step, **named)
        return (pixels * float("nan") if (stage, epoch, step) == ("joint", 1, 0) else pixels), rows

    monkeypatch.setattr(loop, "load_batch", load)


def spoil_gradient(loop, monkeypatch):
    plain, steps = loop.batch_loss, iter(range(100))

    def loss(terms, output, *rest):
        total, parts = plain(terms, output, *rest)
        nothing = torch.sqrt(output.pooled.sum() * 0)  # its value is 0, its gradient is none
        return (total + nothing if next(steps) == 2 else total), parts

    monkeypatch.setattr(loop, "batch_loss", loss)


@pytest.mark.parametrize(("spoil", "found"), [(spoil_pixels, "loss"), (spoil_gradient, "gradient")])
def test_a_skipped_step_leaves_no_trace(tiny_text, crops, monkeypatch, spoil, found) -> None:
    spoil(loop, monkeypatch)
    text = tiny_text.replace("epochs: 1", "epochs: 3")
    with pytest.raises(VireidError, match=f"the {found} is nan in stage joint, epoch 2, step 1;"):
        train_text(text, crops)
    monkeypatch.undo()
    spoil(loop, monkeypatch)
    reports, state = train_text(text, crops, ["guard.skipped=1"])
    assert [report.skipped for report in reports] == [0, 1, 0, 0, 0]
    assert all(value.isfinite().all() for value in state.network.state_dict().values())
    assert all(target.memory.rows.isfinite().all() for target in state.targets.values())


def train_text(text, crops, changes=()):
    """Train a recipe; return the reports and the last state."""
    recipe, reports, states = parse_recipe(text, changes), [], []
    fit(
        new_network(recipe), crops, recipe, observe=reports.append, save=states.append,
    )  # fmt: skip
    return reports, states[-1]
