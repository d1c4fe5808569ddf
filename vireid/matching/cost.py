"""What it costs to take a visible and an infrared cluster for the same person."""

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vireid.errors import ConfigError, DataError
from vireid.types import Bool, Float

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float64]

CostOver = Literal["both", "visible", "infrared"]
"""Whose memories each look for their nearest: the mean of both sides', or one side's alone."""

_CHUNK = 1 << 22
"""Distances held at a time (32 MB)."""


def memory_cost(
    visible_memories: NDArray[np.floating],
    infrared_memories: NDArray[np.floating],
    *,
    visible_mask: Bool | None = None,
    infrared_mask: Bool | None = None,
    over: CostOver = "both",
    device: "torch.device | None" = None,
) -> Float:
    """Compare each visible with each infrared cluster over their memories (MMM, matching cost).

    M(p, q) = sum over the visible memories i of p of the least ||K_i - K_j||_2 over the infrared
    memories j of q. A cluster with fewer than n memories counts n times their mean, so that
    costs stay comparable.

    Args:
        visible_memories: [Cv, n, D]; not modified.
        infrared_memories: [Cr, m, D]; not modified.
        visible_mask: [Cv, n] True where there is a memory; all where not given.
        infrared_mask: [Cr, m] likewise.
        over: "visible" is M, as the paper has it; "infrared" sums over the infrared memories j the
            least distance to a visible one, as the released code does; "both" is their mean.
        device: a device of torch that is to compare them, in double precision.

    Returns:
        [Cv, Cr] float32, at least 0; at most 2 n for memories of length up to 1.

    Raises:
        DataError: memories that are not finite [C, n, D] of one D, masks that do not fit them,
            or a cluster without memories.
        ConfigError: an unknown side.

    >>> one, two = np.zeros((1, 2, 3)), np.zeros((1, 2, 3))
    >>> two[0, 1, 0] = 1.0
    >>> [memory_cost(two, one, over=side).item() for side in ("visible", "infrared", "both")]
    [1.0, 0.0, 0.5]
    """
    if over not in get_args(CostOver):
        raise ConfigError(f"over is {over!r}; expected one of {', '.join(get_args(CostOver))}")
    visible, visible_valid = _checked("visible", visible_memories, visible_mask)
    infrared, infrared_valid = _checked("infrared", infrared_memories, infrared_mask)
    if visible.shape[2] != infrared.shape[2]:
        raise DataError(
            f"visible memories have {visible.shape[2]} dimensions, infrared "
            f"{infrared.shape[2]}; expected the same model's embeddings"
        )
    result = np.zeros((len(visible), len(infrared)), dtype=np.float32)
    if not result.size:
        return result
    per_cluster = visible.shape[1] * infrared.shape[0] * infrared.shape[1]
    step = max(1, _CHUNK // max(1, per_cluster))
    if device is not None:
        from vireid.matching.cost_there import costs_there

        sides_there = ((visible, visible_valid), (infrared, infrared_valid))
        return costs_there(sides_there, over, device, step)
    for start in range(0, len(visible), step):
        part = slice(start, start + step)
        distances = _distances(visible[part], infrared)
        sides = []
        if over != "infrared":
            sides.append(_summed_minima(distances, visible_valid[part], infrared_valid))
        if over != "visible":
            swapped = distances.transpose(2, 3, 0, 1)
            sides.append(_summed_minima(swapped, infrared_valid, visible_valid[part]).T)
        result[part] = sum(sides) / len(sides)
    return result


def _checked(
    side: str, memories: NDArray[np.floating], mask: Bool | None
) -> tuple[Array, NDArray[np.bool_]]:
    """Return float64 memories and their mask, or say what is wrong with them."""
    rows = np.asarray(memories, dtype=np.float64)
    if rows.ndim != 3:
        raise DataError(f"{side} memories have shape {rows.shape}; expected (C, n, D)")
    valid = np.ones(rows.shape[:2], dtype=np.bool_) if mask is None else np.asarray(mask)
    if valid.shape != rows.shape[:2] or valid.dtype != np.bool_:
        raise DataError(
            f"{side} mask is {valid.dtype} of shape {valid.shape}; expected bool {rows.shape[:2]}"
        )
    empty = np.flatnonzero(~valid.any(axis=1))
    if empty.size:
        raise DataError(f"{side} cluster {empty[0]} has no memory; expected at least one")
    if not np.isfinite(rows[valid]).all():
        raise DataError(f"{side} memories hold NaN or infinite values")
    return np.where(valid[..., None], rows, 0.0), valid


def _distances(visible: Array, infrared: Array) -> Array:
    """Return the Euclidean distances [Cv, n, Cr, m] between all memories."""
    one = visible.reshape(-1, visible.shape[2])
    other = infrared.reshape(-1, infrared.shape[2])
    squared = np.square(one).sum(1)[:, None] + np.square(other).sum(1) - 2 * (one @ other.T)
    return np.sqrt(np.maximum(squared, 0)).reshape(*visible.shape[:2], *infrared.shape[:2])


def _summed_minima(distances: Array, valid: Bool, other_valid: Bool) -> Array:
    """Return n times the mean, over the valid memories of a cluster, of the least distance."""
    least = np.where(other_valid, distances, np.inf).min(axis=3)
    total = np.where(valid[..., None], least, 0.0).sum(axis=1)
    return total * (valid.shape[1] / valid.sum(axis=1))[:, None]
