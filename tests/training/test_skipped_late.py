"""On a GPU a step without a finite loss leaves no trace at once, and is heard of later."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from tests.pretended import on_host, pretended_gpu
from vireid.config import GuardConfig, StepConfig, TeacherConfig
from vireid.errors import VireidError
from vireid.runs import new_network
from vireid.terms import Classifier, Term
from vireid.training import EpochEnded, Labelled, Stepped, fit, pack
from vireid.training import step as step_module

STEPS = 14


def lasting(recipe, **changes):
    """Return the recipe with one long epoch, and a term that is trained itself."""
    (stage,) = recipe.stages
    terms = {**stage.terms, "layer": Classifier("matched")}
    stage = replace(stage, terms=terms, epochs=1, iterations=STEPS, relabel_every=0)
    return replace(recipe, stages=(stage,), **changes)


def spoil(monkeypatch, *steps):
    """Let the pixels of some steps be no numbers."""
    plain = step_module.load_batch

    def load(prepared, *device):
        pixels, *rest = plain(prepared, *device)
        return pixels * (float("nan") if prepared.names[2] in steps else 1.0), *rest

    monkeypatch.setattr(step_module, "load_batch", load)


def everything(state):
    """Return all that a step may change."""
    found = {f"network/{name}": v for name, v in state.network.state_dict().items()}
    if state.teacher is not None:
        found |= {f"teacher/{name}": v for name, v in state.teacher.state_dict().items()}
    for term, kept in state.terms.items():
        found |= {f"{term}/{name}": value for name, value in kept.items()}
    return {name: on_host(value).detach().clone() for name, value in found.items()}


def moments(state):
    """Return how many steps the optimiser has taken with each weight."""
    return [int(on_host(entry["step"])) for entry in state.optimiser.state.values()]


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize("bad", [(0,), (3, 4)])
def test_a_skipped_step_leaves_no_trace_at_once(few_images, micro, monkeypatch, optimiser, bad):
    recipe = lasting(micro, guard=GuardConfig(skipped=2), teacher=TeacherConfig(momentum=0.5))
    recipe = replace(recipe, stages=(replace(recipe.stages[0], optimiser=optimiser),))
    spoil(monkeypatch, *bad)
    with pretended_gpu():
        before, reports = None, []
        for event in fit(new_network(recipe).to("cuda"), few_images, recipe):
            if isinstance(event, Labelled | Stepped):
                now = everything(event.state)
                if isinstance(event, Stepped):
                    same = [torch.equal(before[name], value) for name, value in now.items()]
                    assert all(same) if event.report.step - 1 in bad else not all(same)
                    assert all(value.isfinite().all() for value in now.values())
                before = now
            if isinstance(event, Stepped):
                reports.append((len(event.state.unread), event.state.skipped))
            if isinstance(event, EpochEnded):
                assert event.report.skipped == len(bad)
                assert np.isfinite(list(event.report.losses.values())).all()
                taken = STEPS - len(bad)
                assert event.report.images == taken * 3 * 6
    assert [unread for unread, _ in reports] == [0, *range(1, 9), 0, 1, 2, 3, 0]
    if bad == (3, 4):
        assert [skipped for _, skipped in reports] == [0] * 9 + [2] * 5, "heard of at step ten"
    if optimiser == "adam":
        assert set(moments(event.state)) <= {STEPS - len(bad), 0}


def test_what_a_gpu_learns_with_skipped_steps_is_what_a_cpu_learns(few_images, micro, monkeypatch):
    recipe = lasting(micro, guard=GuardConfig(skipped=2))
    spoil(monkeypatch, 1, 5)
    found = []
    for device in ("cpu", "cuda"):
        with pretended_gpu():
            for event in fit(new_network(recipe).to(device), few_images, recipe):
                if isinstance(event, EpochEnded):
                    found.append(event.report)
    for name, value in found[0].losses.items():
        assert found[1].losses[name] == pytest.approx(value, rel=1e-3), name
    assert found[0].skipped == found[1].skipped == 2


def until_it_fails(events, last):
    """Go through events; keep the last one."""
    for event in events:
        last[:] = [event]


def test_too_many_are_heard_of_when_they_are_read_or_saved(few_images, micro, monkeypatch):
    recipe, last = lasting(micro), []
    spoil(monkeypatch, 4)
    message = "the loss is nan in stage aligned, epoch 1, step 5; expected a finite number"
    with pretended_gpu():
        with pytest.raises(VireidError, match=message):
            until_it_fails(fit(new_network(recipe).to("cuda"), few_images, recipe), last)
        assert last[0].report.step == 9
        for event in fit(new_network(recipe).to("cuda"), few_images, recipe):
            if isinstance(event, Stepped) and event.report.step == 6:
                with pytest.raises(VireidError, match=message):
                    pack(event.state)
                break


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_scaled_losses_that_overflow_leave_no_trace_and_do_not_count(few_images, micro, optimiser):
    recipe = lasting(micro)
    recipe = replace(
        recipe,
        compute=replace(recipe.compute, precision="fp16"),
        stages=(replace(recipe.stages[0], optimiser=optimiser),),
    )
    for device in ("cpu", "cuda"):
        with pretended_gpu():
            before = None
            for event in fit(new_network(recipe).to(device), few_images, recipe):
                state = event.state
                if isinstance(event, Labelled):
                    state.scaler._init_scale = 2.0**126
                    before = everything(state)
                if isinstance(event, Stepped) and event.report.step == 1:
                    now = everything(state)
                    assert all(torch.equal(before[name], value) for name, value in now.items())
                    momenta = [
                        on_host(entry["momentum_buffer"])
                        for entry in state.optimiser.state.values()
                        if "momentum_buffer" in entry
                    ]
                    assert not any(momentum.any() for momentum in momenta)
                if isinstance(event, EpochEnded):
                    assert event.report.skipped == 0


@dataclass(frozen=True)
class Pushing(Term):
    """Moves the memories of another term, and at times keeps more than before."""

    other: str = ""

    def others(self):
        return (self.other,)

    def values(self, kept, output, plan):  # noqa: ARG002
        return output.embedding[plan["rows"]].square().sum(1)

    def update(self, kept, output, plan):
        there = kept.others[self.other]
        there["memory"] = there["memory"] + 0.01 * output.embedding[plan["rows"]].mean(0)
        kept["sum"] = output.embedding[plan["rows"]].sum(0)


def test_memories_of_other_steps_are_given_back_too(few_images, micro, monkeypatch):
    recipe = lasting(micro, guard=GuardConfig(skipped=3))
    then = StepConfig({"pushing": Pushing("visible", other="matched")}, sample_by="matched")
    recipe = replace(recipe, stages=(replace(recipe.stages[0], then=(then,)),))
    spoil(monkeypatch, 0, 4)
    ends = []
    for device in ("cpu", "cuda"):
        with pretended_gpu():
            for event in fit(new_network(recipe).to(device), few_images, recipe):
                if isinstance(event, Stepped):
                    kept = everything(event.state)
                    assert all(value.isfinite().all() for value in kept.values())
                if isinstance(event, Stepped) and event.report.step == 1:
                    assert "pushing/sum" not in kept, "what it added in a skipped step is gone"
                if isinstance(event, EpochEnded):
                    ends.append((event.report.skipped, kept.keys()))
    assert ends[0] == ends[1]
    assert ends[0][0] == 2
