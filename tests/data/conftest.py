"""Small data sets in every layout: a few synthetic people, made once."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vireid.synthetic import DEFAULTS, synthesise

SMALL = {
    "identities": 3, "test_identities": 2, "visible_images": 2, "infrared_images": 2,
    "height": 32, "width": 16,
}  # fmt: skip
LAYOUTS = ("sysu", "regdb", "llcm", "manifest", "folders")


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that gives the small data set of a layout, to be read only."""
    made: dict[str, Path] = {}

    def make(layout: str) -> Path:
        if layout not in made:
            root = tmp_path_factory.mktemp("layouts") / layout
            if layout == "folders":
                source = make("sysu")
                for name, camera in (("visible", "cam1"), ("infrared", "cam3")):
                    shutil.copytree(source / camera, root / name)
            else:
                synthesise(root, replace(DEFAULTS[layout], **SMALL), processes=1)
            made[layout] = root
        return made[layout]

    return make


@pytest.fixture
def copied(original: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that gives a copy of it, to be damaged."""

    def copy(layout: str) -> Path:
        return Path(shutil.copytree(original(layout), tmp_path / layout))

    return copy
