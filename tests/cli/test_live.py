"""What the terminal shows while a training runs."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from vireid.cli.live import Display, live
from vireid.metrics import reliability
from vireid.observers.crowding import Crowding, Spent
from vireid.training import StepReport
from vireid.types import Labelling, Modality, PseudoLabels, Truth

MODALITY = np.repeat([0, 1], 8)
LABELS = np.concatenate([np.repeat([0, 1], 4), np.full(8, -1)])
LABELLING = Labelling({"visible": PseudoLabels(LABELS, modality=Modality.VISIBLE)})
DATA = SimpleNamespace(train=SimpleNamespace(modality=MODALITY), train_truth=Truth(LABELS % 3))


def report(step, losses, labelling=LABELLING):
    return StepReport("aligned", 2, 4, step, 30, step * 24, losses, labelling)


def screen(width=200, terminal=True):
    return Console(file=io.StringIO(), force_terminal=terminal, width=width, soft_wrap=True)


def score(labels):
    return reliability(labels.spaces, labels.matching, MODALITY)


def shown(display, width=200):
    """Return the lines of the display, without colours."""
    console = screen(width)
    console.print(display, soft_wrap=False)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())
    return [line.rstrip() for line in text.splitlines()]


@pytest.fixture
def display(tiny):
    clock = SimpleNamespace(now=0.0)
    display = Display(tiny, score, screen(), lambda: clock.now)
    display.clock = clock
    return display


def take(display, *totals):
    display.step(report(0, {}))
    for step, total in enumerate(totals, start=1):
        display.clock.now += 0.5
        display.step(report(step, {"triplet/matched": total / 2, "total": total}))


def test_nothing_is_shown_before_the_first_report(display):
    assert shown(display) == []


def test_steps_show_place_speed_losses_and_labels(display):
    take(display, 1.0, 2.0, 6.0)
    place, *rest = shown(display)
    assert place.split(" ━")[0] == "aligned (2/2) epoch 2/4"
    assert place.endswith(" 3/30 steps")
    assert rest == [
        "speed   48 images/s, stage done in 0:00:16, run in 0:00:16",
        "losses  total 3.00, triplet/matched 1.50",
        "labels  visible 2 clusters 0% noise",
    ]


def test_losses_are_the_mean_of_the_epoch_without_skipped_steps(display):
    take(display, 100.0)
    take(display, 1.0, float("nan"), 2.0)
    assert "losses  total 1.50, triplet/matched 0.75" in shown(display)


def test_the_truth_shows_where_it_is_known(tiny):
    with live(tiny, DATA, screen(terminal=False)) as display:
        display.step(report(0, {}))
        assert shown(display)[-1] == "labels  visible 2 clusters 0% noise ARI 1.00"


def test_labels_are_scored_once(tiny):
    asked = []

    def noted(labels):
        asked.append(labels)
        return score(labels)

    display = Display(tiny, noted, screen())
    display.step(report(0, {}, Labelling({})))
    assert [line for line in shown(display) if "labels" in line] == []
    other = Labelling(dict(LABELLING.spaces))
    for labelling in (LABELLING, LABELLING, other):
        display.step(report(1, {"total": 1.0}, labelling))
        shown(display)
    assert [labels is wanted for labels, wanted in zip(asked, (LABELLING, other), strict=True)]


def test_embedding_and_labelling_are_shown(display):
    display.step(report(0, {}))
    display.embedding(32, 96)
    assert shown(display)[0].endswith(" 32/96 embedding")
    display.labelling()
    assert shown(display)[0].endswith(" labelling ...")
    display.labelled()
    assert shown(display)[0].endswith(" labelled")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_longer_than_the_terminal_and_nothing_is_lost(display, width):
    spaces = dict.fromkeys(("visible", "infrared", "mixed"), LABELLING.spaces["visible"])
    losses = {f"loss_{i}": 1.0 for i in range(9)}
    display.step(report(0, {}, Labelling(spaces)))
    display.step(report(1, losses | {"total": 9.0}, Labelling(spaces)))
    lines = shown(display, width)[1:]
    assert max(map(len, lines)) <= width
    words = " ".join(lines)
    assert all(name in words for name in (*losses, *spaces, "images/s"))


def test_a_terminal_keeps_what_is_printed_and_not_the_display(tiny):
    console = screen()
    with live(tiny, DATA, console) as display:
        display.step(report(0, {}))
        display.step(report(1, {"total": 1.25}))
        console.print("an epoch")
    text = console.file.getvalue()
    assert "total 1.25" in text
    assert text.index("an epoch") < text.rindex("total 1.25"), "it stays above"
    cleared = text[text.rindex("total 1.25") :]
    assert cleared.count("\x1b[2K") >= 3, "the lines of the display are erased at the end"


def test_without_a_terminal_nothing_is_shown(tiny):
    console = screen(terminal=False)
    with live(tiny, DATA, console) as display:
        display.step(report(0, {}))
        display.step(report(1, {"total": 1.25}))
    assert console.file.getvalue() == ""


def test_a_stage_of_the_recipe_is_found_by_its_name(tiny):
    display = Display(tiny, score, screen())
    display.step(replace(report(0, {}), stage="joint"))
    assert shown(display)[0].startswith("joint (1/2) epoch 2/4")


def test_an_epoch_that_other_programs_slowed_is_told_at_its_end(tiny):
    moments = iter([Spent(0, 0, 0), Spent(0, 0, 0), Spent(100, 20, 90)])
    found = Crowding(lambda: next(moments), lambda: 2)
    display = Display(tiny, lambda _: None, Console(quiet=True), crowd=found)
    line = {"stage": "joint", "epoch": 1, "epochs": 2, "losses": {"total": 1.0}, "clusters": {}}
    rest = {"margin": {}, "stability": {}, "seconds": {}, "troubles": [], "skipped": 0}
    with pytest.warns(UserWarning, match="--threads 1 may be several times as fast"):
        display.epoch(None, line | rest)
