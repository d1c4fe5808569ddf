"""Learning rate and the start of terms."""

from dataclasses import replace

import pytest
import torch

from vireid.config import Recipe, StageConfig
from vireid.models import build_network
from vireid.terms import ClusterNCE
from vireid.training.optimiser import new_optimiser, set_learning_rate, train_terms
from vireid.training.schedule import is_active, learning_rate

TERM = ClusterNCE("mixed")
STAGE = StageConfig(
    "s",
    10,
    {"mixed": TERM},
    iterations=5,
    learning_rate=1.0,
    warmup=2,
    milestones=(0.6, 0.85),
    decay=0.1,
)


def test_the_whole_curve():
    found = [learning_rate(STAGE, epoch, step) for epoch in range(10) for step in range(5)]
    warm = [0.1 + 0.9 * step / 10 for step in range(10)]
    expected = warm + [1.0] * 20 + [0.1] * 15 + [0.01] * 5
    assert found == pytest.approx(expected)


def test_golden_rates_of_the_released_code(golden):
    arrays = golden("schedules")
    epochs, base = len(arrays["lr_classifier"]), float(arrays["base_lr"])
    aligned = replace(
        STAGE, epochs=epochs, learning_rate=base, warmup=10, warmup_by="epoch",
        milestones=(20 / epochs, 40 / epochs), backbone_rate=0.1, optimiser="sgd",
    )  # fmt: skip
    network = build_network("test_efficientnet")
    optimiser = new_optimiser(network, Recipe(stages=(aligned,)), aligned)
    weights = torch.nn.Parameter(torch.zeros(2, network.embedding_size))
    train_terms(optimiser, [("classifier", weights)])
    assert optimiser.param_groups[2]["params"] == [weights]
    for epoch in range(epochs):
        set_learning_rate(optimiser, learning_rate(aligned, epoch, 3))
        found = [group["lr"] for group in optimiser.param_groups]
        for name, rate in zip(("backbone", "bottleneck", "classifier"), found, strict=True):
            assert rate == pytest.approx(arrays[f"lr_{name}"][epoch], rel=1e-9)


def test_golden_rates_of_the_clustering_stages(golden):
    expected = golden("schedules")["baseline_lr"]
    base = float(golden("schedules")["baseline_base_lr"])
    stage = replace(STAGE, epochs=50, learning_rate=base, warmup=0, milestones=(0.4, 0.8))
    found = [learning_rate(stage, epoch, 0) for epoch in range(50)]
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_milestone_is_an_epoch_whatever_the_rounding_of_its_share():
    stage = replace(STAGE, epochs=25, warmup=0, milestones=(0.28,))
    assert 0.28 * 25 > 7
    assert learning_rate(stage, 7, 0) == pytest.approx(0.1)


def test_without_warmup_and_milestones_the_rate_is_constant():
    stage = replace(STAGE, warmup=0, milestones=())
    assert {learning_rate(stage, epoch, 0) for epoch in range(10)} == {1.0}


def test_a_warmup_longer_than_the_stage_never_reaches_the_full_rate():
    stage = replace(STAGE, epochs=2, warmup=4, milestones=())
    rates = [learning_rate(stage, epoch, step) for epoch in range(2) for step in range(5)]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(0.1 + 0.9 * 9 / 20)


@pytest.mark.parametrize(
    ("start", "epochs", "first"), [(0.0, 10, 0), (0.45, 10, 5), (0.5, 10, 5), (0.1875, 80, 15)]
)
def test_a_term_starts_after_its_share_of_the_stage(start, epochs, first):
    stage = replace(STAGE, epochs=epochs)
    active = [is_active(replace(TERM, start=start), stage, epoch) for epoch in range(epochs)]
    assert active == [False] * first + [True] * (epochs - first)


def test_a_late_term_is_on_in_the_last_epoch():
    term = ClusterNCE("mixed", start=0.9)
    stage = StageConfig("s", 2, {"mixed": term})
    assert [is_active(term, stage, epoch) for epoch in (0, 1)] == [False, True]
