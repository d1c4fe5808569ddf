"""Trainings killed at random moments lose nothing: the short form of `make soak`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_killed_trainings_end_like_one_left_alone(
    people: Path, tiny_text: str, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(tiny_text.replace("epochs: 1", "epochs: 4").replace("epochs: 2", "epochs: 8"))
    words = ["--kills", "2", "--data", str(people), "--recipe", str(recipe)]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "soak.py"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kills, nothing lost" in done.stdout
