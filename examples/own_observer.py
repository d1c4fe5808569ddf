"""An observer: is told of a training while it runs, and writes a line of a table each epoch.

The table lies beside the run's folder:

    python examples/own_observer.py DATA RUN [NAME=VALUE ...]
"""

import csv
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import vireid
from vireid.runs.watch import Watch


class Rows(Watch):
    """Writes a row for each epoch; ``step``, ``embedding`` and ``labelling`` it lets pass."""

    def __init__(self, file):
        self.table = csv.writer(file)

    def epoch(self, report, line):
        """Take note of an epoch: what it did, and what the log keeps of it."""
        clusters = sum(line["clusters"].values())
        self.table.writerow([report.stage, report.epoch, clusters, f"{report.losses['total']:.4f}"])


@dataclass(frozen=True)
class Table:
    """Opens the table of one training; closed whatever end that finds."""

    path: Path

    @contextmanager
    def __call__(self, recipe, data):
        """Give the training what it shall tell."""
        with self.path.open("w", newline="") as file:
            csv.writer(file).writerow(["stage", "epoch", "clusters", "loss"])
            yield Rows(file)


if __name__ == "__main__":
    data, out, *settings = sys.argv[1:]
    vireid.train(data, out, settings=settings, watch=Table(Path(f"{out}.csv")))
    print(f"written: {out}.csv")
