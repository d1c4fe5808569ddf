"""Queries to look at: from the worst to the best, with their ranked gallery images."""

from dataclasses import dataclass

import numpy as np

from vireid.evaluation.trials import Protocol
from vireid.metrics import per_query_scores
from vireid.types import Bool, Embeddings, Int, Truth


@dataclass(frozen=True)
class Example:
    """One query and the best of its gallery."""

    query: int
    """Index into the test images."""
    gallery: Int
    """[K] indices into the test images, most similar first, ignored ones left out."""
    right: Bool
    """[K] whether each shows the query's identity."""
    precision: float
    """Average precision of the query over its whole gallery, in [0, 1]."""


def ranked_examples(
    embeddings: Embeddings, truth: Truth, protocol: Protocol, *, queries: int = 6, top: int = 10
) -> list[Example]:
    """Choose queries spread evenly from the lowest to the highest average precision.

    Args:
        embeddings: N test images.
        truth: their identities [N].
        protocol: its first trial is used.
        queries: how many queries.
        top: K, gallery images for each.

    Returns:
        At most ``queries`` examples, the worst first.
    """
    trial = protocol.trials[0]
    similarity = embeddings.vectors[trial.query] @ embeddings.vectors[trial.gallery].T
    ids, gallery_ids = truth.identities[trial.query], truth.identities[trial.gallery]
    ignore = trial.ignored()
    scores = per_query_scores(
        similarity, ids, gallery_ids, ignore=ignore, count=protocol.count
    ).average_precision
    order = np.argsort(scores, kind="stable")[: np.isfinite(scores).sum()]
    chosen = order[np.unique(np.linspace(0, len(order) - 1, queries).round().astype(int))]
    examples = []
    for i in chosen.tolist():
        kept = np.arange(len(gallery_ids)) if ignore is None else np.flatnonzero(~ignore[i])
        best = kept[np.argsort(-similarity[i, kept], kind="stable")[:top]]
        examples.append(
            Example(
                int(trial.query[i]),
                trial.gallery[best],
                gallery_ids[best] == ids[i],
                float(scores[i]),
            )
        )
    return examples
