"""A full training step against the bare step of the same network, and where an epoch's time goes.

    python benchmarks/training.py             # all cores, some minutes
    python benchmarks/training.py --quick     # fewer rounds; writes no page

A full step reads uint8 images, augments them, passes them through, computes all losses of the
aligned stage, goes back, steps the optimiser and moves the memories. A bare step passes ready
tensors through, takes the mean square of the features as its loss, goes back and steps. Both
take turns in one process. The shares are those of a training of the demo's recipe.
"""

import json
import subprocess
import sys
from dataclasses import replace
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import torch
from pages import options, publish, table

from vireid.config import NetworkConfig, Recipe
from vireid.models import Passes
from vireid.models.extract import extract
from vireid.recipes import load_recipe
from vireid.runs import Run, new_network
from vireid.runs.machine import keep_memory
from vireid.terms import Batch
from vireid.training import TrainingImages, first_state
from vireid.training.keeping import begin_terms
from vireid.training.objective import Plan, plan_batch
from vireid.training.prepared import Prepared, Reader, load_batch
from vireid.training.step import Stepping
from vireid.training.workers import alone
from vireid.types import Labelling, Modality, PseudoLabels

CASES = {
    "ResNet-50 AGW": (NetworkConfig("resnet50", non_local=(0, 2, 3, 0)), 288, 144, 16),
    "EfficientNet-Lite0": (NetworkConfig("tf_efficientnet_lite0"), 128, 64, 64),
    "demo": (load_recipe("synthetic").network, 96, 48, 120),
}
"""Network, height, width and images of a batch."""


class Steps:
    """Full and bare steps of one network on the same images."""

    def __init__(self, recipe: Recipe, size: int) -> None:
        self.recipe, self.stage = recipe, recipe.stages[-1]
        terms = {name: replace(term, start=0.0) for name, term in self.stage.terms.items()}
        self.on = replace(self.stage, terms=terms)
        visible = size // 3
        infrared = size - 2 * visible
        count = 2 * max(visible, infrared)
        pixels = np.random.default_rng(0).integers(
            0, 256, (count, recipe.height, recipe.width, 3), dtype=np.uint8
        )
        modality = np.arange(count) % 2
        self.images = TrainingImages(pixels, modality)
        self.sides = [np.flatnonzero(modality == side) for side in Modality]
        self.sides = [self.sides[0][:visible], self.sides[1][:infrared]]
        self.state = first_state(new_network(recipe), recipe)
        network = self.state.network
        embeddings = extract(network, pixels, modality, with_features=True)
        labels = PseudoLabels(np.arange(count) // 2 % max(2, count // 8))
        self.state.labelling = Labelling(dict.fromkeys(recipe.spaces(self.stage), labels))
        self.state.terms = begin_terms(self.stage, self.state.labelling, embeddings, recipe.seed)
        passes = Passes(network)
        self.reader = Reader(self.images, recipe, passes)
        self.stepping = Stepping(self.state, recipe, self.on, passes, alone)
        self.network = network.train()
        self.ready = self.load()

    def read(self) -> Prepared:
        """Make a step ready on the host: its pixels, draws and plans."""
        state = self.state

        def plan(batch: Batch) -> dict[str, Plan]:
            return plan_batch(self.on.terms, state.terms, state.labelling, batch)

        return self.reader.prepare(*self.sides, "benchmark", 0, 0, plan=plan)

    def load(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Make a step ready, and augment its batch."""
        pixels, modality, _ = load_batch(self.read())
        return self.network.normalise(pixels), modality

    def full(self) -> None:
        """Take a step of the aligned stage, all its terms on."""
        self.stepping.iterate([self.read()])

    def bare(self) -> None:
        """Take a step on ready tensors."""
        loss = self.network(*self.ready).pooled.square().mean()
        self.state.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.state.optimiser.step()


def seconds(work: object) -> float:
    """Return what a call takes."""
    start = perf_counter()
    work()  # type: ignore[operator]
    return perf_counter() - start


def compare(name: str, rounds: int) -> list[str]:
    """Return a row of the first table."""
    network, height, width, size = CASES[name]
    untrained = replace(network, weights="none")
    recipe = replace(load_recipe("synthetic"), network=untrained, height=height, width=width)
    steps = Steps(recipe, size)
    kinds = (steps.full, steps.bare, steps.load, steps.read)
    times = np.array([[seconds(kind) for kind in kinds] for _ in range(rounds + 2)])[2:]
    full, bare, load, read = np.median(times, axis=0)
    ratio = median(times[:, 1] / times[:, 0])
    speeds = f"{size / full:.1f}", f"{size / bare:.1f}"
    parts = f"{read / full:.1%}", f"{(load - read) / full:.1%}"
    return [name, f"{height}x{width}", str(size), *speeds, f"{ratio:.2f}", *parts]


def shares(quick: bool) -> list[str]:
    """Train `synthetic` on the demo's data and return how its time is shared out."""
    less = ["--identities", "16", "--test-identities", "4"] if quick else []
    with TemporaryDirectory() as folder:
        data, out = f"{folder}/data", f"{folder}/run"
        program = [sys.executable, "-m", "vireid"]
        subprocess.run([*program, "synth", data, *less], check=True, stdout=subprocess.DEVNULL)
        words = ["train", data, "--recipe", "synthetic", "--out", out]
        subprocess.run([*program, *words], check=True, stdout=subprocess.DEVNULL)
        found = json.loads(Run(out).timing_file.read_text(encoding="utf-8"))
    parts = [found[part] for part in ("labelling", "reading", "steps")]
    total = sum(parts)
    cells = [f"{part:.1f} s, {part / total:.1%}" for part in parts]
    return [f"demo training, {total:.0f} s", *cells]


def main() -> None:
    """Measure, print and write the tables."""
    quick = options(__doc__, "fewer rounds").parse_args().quick
    keep_memory()
    steps = (
        "network", "pixels", "batch", "full step, images/s", "bare step, images/s", "ratio",
        "reading, of the full step", "augmenting",
    )  # fmt: skip
    lines = [
        f"`python benchmarks/training.py`, {torch.get_num_threads()} threads.",
        "",
        *table(steps, [compare(name, 3 if quick else 9) for name in CASES], 2),
        "",
        *table(
            ("where the time goes", "embedding and labelling", "decoding", "steps"), [shares(quick)]
        ),
    ]
    publish("training", lines, quick=quick)


if __name__ == "__main__":
    main()
