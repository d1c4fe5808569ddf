"""The centre of each cluster."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vireid.cluster.members import cluster_members
from vireid.cluster.rows import finite_rows
from vireid.errors import DataError
from vireid.types import Float, Int, Modality

if TYPE_CHECKING:
    from torch import Tensor


def centres(
    embeddings: NDArray[np.floating],
    labels: NDArray[np.integer],
    *,
    modality: NDArray[np.integer] | None = None,
    weights: NDArray[np.floating] | None = None,
    clusters: int | None = None,
    resident: "Tensor | None" = None,
) -> Float:
    """Average the rows of each cluster; the centres are not normalised.

    A centre is sum(w f) / sum(w). With ``modality`` it is the mean of the visible and the
    infrared centre, or the one of them that exists (MMM, modality-specific memories).

    Args:
        embeddings: [N, D] rows of any length; not modified.
        labels: [N] cluster labels, -1 for noise, which is left out.
        modality: [N] 0 visible, 1 infrared; all rows count alike where not given.
        weights: [N] at least 0; ones where not given. Where all weights of a cluster (in a
            modality) are 0, its plain mean is taken.
        clusters: C; the largest label + 1 where not given.
        resident: [N, D] the same embeddings, finite, on the device that is to average them.

    Returns:
        [C, D] float32; a row of NaN for a cluster number that no sample bears.

    Raises:
        DataError: embeddings that are not finite [N, D], or labels, a modality or weights that
            do not fit them.

    >>> centres(np.array([[0.0, 1.0], [1.0, 0.0], [9.0, 9.0]]), np.array([0, 0, -1]))
    array([[0.5, 0.5]], dtype=float32)
    """
    rows = finite_rows(embeddings) if resident is None else embeddings
    members = cluster_members(labels, clusters)
    _check_lengths(len(rows), labels=labels, modality=modality, weights=weights)
    trust = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(trust) & (trust >= 0)).all():
        raise DataError("weights hold NaN, infinite or negative values; expected at least 0")
    kind = None if modality is None else np.asarray(modality)
    if kind is not None and np.setdiff1d(kind, list(Modality)).size:
        raise DataError("modality holds other values; expected 0 (visible) or 1 (infrared)")
    if resident is not None:
        return _centres_there(resident, members, trust, kind)
    result = np.full((len(members), rows.shape[1]), np.nan, dtype=np.float32)
    for cluster, group in enumerate(members):
        if group.size:
            result[cluster] = _centre(rows, trust, _parts(group, kind))
    return result


def _check_lengths(count: int, **arrays: NDArray[np.generic] | None) -> None:
    for name, array in arrays.items():
        if array is not None and np.shape(array) != (count,):
            raise DataError(f"{name} have shape {np.shape(array)}; expected ({count},)")


def _parts(group: Int, kind: NDArray[np.integer] | None) -> list[Int]:
    """Split a cluster into its non-empty modalities, or leave it whole."""
    if kind is None:
        return [group]
    sides = [group[kind[group] == one] for one in Modality]
    return [side for side in sides if side.size]


def _centre(rows: Float, trust: NDArray[np.float64], parts: list[Int]) -> NDArray[np.float64]:
    """Average the weighted means [D] of the parts of one cluster."""
    means = []
    for part in parts:
        share = trust[part]
        if share.sum() == 0:
            share = np.ones(len(part))
        means.append((share / share.sum()) @ rows[part])
    return np.mean(means, axis=0)


def _centres_there(
    resident: "Tensor",
    members: list[Int],
    trust: NDArray[np.float64],
    kind: NDArray[np.integer] | None,
) -> Float:
    """Average rows on their device."""
    from vireid.cluster.resident import centres_there

    if kind is None:
        return centres_there(resident, members, trust, 1)
    sides = [group[kind[group] == one] for group in members for one in Modality]
    return centres_there(resident, sides, trust, len(Modality))
