"""Identities cannot reach the weights: other identities, the same training, bit for bit."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import vireid
from vireid.data import open_data
from vireid.runs import Run
from vireid.runs.checkpoint import load_checkpoint
from vireid.types import Truth


def with_truth(data, kind):
    """Return the data with its training identities kept, shuffled or taken away."""
    if kind == "kept":
        return data
    if kind == "unknown":
        return replace(data, train_truth=None)
    shuffled = np.random.default_rng(0).permutation(data.train_truth.identities)
    return replace(data, train_truth=Truth(shuffled))


@pytest.fixture(scope="module")
def runs(people, tiny, tmp_path_factory):
    """Train three times; only the identities differ."""
    root, data = tmp_path_factory.mktemp("sealed"), open_data(people)
    found = {kind: Run(root / kind) for kind in ("kept", "shuffled", "unknown")}
    for kind, run in found.items():
        vireid.train(with_truth(data, kind), run.folder, tiny, device="cpu")
    return found


def log(run):
    return [json.loads(line) for line in run.log_file.read_text().splitlines()]


def test_the_identities_really_differ_and_are_noticed_in_the_log(runs):
    kept, shuffled, unknown = (log(runs[kind]) for kind in ("kept", "shuffled", "unknown"))
    assert kept[0]["ari"]["visible"] == 1.0
    assert shuffled[0]["ari"]["visible"] < 0.5
    assert "ari" not in unknown[0]


@pytest.mark.parametrize("other", ["shuffled", "unknown"])
def test_all_checkpoints_are_bit_equal(runs, other):
    stages = runs["kept"].stages()
    assert stages == runs[other].stages() == ["before", "joint", "aligned"]
    weights = {}
    for stage in stages:
        mine, text = load_checkpoint(runs["kept"].checkpoint_file(stage))
        theirs, other_text = load_checkpoint(runs[other].checkpoint_file(stage))
        assert text == other_text
        assert mine.keys() == theirs.keys()
        for name in mine:
            assert mine[name].numpy().tobytes() == theirs[name].numpy().tobytes(), name
        weights[stage] = torch.cat([value.double().flatten() for value in mine.values()])
    assert not torch.equal(weights["before"], weights["joint"]), "training moved the weights"
    assert not torch.equal(weights["joint"], weights["aligned"])


@pytest.mark.parametrize("other", ["shuffled", "unknown"])
def test_losses_and_clusters_are_equal_too(runs, other):
    for mine, theirs in zip(log(runs["kept"]), log(runs[other]), strict=True):
        for key in ("losses", "clusters", "noise", "learning_rate", "images"):
            assert mine[key] == theirs[key]
