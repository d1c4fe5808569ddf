"""Check embeddings and what goes with them before clustering; bring rows to unit length."""

import numpy as np
from numpy.typing import NDArray

from vireid.errors import DataError
from vireid.types import Float, Modality

UNIT_TOLERANCE = 1e-3
"""Largest distance of a norm from 1 at which a row still counts as of unit length."""
ORDINARY = (1e-15, 1e15)
"""Largest values of rows whose squares can be added up in float32."""


def finite_rows(embeddings: NDArray[np.floating]) -> Float:
    """Return the embeddings as contiguous float32 rows.

    Args:
        embeddings: [N, D] of any floating type and memory layout; not modified.

    Returns:
        [N, D] float32, contiguous and read-only; a view where the input allows.

    Raises:
        DataError: not two dimensions, not floating, a value that is not finite, or one beyond the
            range of float32.
    """
    given = _checked(embeddings)
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(given, dtype=np.float32).view()
    if given.dtype.itemsize > rows.dtype.itemsize and not np.isfinite(rows).all():
        raise DataError("embeddings hold values beyond 3e38; normalise the rows")
    rows.setflags(write=False)
    return rows


def directions(embeddings: NDArray[np.floating], what: str = "row") -> NDArray[np.float64]:
    """Return the embeddings at unit length, in double precision.

    Args:
        embeddings: [N, D] rows of any length but 0, such as centres; not modified.
        what: a row is, for the message.

    Returns:
        [N, D] float64.

    Raises:
        DataError: rows that are not finite, or are zero.

    >>> directions(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    rows = finite_rows(embeddings).astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    zero = np.flatnonzero(lengths == 0)
    if zero.size:
        raise DataError(f"{what} {zero[0]} is zero and has no direction; leave it out")
    return rows / lengths


def unit_rows(embeddings: NDArray[np.floating]) -> Float:
    """Return the embeddings as contiguous float32 rows, each of unit length.

    Args:
        embeddings: [N, D] rows whose norms are 1 within 1e-3; not modified.

    Returns:
        [N, D] float32, contiguous and read-only; a view where the input allows.

    Raises:
        DataError: not two dimensions, not floating, not finite, or not of unit length.
    """
    rows = finite_rows(embeddings)
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(rows, axis=1)
    wrong = np.flatnonzero(np.abs(norms - 1) > UNIT_TOLERANCE)
    if wrong.size:
        raise DataError(
            f"row {wrong[0]} of the embeddings has norm {norms[wrong[0]]:.4g}; "
            "expected unit length: normalise the rows"
        )
    return rows


def normalise_rows(embeddings: NDArray[np.floating]) -> Float:
    """Divide each row by its Euclidean length.

    Args:
        embeddings: [N, D] rows other than zero, of whatever length; not modified.

    Returns:
        [N, D] float32 rows of unit length.

    Raises:
        DataError: not two dimensions, not floating, not finite, or a row of zeros.

    >>> normalise_rows(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]], dtype=float32)
    """
    given = _checked(embeddings)
    largest = np.maximum(given.max(axis=1, initial=0), -given.min(axis=1, initial=0))
    largest = largest.astype(np.promote_types(given.dtype, np.float64))
    zero = np.flatnonzero(largest == 0)
    if zero.size:
        raise DataError(f"row {zero[0]} is zero and has no direction; it cannot be normalised")
    far = (largest < ORDINARY[0]) | (largest > ORDINARY[1])
    if far.any():
        given = given / np.where(far, largest, 1)[:, None]
    rows = finite_rows(given)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def checked_modality(modality: NDArray[np.integer], count: int) -> NDArray[np.integer]:
    """Return a modality as an array, or say what is wrong with it.

    Args:
        modality: [N] 0 visible, 1 infrared.
        count: N.

    Returns:
        The array.

    Raises:
        DataError: another shape, or other values.
    """
    kind = np.asarray(modality)
    if kind.shape != (count,) or np.setdiff1d(kind, list(Modality)).size:
        raise DataError(f"modality must be 0 (visible) or 1 (infrared), of shape ({count},)")
    return kind


def _checked(embeddings: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return embeddings as they are given, or say why they are none."""
    given = np.asarray(embeddings)
    if given.ndim != 2 or not np.issubdtype(given.dtype, np.floating):
        raise DataError(
            f"embeddings are {given.dtype} of shape {given.shape}; expected floating (N, D)"
        )
    if not np.isfinite(given).all():
        raise DataError("embeddings hold NaN or infinite values; check the model that made them")
    return given
