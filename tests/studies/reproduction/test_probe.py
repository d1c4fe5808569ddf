"""What a first epoch tells, and the file that keeps it."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from tests.tiny_paper import SOUND
from vireid.errors import CheckpointError
from vireid.recipes import load_recipe, names
from vireid.studies.reproduction.probe import losses_of, read_probe, write_probe
from vireid.training import EpochReport
from vireid.training.signals import Signals
from vireid.types import Labelling, PseudoLabels


def test_a_loss_well_below_that_of_a_guess_is_sound():
    assert SOUND.is_sound
    assert list(SOUND.problems()) == []


@pytest.mark.parametrize("loss", [math.log(300), 6.1, math.inf, math.nan])
def test_a_loss_at_chance_is_not(loss):
    (line,) = replace(SOUND, losses={"visible": loss}).problems()
    assert line == (
        f"the loss visible is {loss:.2f}, no better than chance (5.70, ln of 300 clusters)"
    )


def test_troubles_of_the_guard_are_reasons_too():
    found = replace(SOUND, losses={"visible": 5.7}, troubles=("one cluster holds 90%",))
    assert not found.is_sound
    assert next(found.problems()) == "one cluster holds 90%"
    assert len(list(found.problems())) == 2


def test_a_file_gives_back_what_was_written(tmp_path):
    file = tmp_path / "probe.json"
    assert read_probe(file) is None
    found = replace(SOUND, troubles=("a", "b"))
    write_probe(file, found)
    assert read_probe(file) == found
    for text in ("{", "[]", json.dumps({"version": 1}), file.read_text().replace("memory", "m")):
        file.write_text(text)
        with pytest.raises(CheckpointError, match=r"probe\.json is damaged"):
            read_probe(file)


@pytest.mark.parametrize("name", [n for n in names() if n.endswith(("-sysu", "-regdb", "-llcm"))])
def test_every_paper_has_a_loss_of_each_modality_to_be_set_against_chance(name):
    stage = load_recipe(name).stages[0]
    labels = np.array([0, 0, 1, 1, 2, 2])
    spaces = {term.labels: PseudoLabels(labels) for term in stage.all_terms().values()}
    report = epoch_of(Labelling(spaces), dict.fromkeys([*stage.all_terms(), "total"], 0.5))
    losses, clusters = losses_of(report, stage)
    told = {stage.all_terms()[term].labels for term in losses}
    assert {"visible", "infrared"} <= told
    assert set(clusters.values()) == {3}
    assert set(losses.values()) == {0.5}


def test_a_term_that_was_not_computed_and_one_cluster_tell_nothing():
    stage = load_recipe("mmm-sysu").stages[0]
    spaces = {"visible": PseudoLabels(np.zeros(4, int)), "infrared": PseudoLabels(np.arange(4))}
    assert losses_of(epoch_of(Labelling(spaces), {"visible": 1.0}), stage) == ({}, {})


def epoch_of(labelling, losses):
    """Return the report of an epoch."""
    return EpochReport(
        "intra", 1, 50, 0.1, losses, labelling, Signals(), 100, 0.3, (), 0,
        {"labelling": 1.0, "steps": 2.0},
    )  # fmt: skip
