"""The demo as a whole: everything that README promises of it."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from vireid.recipes import load_recipe

STAGES = ("before", "intra", "joint", "aligned")
SCORES = {"rank1", "rank5", "rank10", "rank20", "mAP", "mINP"}


@pytest.mark.slow
def test_the_demo_learns_without_identities(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vireid", "demo", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "aligned" in done.stdout
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    facts = {"seconds", "seed", "protocol", "trials", "data", "test_images"}
    assert set(metrics) == {*STAGES, *facts}
    assert metrics["seconds"]["total"] < 480
    assert all(set(metrics[stage]) == SCORES for stage in STAGES)
    precision = [metrics[stage]["mAP"] for stage in STAGES]
    assert precision == sorted(precision), precision
    assert precision[-1] >= 40
    assert precision[-1] >= 2.5 * precision[0]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    assert peak < 4, f"{peak:.1f} GB"
    epochs = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert len(epochs) == sum(stage.epochs for stage in load_recipe("synthetic").stages)
    for name in ("run/training-curve.png", "run/ranked-list.png", "data/contact-sheet.png"):
        with Image.open(tmp_path / name) as image:
            assert min(image.size) > 300
