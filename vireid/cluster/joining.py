"""Rows of clusters, joined with those of their partners."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.rows import finite_rows
from vireid.errors import DataError
from vireid.types import NOISE, Float, Int


def joined_rows(
    rows: NDArray[np.floating], others: NDArray[np.floating], partner: Int, keep: float
) -> Float:
    """Mix each row with that of its partner in the other modality; the result is not normalised.

    Row i becomes keep rows[i] + (1 - keep) others[partner[i]].

    Source: ADCA, cross-modality memory aggregation, with keep 0.1. The released code
    joins visible rows alone and keeps the sums as they are, whose length is below 1; a memory has
    to be brought to unit length. RPNR's pair centres are those of keep 0.5, from infrared clusters.

    Args:
        rows: [C, D] of one modality; not modified.
        others: [K, D] of the other one; not modified.
        partner: [C] the partner of each row, -1 where it has none: it stays as it is. A
            ``Matching`` has ``partner`` for visible and ``to_visible`` for infrared rows.
        keep: share of the row itself, 0 to 1.

    Returns:
        [C, D] float32.

    Raises:
        DataError: rows that are not finite and of one width, or partners that do not fit them.

    >>> joined_rows(np.eye(2), np.array([[0.0, -1.0]]), np.array([0, -1]), 0.25).tolist()
    [[0.25, -0.75], [0.0, 1.0]]
    """
    mine, theirs = finite_rows(rows), finite_rows(others)
    if mine.shape[1] != theirs.shape[1]:
        raise DataError(f"rows have {mine.shape[1]} dimensions, their partners {theirs.shape[1]}")
    if np.shape(partner) != (len(mine),):
        raise DataError(f"partners have shape {np.shape(partner)}; expected ({len(mine)},)")
    joined = np.flatnonzero(partner != NOISE)
    chosen = partner[joined]
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < len(theirs)):
        raise DataError(f"partners must lie in -1..{len(theirs) - 1}")
    found = mine.copy()
    found[joined] = np.float32(keep) * mine[joined] + np.float32(1 - keep) * theirs[chosen]
    return found
