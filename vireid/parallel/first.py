"""One process does the work, the others take part in its searches and get what came of it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import Neighbours
from vireid.errors import VireidError
from vireid.labelling import NeighbourSearch
from vireid.parallel.agreement import from_first
from vireid.parallel.own_share import share
from vireid.types import Embeddings, Modality

Value = TypeVar("Value")


def let_first(
    act: Callable[[NeighbourSearch], Value], search: NeighbourSearch, known: Embeddings
) -> Value:
    """Let the first process do something; the others only search with it.

    Args:
        act: what the first process does; is given a search in which all take part.
        search: finds neighbours, each process its share.
        known: embeddings that all processes have, which then need not be sent.

    Returns:
        What the act returned, on every process.

    Raises:
        VireidError: the act raised one, which every process then raises; likewise an OSError.
    """
    rank, processes = share()
    if processes == 1:
        return act(search)
    if rank:
        return cast(Value, _take_part(search, known))

    def together(
        embeddings: NDArray[np.floating],
        modality: NDArray[np.integer],
        *,
        k: int | None,
        own_k: int | None,
        across: bool = False,
    ) -> tuple[Neighbours | None, Mapping[Modality, Neighbours]]:
        same = embeddings is known.vectors and modality is known.modality
        from_first(("search", None if same else (embeddings, modality), k, own_k, across))
        return search(embeddings, modality, k=k, own_k=own_k, across=across)

    try:
        value, problem = act(together), None
    except (VireidError, OSError) as error:
        value, problem = None, error
    from_first(("done", value, problem))
    if problem is not None:
        raise problem
    return cast(Value, value)


def _take_part(search: NeighbourSearch, known: Embeddings) -> Any:
    """Search where the first process asks for it, until it is done; return what it found."""
    while True:
        message: Any = from_first(("",))
        word, *rest = message
        if word == "done":
            value, problem = rest
            if problem is not None:
                raise problem
            return value
        rows, k, own_k, across = rest
        search(*(rows or (known.vectors, known.modality)), k=k, own_k=own_k, across=across)
