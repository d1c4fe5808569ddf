"""One process does the work, the others take part in its searches and get what came of it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import Neighbours
from vireid.errors import VireidError
from vireid.parallel.agreement import from_first
from vireid.parallel.process import share
from vireid.types import Embeddings, Modality

Value = TypeVar("Value")
Found = tuple[Neighbours | None, Mapping[Modality, Neighbours]]


class FindNeighbours(Protocol):
    """Finds neighbours, each process its share."""

    def __call__(
        self,
        embeddings: NDArray[np.floating],
        modality: NDArray[np.integer],
        *,
        k: int | None,
        own_k: int | None,
    ) -> Found:
        """Find neighbours among all rows, and among the rows of the same modality.

        Args:
            embeddings: [N, D] rows of unit length.
            modality: [N] 0 visible, 1 infrared.
            k: neighbours among all rows, the sample itself included; None: not wanted.
            own_k: neighbours among the rows of the same modality; None: not wanted.

        Returns:
            Neighbours among all rows, None where not wanted; and within each modality.
        """
        ...


def let_first(
    act: Callable[[FindNeighbours], Value], search: FindNeighbours, known: Embeddings
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
    ) -> Found:
        same = embeddings is known.vectors and modality is known.modality
        from_first(("search", None if same else (embeddings, modality), k, own_k))
        return search(embeddings, modality, k=k, own_k=own_k)

    try:
        value, problem = act(together), None
    except (VireidError, OSError) as error:
        value, problem = None, error
    from_first(("done", value, problem))
    if problem is not None:
        raise problem
    return cast(Value, value)


def _take_part(search: FindNeighbours, known: Embeddings) -> Any:
    """Search where the first process asks for it, until it is done; return what it found."""
    while True:
        word, *rest = from_first(("", None, None))
        if word == "done":
            value, problem = rest
            if problem is not None:
                raise problem
            return value
        rows, k, own_k = rest
        search(*(rows or (known.vectors, known.modality)), k=k, own_k=own_k)
