"""Drawn data in the three layouts, and settings that make a paper's recipe tiny."""

import warnings
from dataclasses import replace
from pathlib import Path

import pytest

import vireid
from vireid.studies.reproduction import Reproduction, probe
from vireid.synthetic import DEFAULTS, synthesise

SMALL = {"identities": 8, "test_identities": 4, "height": 32, "width": 16, "seed": 100}
FEW = "batch_labels: 3, batch_images: 2, iterations: 1, learning_rate: 0.000001"
TERMS = (
    "terms: {visible: {loss: cluster_nce, labels: visible}, "
    "infrared: {loss: cluster_nce, labels: infrared}}"
)
TINY = (
    "height=32", "width=16", "network.backbone=test_efficientnet", "network.weights=none",
    "network.non_local=[]", "augmentation.padding=1", "compute.precision=fp32",
    "labelling.single={k1: 8, k2: 3, eps: 0.6, min_samples: 3}",
    f"stages=[{{name: first, epochs: 1, {FEW}, {TERMS}}}, {{name: last, epochs: 2, {FEW}, {TERMS}}}]",
)  # fmt: skip
"""Changes of any of the three recipes: two stages of one and two epochs, with random weights."""


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return drawn people in each layout, to be read only."""
    root = tmp_path_factory.mktemp("layouts")
    found = {}
    for which in ("sysu", "regdb", "llcm"):
        settings = replace(DEFAULTS[which], **SMALL)
        found[which] = synthesise(root / which, settings, processes=1)
    return found


@pytest.fixture(scope="session")
def tiny() -> tuple[str, ...]:
    """Return the changes that make a recipe tiny."""
    return TINY


@pytest.fixture(scope="session")
def reproduce(drawn, tiny):
    """Return a function that reproduces a recipe, made tiny, and draws no pictures.

    What the loss of a first epoch of one step is has no say, unless it is asked.
    """

    def run(which: str, out: Path, *, share: float = 100.0, **more: object) -> Reproduction:
        options = {"settings": tiny, "device": "cpu", "seeds": [0]} | more
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that drawn people have few images, and the like
            patch.setattr(probe, "AT_CHANCE", share)
            patch.setattr("vireid.scoring.evaluating.draw_examples", lambda *_: False)
            return vireid.reproduce(which, drawn[which], out, **options)

    return run
