"""Who is told of a training: the log, whoever watches, and the observers asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from vireid.data import DataFolder
from vireid.labelling import Labeller
from vireid.observers import Observers, open_observers
from vireid.parallel import share
from vireid.recipes import plain
from vireid.runs.epochs import Watcher, Write
from vireid.runs.session import Session
from vireid.runs.states import steps_done
from vireid.runs.watch import Watch
from vireid.runs.workers import Around
from vireid.training import (
    EpochBegun,
    EpochEnded,
    Event,
    Labelled,
    Stepped,
    TrainingState,
    Workers,
)
from vireid.types import Labelling


@dataclass(frozen=True)
class Watched:
    """What the loop is given so that it can be watched."""

    workers: Workers
    """Who passes images through the network."""
    labeller: Labeller
    """From embeddings to label spaces."""
    observers: Observers
    """To be closed at the end."""
    watcher: Watcher | None = None
    """Who is told; nobody where None."""

    def tell(self, event: Event, write: Write) -> None:
        """Tell of an event.

        Args:
            event: what the loop has yielded.
            write: has something logged while the training goes on.
        """
        if self.watcher is None:
            return
        if isinstance(event, EpochEnded):
            self.watcher(event.report, write)
        elif isinstance(event, EpochBegun | Stepped):
            self.watcher.watch_step(event.report, write)
        elif isinstance(event, Labelled):
            self.watcher.watch_labels(event.state)


@contextmanager
def watching(
    session: Session,
    data: DataFolder,
    *,
    begin: TrainingState | None,
    workers: Workers,
    labeller: Labeller,
) -> Iterator[Watched]:
    """Watch a training; of several processes, the first one does.

    Args:
        session: the training.
        data: its images that can be read; identities, where known, score the labels.
        begin: where the training goes on; at the first step where not given.
        workers: who passes images through the network.
        labeller: from embeddings to label spaces.

    Yields:
        What to give to the loop, and whom to tell.

    Raises:
        DataError: the log cannot be written.
    """
    if share()[0]:
        yield Watched(workers, labeller, Observers({}))
        return
    recipe, log = session.recipe, session.run.log_file
    begun = steps_done(recipe, begin.stage, begin.epoch, begin.step) if begin else 0
    with (
        open_observers(session.log, log, plain(recipe), begun) as observers,
        session.watch(recipe, data) as watch,
    ):
        watcher = Watcher(data, recipe, observers, watch)
        told = telling_of_embedding(workers, watch)
        yield Watched(told, telling_of_labelling(labeller, watch), observers, watcher)


def telling_of_embedding(workers: Workers, watch: Watch) -> Workers:
    """Return workers that tell how far they are in embedding.

    Args:
        workers: who passes images through the network.
        watch: who is told.

    Returns:
        The same, watched.
    """
    return replace(workers, embed=partial(workers.embed, progress=watch.embedding))


def telling_of_labelling(labeller: Labeller, watch: Watch) -> Labeller:
    """Return a labeller that tells when it begins and ends.

    Args:
        labeller: from embeddings to label spaces.
        watch: who is told.

    Returns:
        The same, watched.
    """

    def tell(label: Callable[[], Labelling]) -> Labelling:
        watch.labelling()
        found = label()
        watch.labelled()
        return found

    return Around(labeller, tell)
