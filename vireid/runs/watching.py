"""Who is told of a training: the log, whoever watches, and the observers asked for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vireid.data import DataFolder
from vireid.labelling import Labeller, NeighbourSearch
from vireid.models import CrossModalNetwork
from vireid.models.extract import KeptMaps
from vireid.observers import Observers, open_observers
from vireid.parallel import share
from vireid.recipes import plain
from vireid.runs.epochs import Watcher
from vireid.runs.session import Session
from vireid.runs.states import steps_done
from vireid.runs.watch import Watch
from vireid.training import (
    EpochBegun,
    EpochEnded,
    Event,
    Labelled,
    Stepped,
    TrainingState,
    Workers,
)
from vireid.types import Embeddings, Int, Known, Labelling, LabelSpace, Tell


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

    def tell(self, event: Event) -> None:
        """Tell of an event.

        Args:
            event: what the loop has yielded.
        """
        if self.watcher is None:
            return
        if isinstance(event, EpochEnded):
            self.watcher(event.report)
        elif isinstance(event, EpochBegun | Stepped):
            self.watcher.watch_step(event.report)
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
        yield Watched(told, Telling(labeller, watch), observers, watcher)


def telling_of_embedding(workers: Workers, watch: Watch) -> Workers:
    """Return workers that tell how far they are in embedding.

    Args:
        workers: who passes images through the network.
        watch: who is told.

    Returns:
        The same, watched.
    """

    def embed(
        network: CrossModalNetwork,
        pixels: Any,
        modality: Int,
        *,
        with_features: bool = False,
        kept: KeptMaps | None = None,
        progress: Tell | None = watch.embedding,
    ) -> Embeddings:
        return workers.embed(
            network, pixels, modality, with_features=with_features, kept=kept, progress=progress
        )

    return replace(workers, embed=embed)


@dataclass(frozen=True)
class Telling:
    """A labeller that tells when it begins and ends."""

    labeller: Labeller
    """Who labels."""
    watch: Watch
    """Who is told."""

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for."""
        return self.labeller.spaces()

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        return self.labeller.problems()

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Sequence[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Label the images, and tell of it.

        Args:
            embeddings: of N training images.
            known: what is known of them.
            spaces: the label spaces wanted.
            generator: source of all randomness.
            search: finds neighbours.

        Returns:
            The labels.
        """
        self.watch.labelling()
        found = self.labeller.label(embeddings, known, spaces, generator=generator, search=search)
        self.watch.labelled()
        return found
