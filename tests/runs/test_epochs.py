"""The log of epochs and steps, and what whoever watches is told of them."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from vireid.observers import JsonLines, Observers
from vireid.runs.epochs import Watcher, epoch_line
from vireid.runs.watch import Watch
from vireid.training import EpochReport, StepReport
from vireid.training.signals import Signals
from vireid.types import Labelling, Matching, Modality, PseudoLabels, Truth

MODALITY = np.repeat([0, 1], 8)
OWN, NOTHING = np.repeat([0, 1], 4), np.full(8, -1)
IDENTITIES = Truth(np.tile(OWN, 2))
PLAIN = {
    "stage", "epoch", "epochs", "learning_rate", "losses", "clusters", "noise", "margin",
    "stability", "clarity", "neighbour_overlap", "troubles", "skipped", "images", "seconds",
}  # fmt: skip


def labelling(matched=True, visible=OWN):
    spaces = {
        "visible": PseudoLabels(np.concatenate([visible, NOTHING]), modality=Modality.VISIBLE),
        "infrared": PseudoLabels(np.concatenate([NOTHING, OWN]), modality=Modality.INFRARED),
    }
    if not matched:
        return Labelling(spaces)
    shared = PseudoLabels(np.concatenate([visible, OWN]))
    matching = Matching([0, 1], 2, [0.5, 0.6], next_cost=[1.0, 1.2])
    return Labelling(spaces | {"matched": shared}, matching, "matched")


SIGNALS = Signals({"visible": 0.25, "infrared": 0.35}, {"visible": 0.5}, 0.125, {"visible": 0.0})


def report(labels, epoch=1, signals=SIGNALS):
    if labels.matching is None:
        signals = replace(signals, matching_margin=None, unmatched={})
    return EpochReport(
        stage="aligned",
        epoch=epoch,
        epochs=2,
        learning_rate=1e-3,
        losses={"total": 1.5},
        labelling=labels,
        signals=signals,
        images=64,
        clarity=0.5,
        troubles=(),
        skipped=0,
        seconds={"steps": 2.0},
    )


def data(truth):
    return SimpleNamespace(train=SimpleNamespace(modality=MODALITY), train_truth=truth)


@pytest.mark.parametrize("truth", [None, IDENTITIES])
@pytest.mark.parametrize("matched", [False, True])
def test_what_identities_say_is_logged_where_they_are_known_and_only_there(truth, matched):
    line = epoch_line(report(labelling(matched)), data(truth))
    expected = PLAIN | ({"matching_margin", "unmatched"} if matched else set())
    if truth is not None:
        expected |= {"ari", "ari_noise_as_singletons", "coverage"} | (
            {"pair_precision", "pair_recall"} if matched else set()
        )
        assert line["ari"] == line["coverage"] == dict.fromkeys(line["clusters"], 1.0)
    assert line.keys() == expected
    assert (line["margin"], line["stability"]) == (SIGNALS.margin, SIGNALS.stability)
    assert line.get("matching_margin") == (0.125 if matched else None)
    assert json.loads(json.dumps(line, allow_nan=False)) == line


class Told(Watch):
    """Remembers what it is told."""

    def __init__(self):
        self.epochs, self.steps = [], []

    def epoch(self, report, line):
        self.epochs.append((report, line))

    def step(self, report):
        self.steps.append(report.step)


def test_every_epoch_is_a_line_of_the_log_and_is_told(tiny, tmp_path):
    watch, observers = Told(), Observers({"log": lambda: JsonLines(tmp_path / "log", 0)})
    watcher = Watcher(data(None), tiny, observers, watch)
    reports = [report(labelling(), number) for number in (1, 2)]
    for each in reports:
        watcher(each)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(line["epoch"], line["step"]) for line in lines] == [(1, 4), (2, 6)]
    assert watch.epochs == [(each, epoch_line(each, data(None))) for each in reports]


def test_every_tenth_step_is_logged_and_none_that_ends_an_epoch(tiny):
    joint, aligned = (replace(stage, iterations=20) for stage in tiny.stages)
    steps, watch = [], Told()
    observers = SimpleNamespace(log_step=lambda *told: steps.append(told))
    told = Watcher(data(None), replace(tiny, stages=(joint, aligned)), observers, watch)
    for epoch in (1, 2):
        for step in range(21):
            losses = {"total": float(step)} if step else {}
            told.watch_step(
                StepReport("aligned", epoch, 2, step, 20, 24 * step, losses, labelling())
            )
    assert steps == [(30, {"total": 10.0}), (50, {"total": 10.0})]
    assert watch.steps == [*range(21), *range(21)]
