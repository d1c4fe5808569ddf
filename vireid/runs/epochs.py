"""What metrics.jsonl and whoever watches are told of each epoch."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.metrics import reliability
from vireid.observers import Observers
from vireid.runs.states import steps_done
from vireid.runs.watch import Watch
from vireid.training import EpochReport, StepReport, TrainingState, short_of_labels

_log = logging.getLogger(__name__)

EVERY = 10
"""Steps of an epoch of which the last one's losses are logged; the epoch's last step is not."""


Write = Callable[[Callable[[], None]], None]
"""Has something written, now or while the training goes on."""


def at_once(job: Callable[[], None]) -> None:
    """Write now: a ``Write`` of whoever has nothing else to do.

    Args:
        job: writes something.
    """
    job()


@dataclass(frozen=True)
class Watcher:
    """Logs and shows what each epoch did; scores labels where identities are known."""

    data: DataFolder
    recipe: Recipe
    observers: Observers
    watch: Watch

    def __call__(self, report: EpochReport, write: Write = at_once) -> None:
        """Log and show an epoch.

        Args:
            report: what the epoch did.
            write: has it logged.
        """
        line = epoch_line(report, self.data)
        write(partial(self.observers.log_epoch, self._step(report), line))
        self.watch.epoch(report, line)

    def watch_step(self, report: StepReport, write: Write = at_once) -> None:
        """Show a step, and log the losses of every tenth.

        Args:
            report: as the loop hands it over.
            write: has them logged.
        """
        self.watch.step(report)
        if report.losses and report.step % EVERY == 0 and report.step < report.iterations:
            step = self._step(report) - report.iterations + report.step
            write(partial(self.observers.log_step, step, report.losses))

    def watch_labels(self, state: TrainingState) -> None:
        """Say, at the first labelling of a stage, where batches show fewer labels than wanted.

        Args:
            state: with new labels.
        """
        if state.epoch:
            return
        stage, modality = self.recipe.stages[state.stage], self.data.train.modality
        if line := short_of_labels(stage, state.labelling, modality, self.recipe):
            _log.info(line)

    def _step(self, report: EpochReport | StepReport) -> int:
        """Return how many steps the run has taken at the end of an epoch."""
        stages = [stage.name for stage in self.recipe.stages]
        return steps_done(self.recipe, stages.index(report.stage), report.epoch)


def epoch_line(report: EpochReport, data: DataFolder) -> dict[str, Any]:
    """Return what metrics.jsonl keeps of an epoch.

    Args:
        report: what the epoch did.
        data: whose training identities score the labels, where known; for the log only.

    Returns:
        Plain values, ready for JSON.
    """
    spaces, found, truth = report.labelling.spaces, report.signals, data.train_truth
    identities = None if truth is None else truth.identities
    scores = reliability(spaces, report.labelling.matching, data.train.modality, identities)
    line: dict[str, Any] = {
        "stage": report.stage,
        "epoch": report.epoch,
        "epochs": report.epochs,
        "learning_rate": report.learning_rate,
        "losses": dict(report.losses),
        "clusters": {name: space.clusters for name, space in spaces.items()},
        "noise": scores.noise,
        "margin": found.margin,
        "stability": found.stability,
        "clarity": report.clarity,
        "neighbour_overlap": found.neighbour_overlap,
        "troubles": list(report.troubles),
        "skipped": report.skipped,
        "images": report.images,
        "seconds": dict(report.seconds),
    }
    if report.labelling.matching is not None:
        line |= {"matching_margin": found.matching_margin, "unmatched": found.unmatched}
    if identities is not None:
        line |= {
            "ari": scores.ari,
            "ari_noise_as_singletons": scores.ari_noise_as_singletons,
            "coverage": scores.coverage,
        }
        if scores.pair_precision is not None:
            line |= {"pair_precision": scores.pair_precision, "pair_recall": scores.pair_recall}
    return line
