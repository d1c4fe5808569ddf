"""The pieces of DMDL in examples/ against plain loops; trained, stopped and gone on with."""

import json
import shutil

import numpy as np
import pytest
import torch

from vireid.losses import mmd
from vireid.models import Output
from vireid.runs import Run
from vireid.terms import Kept
from vireid.training.prepared import whole_batch
from vireid.types import Labelling, Modality, PseudoLabels

from .conftest import EXAMPLES

TINY = ["height=32", "width=16", "network.backbone=test_efficientnet", "network.weights=none",
        "network.depth=2", "network.frozen=0", "network.stripes=1", "batch_labels=2",
        "batch_images=2", "stages.*.epochs=1", "stages.*.iterations=2",
        "stages.aligned.epochs=2", "stages.aligned.terms.triplet.ramp=[0,0.5]"]  # fmt: skip


@pytest.fixture
def dmdl(monkeypatch):
    """Return the module of the example."""
    monkeypatch.syspath_prepend(EXAMPLES)
    return __import__("dmdl")


@pytest.fixture(params=range(3))
def draws(request):
    """Return a source of random numbers, of several seeds."""
    return np.random.default_rng(request.param)


def unit(draws, count, width=6):
    """Return rows of unit length."""
    rows = torch.from_numpy(draws.normal(size=(count, width)).astype(np.float32))
    return torch.nn.functional.normalize(rows)


def labelled():
    """Return labels of ten images: four visible and two infrared clusters, and noise in both."""
    visible, infrared = [0, 1, 2, 3, 0, -1, -1, -1, -1, -1], [-1] * 6 + [0, 1, 1, -1]
    matched = [0, 1, 1, 0, 0, -1, 0, 1, 1, -1]
    trust = np.linspace(0.1, 1, 10, dtype=np.float32)
    spaces = {
        "visible": PseudoLabels(np.array(visible), modality=Modality.VISIBLE),
        "infrared": PseudoLabels(np.array(infrared), modality=Modality.INFRARED),
        "matched": PseudoLabels(np.array(matched), trust),
    }
    return Labelling(spaces)


BATCH = whole_batch(np.array([3, 0, 5, 3, 2]), np.array([6, 8, 9, 7]))
"""Image 3 is drawn twice, and images 5 and 9 are noise."""


def tensors(plan):
    """Return the arrays of a plan as tensors."""
    return {name: torch.from_numpy(np.asarray(value)) for name, value in plan.items()}


def test_targets_are_shared_with_the_other_view(dmdl, draws):
    term, memory, rows = dmdl.OtherView("visible", share=0.6), unit(draws, 4), unit(draws, 14)
    plan = tensors(term.plan(labelled(), BATCH))
    found = term.values(Kept({"memory": memory}), Output(rows, rows, rows), plan)
    assert plan["rows"].tolist() == [0, 1, 3, 4, 5, 6, 8, 9]
    for value, row in zip(found, plan["rows"].tolist(), strict=True):
        other = row + 5 if row < 5 else row - 5
        log = (memory @ rows[row] / 0.05).log_softmax(0)
        guess = (memory @ rows[other] / 0.05).softmax(0)
        label = [3, 0, None, 3, 2][row % 5]
        expected = -0.6 * log[label] - 0.4 * sum(guess[c] * log[c] for c in range(4))
        assert value.item() == pytest.approx(expected.item(), abs=1e-5)


def test_targets_take_no_gradient(dmdl, draws):
    memory, rows = unit(draws, 4), unit(draws, 14).requires_grad_()
    term = dmdl.OtherView("visible")
    plan = tensors(term.plan(labelled(), BATCH))
    kept = Kept({"memory": memory})
    term.values(kept, Output(rows, rows, rows), plan)[0].backward()
    assert rows.grad.abs().sum(1).nonzero().flatten().tolist() == [0]


def test_rows_lie_between_the_memories_of_both_modalities(dmdl, draws):
    term, rows = dmdl.Mixture("matched", share=0.3), unit(draws, 14)
    counts = {"visible": 4, "infrared": 2}
    others = {name: Kept({"memory": unit(draws, count)}) for name, count in counts.items()}
    kept = term.begin(labelled(), None, draws, others)
    v, r = (others[name]["memory"] for name in ("visible", "infrared"))
    mixed = [0.3 * (v[0] + v[3]) / 2 + 0.7 * r[0], 0.3 * (v[1] + v[2]) / 2 + 0.7 * r[1]]
    mixed = torch.stack([row / row.norm() for row in mixed])
    plan = tensors(term.plan(labelled(), BATCH))
    found = term.values(kept, Output(rows, rows, rows), plan)
    for value, row, label in zip(found, plan["rows"], plan["labels"], strict=True):
        expected = -(mixed @ rows[row] / 0.05).log_softmax(0)[label]
        assert value.item() == pytest.approx(expected.item(), abs=1e-5)


def test_the_gap_is_that_of_the_two_views(dmdl, draws):
    term, rows = dmdl.ViewGap("visible"), unit(draws, 14)
    plan = tensors(term.plan(labelled(), BATCH))
    found = term.values(Kept({}), Output(rows, rows, rows), plan)
    expected = mmd(rows[[0, 1, 3, 4]], rows[[5, 6, 8, 9]]).item()
    assert found.tolist() == pytest.approx([expected] * 8, abs=1e-6)
    assert expected > 0


def test_memories_follow_what_is_trusted(dmdl, draws):
    term, rows, memory = dmdl.Trusting("matched", momentum=0.2), unit(draws, 14), unit(draws, 3)
    plan = tensors(term.plan(labelled(), BATCH))
    trust = np.linspace(0.1, 1, 10)[BATCH.indices]
    labels = labelled().spaces["matched"].labels[BATCH.indices]
    kept = Kept({"memory": memory.clone()})
    term.update(kept, Output(rows, rows, rows), plan)
    for cluster in (0, 1):
        own = [row for row in range(14) if labels[row] == cluster]
        new = sum(0.8 * trust[row] * rows[row] for row in own) / len(own)
        new = new + (1 - 0.8 * np.mean(trust[own])) * memory[cluster]
        torch.testing.assert_close(kept["memory"][cluster], new / new.norm(), atol=1e-5, rtol=0)
    assert torch.equal(kept["memory"][2], memory[2])


@pytest.mark.parametrize(
    ("setting", "message"),
    [("visible.share=2", "visible: share is 2.0"), ("views.labels=matched", "views: labels is"),
     ("views.labels=visibel", "views: labels is visibel; expected one of"),
     ("mixture.labels=visible", "mixture: labels is"),
     ("mixture.of=visible", "of is 'visible'; expected a list of 2 values"),
     ("mixture.of=[triplet,infrared]", "mixture: of holds triplet; expected a cluster_nce"),
     ("matched.labels=visible", "matched: labels is visible")],
)  # fmt: skip
def test_settings_that_cannot_be_are_told_of(call, setting, message):
    setting = f"stages.aligned.terms.{setting}"
    assert message in call("recipe", EXAMPLES / "dmdl.yaml", "--set", setting, code=2)


def test_it_is_trained_and_gone_on_with_bit_equal(people, tmp_path, call, stop_after, same_run):
    shutil.copy(EXAMPLES / "dmdl.py", tmp_path)
    file = shutil.copy(EXAMPLES / "dmdl.yaml", tmp_path)
    words = ["train", people, "--recipe", file, "--out"]
    call(*words, tmp_path / "whole", "--set", *TINY)
    lines = Run(tmp_path / "whole").log_file.read_text().splitlines()
    losses = json.loads(lines[-1])["losses"]
    assert list(losses) == [
        "visible",
        "infrared",
        "matched",
        "mixture",
        "triplet",
        "views",
        "total",
    ]
    assert all(losses.values()), "each piece takes part"
    stop_after(6)
    call(*words, tmp_path / "parts", "--set", *TINY, code=143)
    stop_after(10**6)
    call(*words, tmp_path / "parts", "--resume", "--set", *TINY)
    same_run(tmp_path / "whole", tmp_path / "parts")
