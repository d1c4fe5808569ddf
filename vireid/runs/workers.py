"""Who passes the training images through the network: this process, or several together."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from vireid.config import Recipe
from vireid.errors import Stopped
from vireid.labelling import Labelling, label_spaces
from vireid.models import CrossModalNetwork
from vireid.parallel import (
    SharedForward,
    from_first,
    share,
    shared_extract,
    shared_neighbours,
    synchronise_norms,
)
from vireid.training import Labeller, Workers, new_pooling
from vireid.types import Embeddings


def together(
    network: CrossModalNetwork, recipe: Recipe, label: Labeller | None
) -> tuple[Workers, Labeller]:
    """Share a training's work among all processes, or leave it to the only one.

    Args:
        network: on the training device; its batch norms are replaced where they are synchronised.
        recipe: precision, parts, and whether batch norms are synchronised.
        label: from embeddings to label spaces; ``labelling.label_spaces`` where not given.

    Returns:
        Who embeds, and who labels: every process gets the labels of the first one.
    """
    if share()[1] == 1:
        return Workers(), label or label_spaces
    if recipe.compute.synchronise:
        synchronise_norms(network)
    find = label or partial(label_spaces, search=shared_neighbours)

    def label_alike(*arguments: Any, **named: Any) -> Labelling:
        return from_first(find(*arguments, **named))

    forward = SharedForward(network, new_pooling(network, recipe.compute))
    return Workers(forward, shared_extract), label_alike


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

    def embed(
        *given: Any, progress: Callable[[int, int], None] | None = None, **named: Any
    ) -> Embeddings:
        def after_batch(done: int, images: int) -> None:
            if share()[1] == 1:
                check()
            if progress:
                progress(done, images)

        check()
        return workers.embed(*given, progress=after_batch, **named)

    return replace(workers, embed=embed)
