"""Parts of a batch that have a mean of their own and move memories one after the other."""

import numpy as np

from vireid.terms.moves import turns_of
from vireid.terms.seen import Arrays
from vireid.types import NOISE, Modality


def parts_of(found: Arrays, *, each_modality: bool) -> Arrays:
    """Say which rows of a term belong together, and which clusters they move, on the host.

    Args:
        found: ``rows`` and ``labels`` [R], at least one; ``modality`` [R] where it parts them, and
            ``weights`` [R] where the rows are weighed.
        each_modality: visible and infrared rows are parts of their own, visible ones first; all
            rows are one part where not. A modality without rows is no part.

    Returns:
        ``shares`` [P, R] float32, the share of each row in the mean of each of P parts;
        ``clusters`` [M] that the rows show, ascending, and ``turns`` [P, T, M] rows of the batch
        in each part that belong to them, in the order of the batch, -1 for none.

    >>> rows, labels = np.arange(3), np.array([7, 7, 4])
    >>> found = {"rows": rows, "labels": labels, "modality": np.array([0, 1, 1])}
    >>> parts = parts_of(found, each_modality=True)
    >>> parts["shares"].tolist(), parts["clusters"].tolist(), parts["turns"].tolist()
    ([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]], [4, 7], [[[-1, 0]], [[2, 1]]])
    """
    rows, labels = found["rows"], found["labels"]
    parts = [np.ones(len(rows), dtype=np.bool_)]
    if each_modality:
        sides = [found["modality"] == side for side in Modality]
        parts = [side for side in sides if side.any()]
    trust = found.get("weights", np.ones(len(rows)))
    shares = [part * trust / max((part * trust).sum(), 1e-6) for part in parts]
    clusters, column = np.unique(labels, return_inverse=True)
    turns = np.full((len(parts), np.bincount(column).max(), len(clusters)), -1, dtype=np.int64)
    for number, part in enumerate(parts):
        own = turns_of(np.where(part, column, NOISE), rows)
        turns[number, : len(own["turns"]), own["clusters"]] = own["turns"].T
    longest = int((turns >= 0).any((0, 2)).sum())
    return {
        "shares": np.stack(shares).astype(np.float32),
        "clusters": clusters,
        "turns": np.ascontiguousarray(turns[:, :longest]),
    }
