"""What each of several processes does of a training's augmentation and labelling, in CPU seconds.

    vireid synth /tmp/people
    python benchmarks/several.py /tmp/people            # 1, 2 and 4 processes, some minutes
    python benchmarks/several.py /tmp/people --set height=192 width=96

Processes meet by gloo and train the first epochs of `synthetic` as one, a thread each.
Augmentation is what makes batches ready on the host and changes them on the device; labelling is
embedding, search, clustering, matching and the beginning of the terms. Of the processes, the
busiest counts. The first labels and the first step's losses are compared with those of one process.
"""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time, thread_time
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from pages import table

from vireid.cluster import normalise_rows
from vireid.data import load_pixels, open_data
from vireid.labelling import label_spaces
from vireid.recipes import load_recipe
from vireid.runs import new_network
from vireid.runs.machine import keep_memory
from vireid.runs.workers import together
from vireid.training import Labelled, Stepped, TrainingImages, fit, loop, step
from vireid.training.prepared import Reader
from vireid.types import Embeddings

EPOCHS = 1
"""Of each stage."""
COMPARED = 1
"""Steps whose losses are compared: rounding grows with each step of Adam."""


def clocked(spent: dict[str, float], part: str, clock: Callable[[], float], function: Any) -> Any:
    """Return a function that adds what it takes to the seconds of a part."""

    @wraps(function)
    def work(*given: Any, **named: Any) -> Any:
        start = clock()
        try:
            return function(*given, **named)
        finally:
            spent[part] += clock() - start

    return work


def train(rank: int, processes: int, data: str, settings: list[str], folder: str) -> None:
    """Train as one of several processes; write seconds, losses and labels."""
    torch.set_num_threads(1)
    keep_memory()
    if processes > 1:
        dist.init_process_group(
            "gloo", f"file://{folder}/{processes}", rank=rank, world_size=processes
        )
    recipe = load_recipe("synthetic", settings)
    stages = tuple(replace(stage, epochs=EPOCHS) for stage in recipe.stages)
    recipe = replace(recipe, stages=stages)
    images = open_data(Path(data)).train
    pixels = load_pixels(images, (recipe.height, recipe.width))
    network = new_network(recipe)
    label_spaces(scene())  # compiles, and reads libraries
    spent = {"augmentation": 0.0, "labelling": 0.0}
    Reader.prepare = clocked(spent, "augmentation", thread_time, Reader.prepare)
    step.load_batch = clocked(spent, "augmentation", thread_time, step.load_batch)
    loop.renew = clocked(spent, "labelling", process_time, loop.renew)
    events = fit(
        network, TrainingImages(pixels, images.modality), recipe, workers=together(network, recipe)
    )
    losses: list[dict[str, float]] = []
    labels: list[dict[str, list[int]]] = []
    with closing(events):
        for event in events:
            if isinstance(event, Stepped) and len(losses) < COMPARED:
                losses.append(dict(event.report.losses))
            if isinstance(event, Labelled) and not labels:
                spaces = event.state.labelling.spaces
                labels.append({name: space.labels.tolist() for name, space in spaces.items()})
    found = {"spent": spent, "losses": losses, "labels": labels}
    Path(f"{folder}/{processes}-{rank}.json").write_text(json.dumps(found))
    if processes > 1:
        dist.destroy_process_group()


def scene() -> Embeddings:
    """Return few embeddings, to be labelled once before the clock runs."""
    rows = np.random.default_rng(0).normal(size=(200, 16)).astype(np.float32)
    return Embeddings(normalise_rows(rows), np.arange(200) % 2)


def difference(one: list[dict[str, float]], other: list[dict[str, float]]) -> float:
    """Return the largest relative difference of two trainings' losses."""
    pairs = [(a[name], b[name]) for a, b in zip(one, other, strict=True) for name in a]
    return max(abs(a - b) / abs(a) for a, b in pairs)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="a data set as `vireid synth` draws it")
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 4])
    parser.add_argument("--set", nargs="+", default=[], help="settings of `synthetic`")
    arguments = parser.parse_args()
    rows, alone = [], {}
    with TemporaryDirectory() as folder:
        for count in (1, *arguments.processes):
            given = (count, arguments.data, arguments.set, folder)
            multiprocessing.start_processes(train, given, nprocs=count, start_method="spawn")
            found = [
                json.loads(Path(f"{folder}/{count}-{r}.json").read_text()) for r in range(count)
            ]
            alone = alone or found[0]
            cells = [str(count)]
            for part, whole in alone["spent"].items():
                most = max(one["spent"][part] for one in found)
                cells += [f"{most:.2f}", f"{most / whole:.2f}"]
            same = all(one["labels"] == alone["labels"] for one in found)
            apart = max(difference(alone["losses"], one["losses"]) for one in found)
            rows.append([*cells, "identical" if same else "others", f"{apart:.0e}"])
    head = ("processes", "augmentation, s", "of one", "labelling, s", "of one", "labels", "losses")
    print("\n".join(table(head, rows, 0)))


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    sys.exit(main())
