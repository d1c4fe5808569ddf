"""Shared fixtures."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"


@pytest.fixture
def golden() -> Callable[[str], Mapping[str, np.ndarray]]:
    """Return a loader of the parity vectors, or skip where they are absent."""

    def load(name: str) -> Mapping[str, np.ndarray]:
        path = GOLDEN / f"{name}.npz"
        if not path.is_file():
            pytest.skip(f"parity vectors are not beside this checkout: {path.name} not found")
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)

    return load
