"""Queries to look at: the worst, some in the middle and the best, with their galleries ranked."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vireid.metrics import QueryScores
from vireid.scoring.protocol import Protocol
from vireid.scoring.similarity import draw_similarity
from vireid.types import Bool, Embeddings, Int, Truth

Kind = Literal["worst", "median", "best"]
"""Where a query stands among all, by its average precision."""


@dataclass(frozen=True)
class Example:
    """One query and the best of its gallery."""

    kind: Kind
    """Where it stands among the queries that have a true match."""
    query: int
    """Index into the test images."""
    gallery: Int
    """[K] indices into the test images, most similar first, ignored ones left out."""
    right: Bool
    """[K] whether each shows the query's identity."""
    precision: float
    """Average precision of the query over its whole gallery, in [0, 1]."""


def ranked_examples(
    embeddings: Embeddings,
    truth: Truth,
    protocol: Protocol,
    scores: QueryScores,
    *,
    each: int = 2,
    top: int = 10,
    rerank: bool = False,
) -> list[Example]:
    """Choose the worst, the middle and the best queries of a protocol's first draw.

    Args:
        embeddings: N test images.
        truth: their identities [N].
        protocol: its first draw is used.
        scores: of the queries of that draw.
        each: queries of each kind.
        top: K, gallery images for each.
        rerank: whether the scores are those of re-ranked lists.

    Returns:
        At most 3 ``each`` examples, the worst first, no query twice; queries of equal average
        precision are taken in their order.
    """
    draw = protocol.draws[0]
    precision = scores.average_precision
    chosen = _chosen(precision, each)
    rows = np.array([row for _, row in chosen], dtype=np.int64)
    similarity = draw_similarity(embeddings.vectors, draw, rerank=rerank)(rows)
    ignored = draw.ignored(rows)
    if ignored is not None:
        similarity[ignored] = -np.inf
    examples = []
    for (kind, row), values in zip(chosen, similarity, strict=True):
        order = np.argsort(-values, kind="stable")[: min(top, int(np.isfinite(values).sum()))]
        best = draw.gallery[order]
        query = int(draw.query[row])
        right = truth.identities[best] == truth.identities[query]
        examples.append(Example(kind, query, best, right, float(precision[row])))
    return examples


def _chosen(precision: np.ndarray, each: int) -> list[tuple[Kind, int]]:
    """Return rows, ascending by average precision, and what each of them is an example of."""
    order = np.argsort(precision, kind="stable")[: int(np.isfinite(precision).sum())].tolist()
    worst = order[:each]
    best = order[len(worst) :][-each:]
    between = order[len(worst) : len(order) - len(best)]
    start = max(0, (len(between) - each) // 2)
    median = between[start : start + each]
    kinds: tuple[tuple[Kind, list[int]], ...] = (
        ("worst", worst), ("median", median), ("best", best),
    )  # fmt: skip
    return [(kind, row) for kind, rows in kinds for row in rows]
