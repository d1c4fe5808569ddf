"""What a term sees of a batch, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from vireid.types import Int

Arrays = dict[str, NDArray[Any]]
"""What a term plans for a batch, by name. ``rows`` [R] are its rows of the batch and must be there.
``weights`` [R] weigh the mean and ``modality`` [R] parts it; where they are needed and not given,
they are the confidence and the modality of the rows' images. All else is the term's own."""


@dataclass(frozen=True)
class Batch:
    """Which training image each of the B rows of a batch shows, known before it is computed on.

    The visible rows come first: V images as they are, then the same V in the same order with one
    channel copied over all three; the infrared rows follow, once each. An image may be drawn
    twice, so that its index alone does not say which row is its other view. B counts the rows of
    all processes.
    """

    indices: Int
    """[B] indices of training images."""
    modality: Int
    """[B] 0 visible, 1 infrared."""
    epoch: int = 0
    """Epoch of the stage, from 0."""
    step: int = 0
    """Step of the epoch, from 0."""
