"""What the terminal shows while a training runs: a line for each epoch, the rest below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from math import isfinite
from time import perf_counter
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from vireid.cli.epochs import EpochTable
from vireid.cli.pace import Pace
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.metrics import Reliability, reliability
from vireid.observers.crowding import Crowding, crowding
from vireid.runs.watch import Watch
from vireid.training import EpochReport, StepReport
from vireid.types import Labelling

BAR = 24
"""Characters of the bar."""


class Display(Watch):
    """Follows a training; rich renders it at any moment.

    Args:
        recipe: of the training.
        score: from labels to figures; asked once for each labelling that is shown.
        console: where epochs are printed.
        clock: seconds since any moment.
        crowd: warns where other programs slow an epoch.
    """

    def __init__(
        self,
        recipe: Recipe,
        score: Callable[[Labelling], Reliability],
        console: Console,
        clock: Callable[[], float] = perf_counter,
        crowd: Crowding | None = None,
    ) -> None:
        self._crowd = crowd or crowding()
        self._crowd.begin()
        self.pace = Pace(recipe, clock)
        self._stages = [stage.name for stage in recipe.stages]
        self._score, self._console, self._table = score, console, EpochTable()
        self._scored: tuple[Labelling, Reliability] | None = None
        self._report: StepReport | None = None
        self._losses: dict[str, float] = {}
        self._taken = 0
        self._doing = ("starting", 0, 0)

    def step(self, report: StepReport) -> None:
        """Show where the training is.

        Args:
            report: as the loop hands it over.
        """
        self.pace(report)
        if not report.losses:
            self._losses, self._taken = {}, 0
        elif isfinite(report.losses["total"]):
            self._taken += 1
            for name, value in report.losses.items():
                mean = self._losses.get(name, 0.0)
                self._losses = {**self._losses, name: mean + (value - mean) / self._taken}
        self._report, self._doing = report, ("steps", report.step, report.iterations)

    def embedding(self, done: int, total: int) -> None:
        """Show how far the images are embedded.

        Args:
            done: images that are embedded.
            total: all images.
        """
        self._doing = ("embedding", done, total)

    def labelling(self) -> None:
        """Show that labelling goes on."""
        self._doing = ("labelling ...", 0, 0)

    def labelled(self) -> None:
        """Show that labelling has ended."""
        self.pace.labelled()
        self._doing = ("labelled", 0, 0)

    def epoch(self, report: EpochReport, line: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Print an epoch.

        Args:
            report: what it did.
            line: what the log keeps of it.
        """
        for text in self._table.lines(line):
            self._console.print(text)
        self._crowd.end()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, none longer than the terminal is wide."""
        report = self._report
        if report is None:
            return
        what, done, total = self._doing
        place = f"{report.stage} ({self._stages.index(report.stage) + 1}/{len(self._stages)})"
        count = f"{done}/{total} {what}" if total else what
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(total or None, done, width=BAR, pulse=not total)
        row.add_row(Text(f"{place} epoch {report.epoch}/{report.epochs}"), bar, Text(count))
        yield row
        for name, parts in (
            ("speed", self._speed()), ("losses", self._mean_losses()), ("labels", self._labels())
        ):  # fmt: skip
            for line in _lines(name, parts, options.max_width):
                yield Text(line, style="dim", no_wrap=True)

    def _speed(self) -> list[str]:
        left, images = self.pace.remaining(), self.pace.images_per_second
        if left is None or images is None:
            return []
        stage, run = (timedelta(seconds=round(seconds)) for seconds in left)
        return [f"{images:.0f} images/s", f"stage done in {stage}", f"run in {run}"]

    def _mean_losses(self) -> list[str]:
        return [f"{name} {value:.2f}" for name, value in sorted(self._losses.items(), key=_order)]

    def _labels(self) -> list[str]:
        labelling = self._report.labelling if self._report else None
        if labelling is None or not labelling.spaces:
            return []
        if self._scored is None or self._scored[0] is not labelling:
            self._scored = (labelling, self._score(labelling))
        found, parts = self._scored[1], []
        for name, space in labelling.spaces.items():
            ari = f" ARI {found.ari[name]:.2f}" if name in found.ari else ""
            parts.append(f"{name} {space.clusters} clusters {found.noise[name]:.0%} noise{ari}")
        return parts


def _order(item: tuple[str, float]) -> bool:
    """Sort the sum before its terms."""
    return item[0] != "total"


def _lines(name: str, parts: Sequence[str], width: int) -> Iterator[str]:
    """Yield a name and its parts, as many in a line as fit."""
    indent, line = f"{name:8s}", ""
    for part in parts:
        longer = f"{line}, {part}" if line else indent + part
        if line and len(longer) > width:
            yield line + ","
            line = " " * len(indent) + part
        else:
            line = longer
    if line:
        yield line


@contextmanager
def live(recipe: Recipe, data: DataFolder, console: Console) -> Iterator[Display]:
    """Follow a training on the terminal; quietly where the output is no terminal.

    Args:
        recipe: of the training.
        data: its images; their identities, where known, score the labels that are shown.
        console: where to show it; what is printed there meanwhile stays above.

    Yields:
        To be told of the training.
    """
    identities = None if data.train_truth is None else data.train_truth.identities

    def score(found: Labelling) -> Reliability:
        return reliability(found.spaces, found.matching, data.train.modality, identities)

    display = Display(recipe, score, console)
    if not console.is_terminal:
        yield display
        return
    with Live(display, console=console, transient=True):
        yield display
