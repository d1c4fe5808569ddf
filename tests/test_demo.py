"""The demo as a whole: everything that README promises of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from vireid.recipes import DEFAULT, load_recipe

STAGES = ("before", "intra", "joint", "aligned")
SCORES = {"rank1", "rank5", "rank10", "rank20", "mAP", "mINP"}


def run_alone(command: list[str], folder: Path) -> tuple[int, str, float]:
    """Run a command; return its exit code, what it said, and the most memory it held, in GB."""
    said = folder / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said.read_text(), used.ru_maxrss / 2**20


@pytest.mark.slow
def test_the_demo_learns_without_identities(tmp_path: Path) -> None:
    code, said, peak = run_alone([sys.executable, "-m", "vireid", "demo", str(tmp_path)], tmp_path)
    assert code == 0, said
    assert "aligned" in said
    assert peak < 4, f"{peak:.1f} GB"
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert set(metrics) == {"version", "seconds", "seed", "protocols"}
    (entry,) = metrics["protocols"].values()
    metrics = entry["stages"]
    assert set(metrics) == set(STAGES)
    assert all(set(metrics[stage]) == SCORES for stage in STAGES)
    precision = [metrics[stage]["mAP"] for stage in STAGES]
    assert precision == sorted(precision), precision
    assert precision[-1] >= 40
    assert precision[-1] >= 2.5 * precision[0]
    epochs = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert len(epochs) == sum(stage.epochs for stage in load_recipe(DEFAULT).stages)
    (figure,) = (tmp_path / "run").glob("ranked-list-*.png")
    for name in ("run/training-curve.png", figure, "data/contact-sheet.png"):
        with Image.open(tmp_path / name) as image:
            assert min(image.size) > 300
    page = tmp_path / "run" / "report.html"
    assert str(page) in said.replace("\n", "")
    assert page.stat().st_size < 5e6
