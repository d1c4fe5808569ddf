"""Who watches a training: the log, the terminal, and the observers asked for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from vireid.cli.display import console
from vireid.cli.live import live
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.observers import Observers, open_observers
from vireid.parallel import share
from vireid.runs import Run
from vireid.runs.epochs import Watcher
from vireid.runs.states import steps_done
from vireid.training import EpochReport, Labeller, StepReport, TrainingState, Workers


@dataclass(frozen=True)
class Watch:
    """What the loop is given so that it can be watched."""

    workers: Workers
    """Who passes images through the network."""
    label: Labeller
    """From embeddings to label spaces."""
    observe: Callable[[EpochReport], None]
    """To be called after every epoch."""
    watch_step: Callable[[StepReport], None] | None
    """To be called after every step."""
    observers: Observers
    """To be closed at the end."""


@contextmanager
def watching(
    data: DataFolder,
    recipe: Recipe,
    run: Run,
    *,
    log: Sequence[str],
    begin: TrainingState | None,
    workers: Workers,
    label: Labeller,
) -> Iterator[Watch]:
    """Watch a training; of several processes, the first one does.

    Args:
        data: training images; identities, where known, score the labels.
        recipe: all settings.
        run: its folder.
        log: which observers, beside the log.
        begin: where the training goes on; at the first step where not given.
        workers: who passes images through the network.
        label: from embeddings to label spaces.

    Yields:
        What to give to the loop.

    Raises:
        DataError: the log cannot be written.
    """
    if share()[0]:
        yield Watch(workers, label, _look_away, None, Observers({}))
        return
    begun = steps_done(recipe, begin.stage, begin.epoch, begin.step) if begin else 0
    with (
        open_observers(log, run.log_file, asdict(recipe), begun) as observers,
        live(recipe, data, console) as display,
    ):
        watcher = Watcher(data, recipe, observers)

        def watch_step(report: StepReport) -> None:
            display(report)
            watcher.watch_step(report)

        yield Watch(
            display.watch_embed(workers),
            display.watch_label(label),
            watcher,
            watch_step,
            observers,
        )


def _look_away(report: EpochReport) -> None:
    """Leave the report to the first process."""
