"""What each of several processes does of a training's augmentation and labelling, in CPU seconds.

    vireid synth /tmp/people
    python benchmarks/several.py /tmp/people            # 1, 2 and 4 processes, some minutes

Processes meet by gloo and train the first epochs of the small recipe as one, a thread each.
Augmentation is what makes batches ready on the host and changes them on the device; labelling is
embedding, search, clustering, matching and the beginning of the terms. Of the processes, the
busiest counts. Labels and losses are compared with those of one process.
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

from vireid.data import load_pixels, open_data
from vireid.recipes import load_recipe
from vireid.runs import new_network
from vireid.runs.workers import together
from vireid.training import EpochEnded, TrainingImages, fit, loop, step
from vireid.training.prepared import Reader

EPOCHS = 1
"""Of each stage."""


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


def train(rank: int, processes: int, data: str, folder: str) -> None:
    """Train as one of several processes; write seconds, losses and labels."""
    torch.set_num_threads(1)
    if processes > 1:
        dist.init_process_group(
            "gloo", f"file://{folder}/{processes}", rank=rank, world_size=processes
        )
    recipe = load_recipe("synthetic")
    stages = tuple(replace(stage, epochs=EPOCHS) for stage in recipe.stages)
    recipe = replace(recipe, stages=stages)
    images = open_data(Path(data)).train
    pixels = load_pixels(images, (recipe.height, recipe.width))
    network = new_network(recipe)
    spent = {"augmentation": 0.0, "labelling": 0.0}
    Reader.prepare = clocked(spent, "augmentation", thread_time, Reader.prepare)
    step.load_batch = clocked(spent, "augmentation", thread_time, step.load_batch)
    loop.renew = clocked(spent, "labelling", process_time, loop.renew)
    events = fit(
        network, TrainingImages(pixels, images.modality), recipe, workers=together(network, recipe)
    )
    losses, labels = [], []
    with closing(events):
        for event in events:
            if isinstance(event, EpochEnded):
                losses.append(dict(event.report.losses))
                spaces = event.report.labelling.spaces
                labels.append({name: space.labels.tolist() for name, space in spaces.items()})
    found = {"spent": spent, "losses": losses, "labels": labels}
    Path(f"{folder}/{processes}-{rank}.json").write_text(json.dumps(found))
    if processes > 1:
        dist.destroy_process_group()


def difference(one: list[dict[str, float]], other: list[dict[str, float]]) -> float:
    """Return the largest relative difference of two trainings' losses."""
    pairs = [(a[name], b[name]) for a, b in zip(one, other, strict=True) for name in a]
    return max(abs(a - b) / abs(a) for a, b in pairs)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="a data set as `vireid synth` draws it")
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 4])
    arguments = parser.parse_args()
    rows, alone = [], {}
    with TemporaryDirectory() as folder:
        for count in (1, *arguments.processes):
            given = (count, arguments.data, folder)
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
