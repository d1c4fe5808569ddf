"""Whether two images show one person: what several labellings, and tracks, say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.types import NOISE, Bool, Int

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """Of which track each of N images is, and when and where that was seen."""

    track: Int
    """[N] numbers of tracks; an image without one has a number of its own."""
    place: Int
    """[N] a number for each camera of each modality; -1 where nobody knows it."""
    begin: Numbers
    """[N] time of the first image of its track; inf where unknown."""
    end: Numbers
    """[N] time of the last one; -inf where unknown."""

    def together(self, rows: Int, columns: Int) -> Bool:
        """Tell which images are of one track: they are one person, and nearly one picture.

        Args:
            rows: [A] image numbers.
            columns: [B] image numbers.

        Returns:
            [A, B].
        """
        return self.track[rows][:, None] == self.track[columns]

    def apart(self, rows: Int, columns: Int) -> Bool:
        """Tell which images are of two tracks of one camera at one time: they are two people.

        Args:
            rows: [A] image numbers.
            columns: [B] image numbers.

        Returns:
            [A, B].
        """
        place = self.place[rows][:, None]
        met = (self.begin[rows][:, None] <= self.end[columns]) & (place == self.place[columns])
        met &= (self.begin[columns] <= self.end[rows][:, None]) & (place != NOISE)
        return met & ~self.together(rows, columns)


def verdicts(labellings: Int, rows: Int, columns: Int, seen: Seen | None = None) -> Numbers:
    """Say by which share of the labellings two images show one person.

    Args:
        labellings: [R, N] cluster numbers, each row numbered by itself; -1 for an image that the
            labelling did not cluster or was not shown, of which it says nothing.
        rows: [A] image numbers.
        columns: [B] image numbers.
        seen: what tracks tell: images of two tracks of one camera at one time are two people,
            whatever the labellings say.

    Returns:
        [A, B] shares in [0, 1]; NaN where no labelling knows both, and for images of one track,
        which are no comparison of two sightings.

    >>> labellings = np.array([[0, 0, 1, -1], [0, 1, 1, -1]])
    >>> verdicts(labellings, np.array([0]), np.array([1, 2, 3])).tolist()
    [[0.5, 0.0, nan]]
    """
    known = np.zeros((len(rows), len(columns)), dtype=np.int32)
    same = np.zeros_like(known)
    for labels in labellings:
        one, other = labels[rows][:, None], labels[columns]
        both = (one != NOISE) & (other != NOISE)
        known += both
        same += both & (one == other)
    if seen is not None:
        apart = seen.apart(rows, columns)
        same[apart], known[apart] = 0, 1
        known[seen.together(rows, columns)] = 0
    told = known > 0
    return np.where(told, same / np.where(told, known, 1), np.nan)
