"""How far the nearest neighbours of two modalities agree: a signal that needs no labels at all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vireid.errors import DataError
from vireid.types import Int

if TYPE_CHECKING:
    from torch import Tensor

Rows = NDArray[np.floating]
CHUNK = 64
"""Images compared with all others at a time."""


def neighbour_overlap(
    embeddings: Rows,
    modality: ArrayLike,
    *,
    k: int = 10,
    sample: int = 1000,
    resident: "Tensor | None" = None,
) -> float | None:
    """Measure how many nearest images two images have in common that should show one person.

    Each image has k nearest images in its own modality, itself among them; so has its nearest image
    of the other modality, among the same images. Where the embedding tells people apart, and not
    modalities, both find the same ones. Neither clusters nor their settings count, so the measure
    compares methods, settings and epochs on the same images. Takes O(sample N D) time and
    O(N D) memory.

    Args:
        embeddings: [N, D] rows of unit length; not modified.
        modality: [N] 0 visible, 1 infrared.
        k: nearest images, limited to those that there are (at least 1).
        sample: images of each modality that are asked, evenly spaced, at least 1.
        resident: [N, D] the same embeddings, on the device that is to compare them.

    Returns:
        The mean share of the k that both have, over the asked images of either modality, the two
        alike, in [0, 1]; None where a modality has no image.

    Raises:
        DataError: embeddings and modality do not fit.

    >>> rows = np.repeat(np.eye(3), 4, axis=0)  # three people, each twice in either modality
    >>> neighbour_overlap(rows, [0, 0, 1, 1] * 3, k=2)
    1.0
    """
    side = np.asarray(modality)
    if embeddings.ndim != 2 or side.shape != embeddings.shape[:1]:
        raise DataError(
            f"embeddings have shape {embeddings.shape} and modality {side.shape}; expected (N, D) "
            "and (N,)"
        )
    rows = [np.flatnonzero(side == number) for number in (0, 1)]
    if not all(map(len, rows)):
        return None
    if resident is not None:
        return _shared_there(resident, rows, k, sample)
    both = (rows, rows[::-1])
    return float(np.mean([_shared(embeddings, one, two, k, sample) for one, two in both]))


def _asked(own: Int, most: int) -> Int:
    """Return some rows of a modality, evenly spaced."""
    spaced = np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(np.int64)
    return own[np.unique(spaced)]


def _shared(given: Rows, own: Int, other: Int, k: int, most: int) -> float:
    """Return the mean share of common neighbours over some images of one modality."""
    asked, k = _asked(own, most), min(k, len(own))
    partners = other[_nearest(given, asked, other, 1)[:, 0]]
    both = np.hstack([_nearest(given, rows, own, k) for rows in (asked, partners)])
    both.sort(axis=1)
    return float((both[:, 1:] == both[:, :-1]).sum(axis=1).mean()) / k


def _nearest(given: Rows, asked: Int, among: Int, k: int) -> Int:
    """Return the k nearest [len(asked), k] of some rows among others, as places in these."""
    others = given[among].T
    found = []
    for start in range(0, len(asked), CHUNK):
        distance = -(given[asked[start : start + CHUNK]] @ others)
        found.append(np.argpartition(distance, k - 1, axis=1)[:, :k].copy())
    return np.concatenate(found)


def _shared_there(given: "Tensor", rows: Sequence[Int], k: int, most: int) -> float:
    """Return the mean share over both modalities; the host waits for the device once."""
    import torch

    def there(places: Int) -> "Tensor":
        return torch.from_numpy(places).to(given.device, non_blocking=True)

    def nearest(asked: "Tensor", others: "Tensor", k: int) -> "Tensor":
        starts = range(0, len(asked), CHUNK)
        return torch.cat([(asked[n : n + CHUNK] @ others.T).topk(k).indices for n in starts])

    found = []
    for own, other in (rows, rows[::-1]):
        near, asked, others = (given[there(one)] for one in (own, _asked(own, most), other))
        partners = others[nearest(asked, others, 1)[:, 0]]
        most_near = min(k, len(own))
        both = torch.hstack([nearest(one, near, most_near) for one in (asked, partners)])
        both = both.sort(dim=1).values
        found.append((both[:, 1:] == both[:, :-1]).sum(dim=1).double().mean() / most_near)
    return float(torch.stack(found).mean())
