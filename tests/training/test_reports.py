"""What the loop tells whoever watches."""

from dataclasses import FrozenInstanceError
from itertools import groupby

import pytest
import torch

from vireid.config import Recipe
from vireid.runs import new_network
from vireid.training import fit


@pytest.fixture(scope="module")
def watched(crops, tiny, train):
    course = train(crops, tiny)
    return course.network.state_dict(), course.reports, course.told


def by_epoch(steps):
    groups = groupby(steps, key=lambda report: (report.stage, report.epoch))
    return {name: list(group) for name, group in groups}


def test_every_epoch_begins_with_a_report_and_every_step_ends_with_one(watched, tiny: Recipe):
    _, _, steps = watched
    told = [(r.stage, r.epoch, r.epochs, r.step, r.iterations) for r in steps]
    assert told == [
        (stage.name, epoch + 1, stage.epochs, step, stage.iterations)
        for stage in tiny.stages
        for epoch in range(stage.epochs)
        for step in range(stage.iterations + 1)
    ]
    images = 3 * tiny.batch_labels * tiny.batch_images
    assert [r.images for r in steps] == [r.step * images for r in steps]


def test_the_mean_of_the_steps_is_what_the_epoch_reports(watched):
    _, epochs, steps = watched
    for epoch, (name, reports) in zip(epochs, by_epoch(steps).items(), strict=True):
        first, *taken = reports
        assert (epoch.stage, epoch.epoch) == name
        assert first.losses == {}
        for term, mean in epoch.losses.items():
            assert mean == sum(r.losses[term] for r in taken) / len(taken)
        assert all(r.losses.keys() == epoch.losses.keys() for r in taken)


def test_steps_carry_the_labels_in_use(watched):
    _, epochs, steps = watched
    for epoch, reports in zip(epochs, by_epoch(steps).values(), strict=True):
        assert all(report.labelling is epoch.labelling for report in reports[1:])
    begins = [reports[0] for reports in by_epoch(steps).values()]
    assert [len(report.labelling.spaces) for report in begins] == [0, 0, 3], "a stage starts anew"


def test_reports_cannot_be_changed(watched):
    with pytest.raises(FrozenInstanceError):
        watched[2][0].step = 5


def test_watching_changes_no_weight_and_reads_nothing_more_off_the_device(
    watched, crops, tiny, monkeypatch
):
    reads = []

    def count(name):
        original = getattr(torch.Tensor, name)

        def counted(tensor, *arguments):
            reads[-1] += 1
            return original(tensor, *arguments)

        monkeypatch.setattr(torch.Tensor, name, counted)

    for name in ("tolist", "item", "cpu", "__float__", "__bool__"):
        count(name)
    for watch in (lambda _: None, repr):
        reads.append(0)
        network = new_network(tiny)
        for event in fit(network, crops, tiny):
            watch(getattr(event, "report", None))
        after = network.state_dict()
        assert all(torch.equal(value, after[name]) for name, value in watched[0].items())
    assert reads[0] == reads[1] > 0
