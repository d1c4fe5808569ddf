"""Features of any origin -> unit rows; what cannot be used is named by its row in the file."""

import numpy as np
from numpy.typing import NDArray

from vireid.cluster import finite_rows, normalise_rows, unit_rows
from vireid.cluster.rows import ORDINARY, UNIT_TOLERANCE
from vireid.errors import DataError, some
from vireid.types import Float, Int

_BLOCK = 4096
"""Rows looked at together, which bounds memory."""


def usable_rows(vectors: Float, chosen: Int, *, normalise: bool) -> Float:
    """Return rows of unit length.

    Args:
        vectors: [N, D] of any floating type and memory layout; not modified.
        chosen: [M] which of them are wanted.
        normalise: bring them to unit length instead of refusing others.

    Returns:
        [M, D] float32, contiguous.

    Raises:
        DataError: some are not finite, are zero, or, unless they are normalised, are not of unit
            length; messages count the N rows from 0.
    """
    if vectors.ndim != 2 or not np.issubdtype(vectors.dtype, np.floating):
        return finite_rows(vectors)  # which says what is expected
    rows = vectors if len(chosen) == len(vectors) else vectors[chosen]
    peak = np.concatenate([np.empty(0), *(_peaks(rows[i : i + _BLOCK]) for i in _starts(rows))])
    _refuse(chosen[~np.isfinite(peak)], "NaN or infinite values", "hold")
    _refuse(chosen[peak == 0], "zero and has no direction", "is")
    if normalise:
        return normalise_rows(rows)
    far = (peak < ORDINARY[0]) | (peak > ORDINARY[1])
    norms = np.where(far, peak, 0.0)
    for i in _starts(rows):
        part = slice(i, i + _BLOCK)
        norms[part][~far[part]] = np.linalg.norm(rows[part][~far[part]].astype(np.float64), axis=1)
    wrong = np.flatnonzero(np.abs(norms - 1) > UNIT_TOLERANCE)
    if wrong.size:
        raise DataError(
            f"rows not of unit length: {len(wrong)}, the first row {chosen[wrong[0]]} "
            f"(counted from 0) of norm {norms[wrong[0]]:.4g}; expected unit length: "
            "normalise the rows, say with normalise=True or --normalise"
        )
    return unit_rows(rows)


def _starts(rows: NDArray[np.floating]) -> range:
    return range(0, len(rows), _BLOCK)


def _peaks(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the largest absolute value of each row; NaN stays NaN."""
    return np.abs(rows).max(axis=1, initial=0).astype(np.float64)


def _refuse(wrong: Int, what: str, verb: str) -> None:
    """Refuse rows, the first five of which are named."""
    if not wrong.size:
        return
    first, *others = [str(row) for row in wrong.tolist()]
    more = f", as do rows {some(others)}" if others else ""
    more = more.replace("as do", "as are") if verb == "is" else more
    held = f"holds {what}" if verb == "hold" else f"is {what}"
    raise DataError(
        f"row {first} of the embeddings (counted from 0) {held}{more}; check the model and the "
        "images that made them, or leave them out"
    )
