"""What the terminal and metrics.jsonl are told of each epoch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vireid.cli.display import console
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.observers import Observers
from vireid.runs.states import steps_done
from vireid.scoring.reliability import reliability
from vireid.training import EpochReport, StepReport

EVERY = 10
"""Steps of an epoch of which the last one's losses are logged; the epoch's last step is not."""


@dataclass
class Watcher:
    """Logs and prints what each epoch did; scores labels where identities are known."""

    data: DataFolder
    recipe: Recipe
    observers: Observers
    _headed: str = ""
    """The stage whose heading was printed last."""

    def __call__(self, report: EpochReport) -> None:
        """Log one epoch.

        Args:
            report: what the epoch did.
        """
        line = epoch_line(report, self.data)
        self.observers.log_epoch(self._step(report), line)
        if report.stage != self._headed:
            console.print(describe_header(line))
            self._headed = report.stage
        console.print(describe_epoch(line))
        for trouble in report.troubles:
            console.print(f"       trouble: {trouble}")
        if report.skipped:
            console.print(f"       {report.skipped} steps skipped: their loss was not finite")

    def watch_step(self, report: StepReport) -> None:
        """Log the losses of every tenth step.

        Args:
            report: as the loop hands it over.
        """
        if report.losses and report.step % EVERY == 0 and report.step < report.iterations:
            step = self._step(report) - report.iterations + report.step
            self.observers.log_step(step, report.losses)

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
    spaces, found = report.labelling.spaces, report.signals
    scores = reliability(report.labelling, data.train.modality, data.train_truth)
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
        "troubles": list(report.troubles),
        "skipped": report.skipped,
        "images": report.images,
        "seconds": dict(report.seconds),
    }
    if report.labelling.matching is not None:
        line |= {"matching_margin": found.matching_margin, "unmatched": found.unmatched}
    if data.train_truth is not None:
        line |= {
            "ari": scores.ari,
            "ari_noise_as_singletons": scores.ari_noise_as_singletons,
            "coverage": scores.coverage,
        }
        if scores.pair_precision is not None:
            line |= {"pair_precision": scores.pair_precision, "pair_recall": scores.pair_recall}
    return line


def describe_header(line: Mapping[str, Any]) -> str:
    """Return the heading over the epochs of a stage.

    ``margin`` and ``stable`` are the means of margin and stability over the label spaces,
    ``pairs`` is the matching margin.

    Args:
        line: the stage's first epoch, as ``epoch_line`` returns it.

    Returns:
        Two lines of text.
    """
    inner = "clusters noise" + ("   ARI" if "ari" in line else "")
    names = "  ".join(f"{name:{len(inner)}s}" for name in line["clusters"])
    repeated = "  ".join(inner for _ in line["clusters"])
    return (
        f"\n{line['stage']:13s}  {names}\nepoch    loss  {repeated}  margin stable pairs  seconds"
    )


def describe_epoch(line: Mapping[str, Any]) -> str:
    """Return an epoch as one line of text.

    Args:
        line: as ``epoch_line`` returns it.

    Returns:
        The text.
    """
    text = f"{line['epoch']:2d}/{line['epochs']:<2d}  {line['losses']['total']:6.2f}"
    for name, count in line["clusters"].items():
        text += f"  {count:8d} {line['noise'][name]:5.0%}"
        if "ari" in line:
            text += f" {line['ari'].get(name, 0):5.2f}"
    text += f"  {_mean(line['margin']):>6s} {_mean(line['stability']):>6s}"
    pairs = line.get("matching_margin")
    text += f" {'-' if pairs is None else f'{pairs:.2f}':>5s}"
    return f"{text}  {sum(line['seconds'].values()):7.1f}"


def _mean(values: Mapping[str, float]) -> str:
    """Return the mean as text, a dash where there is nothing."""
    return f"{sum(values.values()) / len(values):.2f}" if values else "-"
