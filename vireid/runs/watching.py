"""Who is told of a training: the log, whoever watches, and the observers asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from vireid.data import DataFolder
from vireid.labelling import Labelling
from vireid.observers import Observers, open_observers
from vireid.parallel import share
from vireid.runs.epochs import Watcher
from vireid.runs.session import Session
from vireid.runs.states import steps_done
from vireid.runs.watch import Watch
from vireid.training import EpochReport, Labeller, StepReport, TrainingState, Workers
from vireid.types import Embeddings


@dataclass(frozen=True)
class Watched:
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
    session: Session,
    data: DataFolder,
    *,
    begin: TrainingState | None,
    workers: Workers,
    label: Labeller,
) -> Iterator[Watched]:
    """Watch a training; of several processes, the first one does.

    Args:
        session: the training.
        data: its images that can be read; identities, where known, score the labels.
        begin: where the training goes on; at the first step where not given.
        workers: who passes images through the network.
        label: from embeddings to label spaces.

    Yields:
        What to give to the loop.

    Raises:
        DataError: the log cannot be written.
    """
    if share()[0]:
        yield Watched(workers, label, _look_away, None, Observers({}))
        return
    recipe, log = session.recipe, session.run.log_file
    begun = steps_done(recipe, begin.stage, begin.epoch, begin.step) if begin else 0
    with (
        open_observers(session.log, log, asdict(recipe), begun) as observers,
        session.watch(recipe, data) as watch,
    ):
        watcher = Watcher(data, recipe, observers, watch)
        yield Watched(
            telling_of_embedding(workers, watch),
            telling_of_labelling(label, watch),
            watcher,
            watcher.watch_step,
            observers,
        )


def telling_of_embedding(workers: Workers, watch: Watch) -> Workers:
    """Return workers that tell how far they are in embedding.

    Args:
        workers: who passes images through the network.
        watch: who is told.

    Returns:
        The same, watched.
    """

    def embed(*given: Any, **named: Any) -> Embeddings:
        return workers.embed(*given, progress=watch.embedding, **named)

    return replace(workers, embed=embed)


def telling_of_labelling(label: Labeller, watch: Watch) -> Labeller:
    """Return a labeller that tells when it begins and ends.

    Args:
        label: from embeddings to label spaces.
        watch: who is told.

    Returns:
        The same, watched.
    """

    def watched(*given: Any, **named: Any) -> Labelling:
        watch.labelling()
        found = label(*given, **named)
        watch.labelled()
        return found

    return watched


def _look_away(report: EpochReport) -> None:
    """Leave the report to the first process."""
