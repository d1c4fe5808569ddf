"""Drawn data in the three layouts, and settings that make a paper's recipe tiny."""

import warnings
from dataclasses import replace
from pathlib import Path

import pytest

import vireid
from tests.tiny_paper import SMALL, TINY
from vireid.studies.reproduction import Reproduction, probe
from vireid.synthetic import DEFAULTS, synthesise


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
            return vireid.reproduce(which, options.pop("data", drawn[which]), out, **options)

    return run
