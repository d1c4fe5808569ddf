"""Who does the work of a training: this process, or several together."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vireid.config import Recipe
from vireid.errors import Stopped
from vireid.labelling import Labeller, NeighbourSearch
from vireid.models import CrossModalNetwork
from vireid.parallel import (
    SharedForward,
    largest,
    let_first,
    share,
    shared_extract,
    shared_neighbours,
    synchronise_norms,
)
from vireid.training import Workers, new_pooling
from vireid.types import Embeddings, Known, Labelling, LabelSpace, Tell


@dataclass(frozen=True)
class Around:
    """A labeller that something is done around: before or after it labels, or to its labels."""

    labeller: Labeller
    """Who labels."""
    call: Callable[[Callable[[], Labelling]], Labelling]
    """Is given the labelling to call; returns its labels, or others of the same images."""

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
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,
    ) -> Labelling:
        """Label the images; as for ``Labeller``.

        Args:
            embeddings: of N training images.
            known: what is known of them.
            spaces: the label spaces wanted.
            generator: source of all randomness.
            search: finds neighbours.

        Returns:
            The labels.
        """
        return self.call(
            lambda: self.labeller.label(
                embeddings, known, spaces, generator=generator, search=search
            )
        )


def together(network: CrossModalNetwork, recipe: Recipe) -> Workers:
    """Share a training's work among all processes, or leave it to the only one.

    Args:
        network: on the training device; its batch norms are replaced where they are synchronised.
        recipe: precision, parts, and whether batch norms are synchronised.

    Returns:
        Who passes batches, embeds, searches and labels.
    """
    if share()[1] == 1:
        return Workers()
    if recipe.compute.synchronise:
        synchronise_norms(network)
    forward = SharedForward(network, new_pooling(network, recipe.compute))
    return Workers(forward, shared_extract, shared_neighbours, largest, let_first)


def stopping_between_batches(workers: Workers, stop: Callable[[], bool]) -> Workers:
    """Let an embedding of the training images end where a stop is asked for.

    The state saved last is that of the epoch's start, so nothing is lost.

    Args:
        workers: who embeds.
        stop: whether to stop; asked after every batch, and of several processes, whose shares
            differ, once before the first.

    Returns:
        Workers whose embedding raises ``Stopped``.
    """

    def check() -> None:
        if stop():
            raise Stopped("stopped", 0)

    def embed(*given: Any, progress: Tell | None = None, **options: Any) -> Embeddings:
        def after_batch(done: int, total: int, /) -> None:
            if share()[1] == 1:
                check()
            if progress:
                progress(done, total)

        check()
        return workers.embed(*given, progress=after_batch, **options)

    return replace(workers, embed=embed)
