"""How fast a training goes, and how long it takes from here."""

from collections import deque
from collections.abc import Callable
from statistics import median
from time import perf_counter

from vireid.config import Recipe, StageConfig
from vireid.training import StepReport

RECENT = 50
"""Steps whose median tells the speed; the slow first ones of a process do not count for long."""


class Pace:
    """Times the parts of a training from what its steps report.

    Args:
        recipe: of the training.
        clock: seconds since any moment.
    """

    def __init__(self, recipe: Recipe, clock: Callable[[], float] = perf_counter) -> None:
        self._stages, self._clock = recipe.stages, clock
        self._steps: deque[float] = deque(maxlen=RECENT)
        self._labelling = self._between = 0.0
        self._last: StepReport | None = None
        self._since = clock()
        self._is_labelled = False
        self.images_per_second: float | None = None
        """Images that go through the network in a second of steps; None before the first step."""

    def __call__(self, report: StepReport) -> None:
        """Note the start of an epoch or the end of a step.

        Args:
            report: as the loop hands it over.
        """
        now = self._clock()
        if not report.losses:
            if self._last is not None:
                self._between = now - self._since
            self._is_labelled = False
        else:
            self._steps.append(now - self._since)
            images = report.images - (self._last.images if self._last else 0)
            if images > 0:
                self.images_per_second = images / max(median(self._steps), 1e-9)
        self._last, self._since = report, now

    def labelled(self) -> None:
        """Note that the images have been embedded and labelled."""
        now = self._clock()
        self._labelling, self._since, self._is_labelled = now - self._since, now, True

    def remaining(self) -> tuple[float, float] | None:
        """Estimate how long the stage and the whole run take from here.

        Later stages are taken to be as fast as this one. Labelling counts once it has been timed.

        Returns:
            Seconds to the end of the stage and of the run; None before the first step.
        """
        if self._last is None or not self._steps:
            return None
        report = self._last
        names = [stage.name for stage in self._stages]
        here = names.index(report.stage)
        stage = self._stages[here]
        epochs = range(report.epoch, report.epochs)
        seconds = (report.iterations - report.step) * median(self._steps) + self._between
        if not (report.losses or self._is_labelled) and _is_due(stage, report.epoch - 1):
            seconds += max(0.0, self._labelling - (self._clock() - self._since))
        seconds += self._seconds(stage, epochs)
        later = (self._seconds(stage, range(stage.epochs)) for stage in self._stages[here + 1 :])
        return seconds, seconds + sum(later)

    def _seconds(self, stage: StageConfig, epochs: range) -> float:
        """Return what whole epochs of a stage take."""
        steps = len(epochs) * stage.iterations
        labellings = sum(_is_due(stage, epoch) for epoch in epochs)
        parts = (steps, median(self._steps)), (labellings, self._labelling)
        return sum(count * each for count, each in parts) + len(epochs) * self._between


def _is_due(stage: StageConfig, epoch: int) -> bool:
    """Tell whether images are labelled before an epoch, counted from 0."""
    every = stage.relabel_every
    return epoch == 0 or (every > 0 and epoch % every == 0)
