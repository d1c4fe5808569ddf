"""Neighbour lists that hold as many visible as infrared rows (BMIL, balanced neighbours)."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.neighbours import modal_neighbours
from vireid.cluster.scan import Neighbours, room
from vireid.cluster.search_options import Search
from vireid.errors import ConfigError, DataError
from vireid.types import Int, Modality


def balanced_neighbours(
    embeddings: NDArray[np.floating],
    modality: NDArray[np.integer],
    k1: int,
    *,
    search: Search | None = None,
) -> Neighbours:
    """Find the k1/2 most similar visible and the k1/2 most similar infrared rows of each row.

    Two searches, of which each multiplies half of the pairs: as dear as one among all rows.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        k1: length of a list, at least 2; an odd one loses one, a modality with fewer rows gives
            all that it has.
        search: backend, device, threads and more; all rows are asked for, whatever its part.

    Returns:
        Indices [N, K] int64 and similarities [N, K] float32, most similar first, as
        ``balanced_lists`` has them; K = min(k1/2, visible rows) + min(k1/2, infrared rows).

    Raises:
        DataError: embeddings that are not finite rows of unit length, or a modality that does not
            fit them.
        ConfigError: k1 below 2, or a backend that is not installed.

    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]])
    >>> balanced_neighbours(rows, np.array([0, 0, 0, 1]), 4)[0].tolist()
    [[0, 1, 3], [1, 2, 3], [2, 1, 3], [3, 2, 1]]
    """
    half, how = half_of(k1), replace(search or Search(), part=(0, 1))
    own = modal_neighbours(embeddings, modality, k=None, own_k=half, search=how)[1]
    across = modal_neighbours(embeddings, modality, k=None, own_k=half, across=True, search=how)[1]
    return balanced_lists(modality, own, across, half)


def half_of(k1: int) -> int:
    """Return how many rows of each modality a balanced list holds.

    Args:
        k1: length of a list.

    Returns:
        k1/2, rounded down.

    Raises:
        ConfigError: k1 below 2.
    """
    if k1 < 2:
        raise ConfigError(f"k1 is {k1}; expected at least 2, one neighbour of each modality")
    return k1 // 2


def balanced_lists(
    modality: NDArray[np.integer],
    own: Mapping[Modality, Neighbours],
    across: Mapping[Modality, Neighbours],
    half: int,
) -> Neighbours:
    """Merge the nearest rows of the same and of the other modality into one list for each row.

    All lists are of one length: a visible row has the same number of visible neighbours as an
    infrared one.

    Args:
        modality: [N] 0 visible, 1 infrared.
        own: ``half`` or more neighbours among the rows of the same modality, as
            ``modal_neighbours`` returns them for all rows.
        across: ``half`` or more neighbours among the rows of the other modality, likewise.
        half: how many of either are taken, where there are so many.

    Returns:
        Indices and similarities [N, K], most similar first. The sample itself comes first; ties
        are in the order of the indices.
    """
    rows = [np.flatnonzero(np.asarray(modality) == side) for side in Modality]
    width = sum(min(half, len(side)) for side in rows)
    indices, similarities = room(len(modality), width)
    for side in Modality:
        mine, theirs = rows[side], rows[1 - side]
        if not mine.size:
            continue
        (near, alike), (far, other) = own[side], across[side]
        first = alike[:, :half].copy()
        first[:, 0] = np.inf  # rounding may make a twin more similar
        indices[mine], similarities[mine] = merged(
            (mine[near[:, :half]], first), (theirs[far[:, :half]], other[:, :half])
        )
        similarities[mine, 0] = alike[:, 0]
    return indices, similarities


def merged(one: Neighbours, other: Neighbours) -> Neighbours:
    """Merge two neighbour lists of each row by falling similarity.

    Args:
        one: indices and similarities [N, A].
        other: indices and similarities [N, B], of other rows.

    Returns:
        Indices and similarities [N, A + B]; ties are in the order of the indices. So a sample of
        less than unit length need not come first in its own list.
    """
    indices = np.hstack([one[0], other[0]])
    similarities = np.hstack([one[1], other[1]])
    order = np.lexsort((indices, -similarities), axis=1)
    return np.take_along_axis(indices, order, 1), np.take_along_axis(similarities, order, 1)


def checked_lists(indices: Int, modality: NDArray[np.integer], k1: int) -> Int:
    """Return given lists, or say in which row they are not balanced.

    Args:
        indices: [N, K] rows 0..N-1.
        modality: [N] 0 visible, 1 infrared.
        k1: length of a list where both modalities have k1/2 rows.

    Returns:
        The indices.

    Raises:
        DataError: a row has not the expected number of neighbours of each modality.
    """
    half = half_of(k1)
    visible, infrared = (min(half, int((modality == side).sum())) for side in Modality)
    found = (modality[indices] == Modality.INFRARED).sum(axis=1)
    wrong = np.flatnonzero(found != infrared)
    if wrong.size or indices.shape[1] != visible + infrared:
        row = int(wrong[0]) if wrong.size else 0
        raise DataError(
            f"neighbours of row {row} are {indices.shape[1] - found[row]} visible and "
            f"{found[row]} infrared rows; expected {visible} and {infrared}"
        )
    return indices


def nearest_of_each(indices: Int, modality: NDArray[np.integer], k: int) -> Int:
    """Return the first k entries of each modality of balanced lists.

    Args:
        indices: [N, K] lists, each of them with as many rows of a modality as every other.
        modality: [N] 0 visible, 1 infrared.
        k: entries wanted; all of a modality that has fewer.

    Returns:
        [N, k + k] or less, in the order of the lists.
    """
    infrared = modality[indices] == Modality.INFRARED
    place = np.where(infrared, infrared.cumsum(axis=1), (~infrared).cumsum(axis=1))
    return indices[place <= k].reshape(len(indices), -1)
